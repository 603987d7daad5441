# SPDX-License-Identifier: Apache-2.0
"""What happens in the demo when not even the host may read the plans? The same morning, compared blind.

What both plans touch is met in cells whose names nobody can read back; the desks then open one notice each,
and only these two are compared exactly.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Final

from steerclear.cli.demo.nodes import HOST, PARTIES, area, until
from steerclear.cli.demo.story import EVERYONE, ISR, TUR, Story
from steerclear.mechanism.templates import template
from steerclear.model.annex import Annex, AnnexName, Disclosure, annex_to_wire
from steerclear.model.terms import BlindTerms, DisclosureRow, Level
from steerclear.services.answers import NoticeRow, Receipt
from steerclear.services.requests import (
    Acknowledge,
    FileNotices,
    Propose,
    ProposeAnnex,
    Ratify,
    TakeAlternative,
)

__all__ = ["BlindStory"]

VALUES: Final = BlindTerms(tick_s=180, horizon_days=1, cap_km2_ft_h=1_400_000_000, step_minutes=5)
"""Three minutes of the mechanism are three seconds of the reader's."""


class BlindStory(Story):
    """Acts 1, 2, 3 and 6 are told otherwise."""

    def found_and_ratify(self) -> int:
        tell = self._teller
        tell.act("1  Three nodes that trust nobody")
        self._scene.found()
        self._scene.start(*EVERYONE)
        tell.note(f"mechanism {self._scene.mechanism}")
        proposed = self._do(TUR, Propose(template="syria-2025"))
        document = json.dumps(annex_to_wire(_closed()), ensure_ascii=False, separators=(",", ":"))
        self._do(TUR, ProposeAnnex(document=document, because="radars and routes stay with whoever has them"))
        self._say(TUR, "proposes the template syria-2025, and that routes are compared blind (L3).")
        self._do(TUR, Ratify())
        until("the proposals reach ISR", self._has_annexes, ISR, "proposed", len(proposed) + 1)
        self._do(ISR, Ratify())
        for member in EVERYONE:
            until("the annexes are in force", self._has_annexes, member, "in force", len(proposed))
        self._say("all", f"All {len(proposed)} are in force at all three nodes, signed by both parties.")
        return len(proposed)

    def meet(self) -> float:
        """Both file, and nobody else can read either; the cells that both have are told to both."""
        tell = self._teller
        tell.act("2  Two plans that nobody is shown, not even the host")
        survey = self._do(TUR, self._file("tur-survey"))
        flight = self._do(ISR, self._file("isr-flight"))[0]
        filed_at = time.monotonic()
        for who, receipt in ((TUR, survey[0]), (ISR, flight)):
            self._say(
                who, f"FILED {receipt.short} {receipt.ref}: sealed to {' and '.join(receipt.sealed_to)}"
            )
        met = {member: until("cells are met", self._met, member) for member in PARTIES}
        told_s = time.monotonic() - filed_at
        for member, row in met.items():
            self._say(member, f"{row.ref}: {row.screened}", style="bold")
        host = self._status(HOST)
        tell.note(
            f"the host holds {len(host.sealed)} entries that it cannot open, and reads "
            f"{len(host.notices)} notices; it saw how many slots were equal, and no place"
        )
        self._survey = next(one for one in survey if one.ref == met[TUR].ref)
        return told_s

    def move(self) -> float:
        """Each opens the one notice that was met, and no other; the host finds the exact answer for these."""
        self._teller.act("3  The two that met are opened to the host, and no others")
        flight = self._notice(ISR, "flight-area-7")
        self._do(TUR, self._opened("tur-survey", self._survey.ref or "", self._survey.id))
        self._do(ISR, self._opened("isr-flight", flight.ref, flight.id))
        pair = {self._survey.short, flight.short}
        for member in PARTIES:
            finding = until("the host has compared them", self._pair_finding, member, pair)
            self._say(member, finding.words, style="bold")
        began = time.monotonic()
        for finding in self._notice(ISR, flight.ref).findings:
            for way in finding.alternatives:
                self._say(ISR, f"is offered: {way.words}")
        self._do(ISR, TakeAlternative(desk="air", about=flight.short, way="altitude"))
        for member, ref in ((ISR, flight.ref), (TUR, self._survey.ref or "")):
            words = until("it is screened again", self._exact, member, ref)
            self._say(member, f"{ref}, by the host: {words}", style="bold green")
        self._teller.note("cells that were met stay met until their day ends: the blind check still says so")
        return time.monotonic() - began

    def lose_the_host(self) -> int:
        """Without the host nothing is compared: what is not known is shown as not known."""
        tell = self._teller
        tell.act("6  The host is gone")
        self._scene.kill(HOST)
        self._say(HOST, "killed, with no farewell")
        hazard = self._do(ISR, self._file("isr-hazard"))[0]
        until("it is delivered directly", self._delivered, ISR, hazard)
        self._do(TUR, Acknowledge(desk="air", about=hazard.id))
        until("it is acknowledged", self._acknowledged, ISR, hazard)
        self._say(ISR, f"FILED {hazard.short} {hazard.ref}; TUR acknowledged it: delivered without the host")
        medevac = self._do(TUR, self._file("tur-medevac"))[0]
        self._say(TUR, f"{medevac.ref}: {self._notice(TUR, medevac.ref or '').screened}", style="yellow")
        sizes = {log.member: log.size for log in self._status(TUR).logs}
        self._scene.start(HOST)
        until("the host has caught up", self._has_all, HOST, sizes)
        row = until("it is compared after all", self._known, TUR, medevac)
        self._say(HOST, "is back: it has stopped the checks of before, and both have begun new ones")
        self._say(TUR, f"{row.ref}: {row.screened}", style="bold")
        return len(sizes)

    # ---- looking and doing -----------------------------------------------------------------------------

    def _opened(self, name: str, ref: str, notice: str) -> FileNotices:
        """The same notice as its next version, readable for the host."""
        whole = json.loads(area(name))
        chosen = [one for one in whole["features"] if one["properties"]["id"] == ref]
        request = self._file(name)
        text = json.dumps({"type": "FeatureCollection", "features": chosen})
        return replace(request, geojson=text, amends=notice, level="L1")

    def _met(self, member: str) -> NoticeRow | None:
        rows = self._status(member).notices
        return next((row for row in rows if row.screened.startswith("MAY CONFLICT")), None)

    def _exact(self, member: str, ref: str) -> str | None:
        """What the host says about the newest version, once it is no conflict."""
        for finding in self._notice(member, ref).findings:
            if finding.by == HOST and finding.finding == "NO CONFLICT KNOWN":
                return finding.words
        return None

    def _known(self, member: str, filed: Receipt) -> NoticeRow | None:
        row = self._notice(member, filed.ref or "")
        return None if row.screened.startswith("UNDETERMINED") else row


def _closed() -> Annex:
    """The template's disclosure annex, with what was shown to the host compared blind."""
    annexes = template("syria-2025", parties=PARTIES, host=HOST)
    old = next(annex for annex in annexes if annex.name is AnnexName.DISCLOSURE)
    assert isinstance(old.terms, Disclosure)  # noqa: S101 - its name says so
    rows = tuple(
        DisclosureRow(row.kind, row.recipient, Level.L3 if row.level is Level.L1 else row.level)
        for row in old.terms.rows
    )
    return replace(old, version=old.version + 1, terms=Disclosure(old.terms.default, rows, VALUES), marks=())
