# SPDX-License-Identifier: Apache-2.0
"""A whole set of annexes to start from: what past mechanisms publicly agreed, and our proposals for the rest.

    NAME.toml ──reader──→ terms of each annex, a mark for each value ──→ annexes, version 1

Each value is marked as a public fact with its source or as a proposal; ``common.toml`` holds what every full
template takes where it writes nothing of its own. ``voice-line-only`` is what most lines are today: no gate,
no deadline, no ladder, no written STOP; a call reaches the desk when the usual contact is there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.mechanism.classes import STANDING_RESPONSE
from steerclear.mechanism.judge import SURVIVES_SUSPENSION
from steerclear.mechanism.templates.reader import TERMS_OF, read_marks, read_rungs, read_terms
from steerclear.model.annex import Annex, AnnexName, Mark, Response, SafetyFloor, Succession, Terms
from steerclear.model.member import DeskName, MemberId
from steerclear.model.response import Ladder, Rung
from steerclear.model.time import Instant

__all__ = ["NAMES", "Template", "described", "template"]

NAMES: Final = (
    "syria-2025", "us-russia-2015", "turkey-russia-2017", "turkey-us", "aegean-1988-2020", "incsea",
    "india-pakistan", "humanitarian-notification", "grain-corridor-2022", "repair-window", "wildfire",
    "voice-line-only",
)  # fmt: skip

_TERMINATION_S: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Template:
    """What a template is about, before it is made for parties: ``facts`` as they are public."""

    name: str
    title: str
    summary: str
    source: str
    facts: tuple[str, ...]
    desks: tuple[str, ...]


def template(name: str, *, parties: Sequence[str], host: str | None) -> tuple[Annex, ...]:
    """The annexes of a known mechanism, version 1. Raises ``BadInput`` (``template-unknown``)."""
    written = _written(_known(name))
    members = tuple(MemberId(party) for party in parties)
    made = _Making(written, members, host)
    own = tuple(made.annex(AnnexName(each)) for each in written["annex"])
    return own + (tuple(made.common()) if written["full"] else ())


def described(name: str) -> Template:
    """What a template is about. Raises ``BadInput`` (``template-unknown``)."""
    written = _written(_known(name))
    return Template(
        name=name,
        title=written["title"],
        summary=written["summary"],
        source=written["source"],
        facts=tuple(written["facts"]),
        desks=tuple(written["desks"]),
    )


def _known(name: str) -> str:
    if name not in NAMES:
        raise BadInput(
            "template-unknown",
            f"There is no template “{name[:40]}”.",
            remedy=f"Use one of {', '.join(NAMES)}.",
        )
    return name


@cache
def _written(name: str) -> Mapping[str, Any]:
    text = files("steerclear.mechanism.templates").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class _Making:
    """One template for these parties and this host."""

    written: Mapping[str, Any]
    parties: tuple[MemberId, ...]
    host: str | None

    def annex(self, name: AnnexName, part: Mapping[str, Any] | None = None) -> Annex:
        table = part or self.written
        terms = self._terms(name, table["annex"][name.value])
        marks = read_marks(table.get("mark", {}).get(name.value, {"*": "proposal"}), table["source"])
        return self._annex(name, terms, marks)

    def common(self) -> Iterator[Annex]:
        """What the template leaves to all templates."""
        shared = _written("common")
        for name in shared["annex"]:
            if name not in self.written["annex"]:
                yield self.annex(AnnexName(name), shared)

    def _terms(self, name: AnnexName, table: Mapping[str, Any]) -> Terms:
        """What depends on who is there is filled in: ladders, the caller of checks, the floor."""
        if name is AnnexName.RESPONSE:
            return self._response(table)
        caller = self.host or self.parties[0]
        words = {"@host": caller, "@first-party": self.parties[0]}
        terms = read_terms(TERMS_OF[name], table, words, where=name.value)
        if isinstance(terms, SafetyFloor):
            return replace(terms, kinds=tuple(sorted({*terms.kinds, *SURVIVES_SUSPENSION})))
        if isinstance(terms, Succession) and self.host is None:
            return replace(terms, moves_to=None)
        return terms

    def _response(self, table: Mapping[str, Any]) -> Response:
        """The standing table of deadlines where the template says nothing else, with a ladder a desk."""
        rungs = read_rungs(self.written.get("rungs", _written("common")["rungs"]))
        changed = read_terms(Response, table, {}, where="response", start=STANDING_RESPONSE)
        assert isinstance(changed, Response)  # noqa: S101 - asked for by its type
        return changed if "ladders" in table else replace(changed, ladders=self._ladders(rungs))

    def _ladders(self, rungs: tuple[Rung, ...]) -> tuple[Ladder, ...]:
        desks = self.written["desks"]
        return tuple(Ladder(party, DeskName(desk), rungs) for party in self.parties for desk in desks)

    def _annex(self, name: AnnexName, terms: Terms, marks: tuple[Mark, ...]) -> Annex:
        return Annex(name, 1, self.parties, Instant(0), _TERMINATION_S, terms, marks)
