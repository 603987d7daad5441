# SPDX-License-Identifier: Apache-2.0
"""What follows when cells were met? Each names its notice to the other, and the two desks have a conflict.

The result reached both at the same moment; naming the notices only tells which of them to talk about. Both
sides' words are held against our own result: a cell that was not met here opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from steerclear.blind.grid import CELL_BYTES, QUARTER_S, Grid, decode_cells, first_second_of
from steerclear.blind.outcome import CellsMet
from steerclear.blind.rows import rows_of
from steerclear.mechanism.bodies import BlindMet, ConflictPropose, Evidence, MetNotice
from steerclear.mechanism.said import conflict_id
from steerclear.model.member import MemberId
from steerclear.model.time import Instant, format_zulu
from steerclear.services.blind_mail import Mail
from steerclear.services.blind_pair import PairDesk
from steerclear.services.blind_plans import Planned
from steerclear.services.ledger import Ledger
from steerclear.services.speak import by_node, speak

__all__ = ["cells_words", "talk_about", "tell_met"]

_LAYER_FT: Final = 1_000


def tell_met(ledger: Ledger, mail: Mail, pair: PairDesk, plans: Mapping[str, Planned], now: Instant) -> int:
    """Name to the other every notice of ours of which more cells are met than we have said."""
    filed = 0
    for day in pair.terms.days(now):
        told = _told(mail, ledger.me, pair, day)
        met = dict(_met_on(pair, plans, day, now))
        news = tuple(
            MetNotice(plan.notice, plan.version, b"".join(sorted(cells)))
            for plan, cells in met.items()
            if not cells <= told.get((plan.notice, plan.version), frozenset())
        )
        if news:
            body = BlindMet(tuple(MemberId(party) for party in pair.terms.pair), day, news)
            speak(ledger, body, voice=by_node(), to=(pair.other,), readers=(pair.other,))
            filed += 1
    return filed


def talk_about(ledger: Ledger, mail: Mail, pair: PairDesk, plans: Mapping[str, Planned], now: Instant) -> int:
    """Open a conflict between each two notices that share met cells.

    The first of the pair does, and the other if the first does not within two ticks.
    """
    filed = 0
    for day in pair.terms.days(now):
        theirs = _told(mail, pair.other, pair, day)
        last_at = max((said.at for said in mail.met_said(pair.other, day)), default=now)
        is_ours_to_open = ledger.me == pair.terms.pair[0] or now - last_at >= 2 * pair.terms.tick_ms
        if not theirs or not is_ours_to_open:
            continue
        for plan, cells in _met_on(pair, plans, day, now):
            for (notice, _), named in _newest(theirs).items():
                shared = cells & named
                if shared and not _is_open(ledger, plan.notice, notice):
                    _propose(ledger, pair, plan.notice, notice, cells_words(pair.terms.grid, day, shared))
                    filed += 1
    return filed


def cells_words(grid: Grid, day: int, cells: frozenset[bytes]) -> str:
    """How many, when and how high: as much as a duty officer needs to begin to talk."""
    found = decode_cells(grid, day, b"".join(sorted(cells)))
    quarters, layers = found[:, 1], found[:, 2]
    start = format_zulu(first_second_of(day, int(quarters.min())))
    end = format_zulu(first_second_of(day, int(quarters.max())) + QUARTER_S)
    low, high = int(layers.min() - 1) * _LAYER_FT, int(layers.max()) * _LAYER_FT
    count = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
    return f"{count} met, {start} to {end}, {max(low, 0):,} to {high:,} ft AMSL"


def _met_on(
    pair: PairDesk, plans: Mapping[str, Planned], day: int, now: Instant
) -> Iterator[tuple[Planned, frozenset[bytes]]]:
    for plan in plans.values():
        found = pair.on_day(plan, day, now)
        if isinstance(found, CellsMet):
            yield plan, frozenset(found.cells)


def _told(mail: Mail, author: str, pair: PairDesk, day: int) -> dict[tuple[str, str], frozenset[bytes]]:
    """By notice and version: the cells that this party said were met."""
    told: dict[tuple[str, str], frozenset[bytes]] = {}
    for said in mail.met_said(author, day):
        if said.body.pair == pair.terms.pair:
            for one in said.body.notices:
                cells = frozenset(bytes(row) for row in rows_of(one.cells, CELL_BYTES))
                key = (one.notice, one.version)
                told[key] = told.get(key, frozenset()) | cells
    return told


def _newest(
    told: Mapping[tuple[str, str], frozenset[bytes]],
) -> dict[tuple[str, str], frozenset[bytes]]:
    """Of each notice the version that was named last."""
    last = dict(told.keys())
    return {(notice, version): told[notice, version] for notice, version in last.items()}


def _is_open(ledger: Ledger, one: str, other: str) -> bool:
    """Was it opened, by whomever?"""
    return bool(ledger.view.book.about(conflict_id(one, other), ConflictPropose))


def _propose(ledger: Ledger, pair: PairDesk, mine: str, theirs: str, words: str) -> None:
    first, second = sorted((mine, theirs))
    body = ConflictPropose(
        notices=(first, second),
        evidence=Evidence.CELLS_MET,
        proposal=(
            f"MAY CONFLICT ({words}). Talk on the line. Each may open this one notice, to the host (L1) or "
            "to the other (L0); once both are open to the host, it finds the exact answer and ways out."
        ),
        alternative=None,
        reply_by=None,
    )
    speak(ledger, body, voice=by_node(), to=(pair.other,), readers=(pair.other,))
