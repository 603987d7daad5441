# SPDX-License-Identifier: Apache-2.0
"""What does a member show an inquiry into one day of blind checks, beside its opening?

What was said of the checks of that day, as far as this node could open it, and its own notices that have
cells on that day, with all that became of them: the openings of sealed entries, each of which the record
proves. Of other days nothing; ``whole`` shows everything that stands in the own log instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from steerclear.blind.grid import day_of
from steerclear.errors import BadInput
from steerclear.mechanism.bodies import BlindKey, BlindMet
from steerclear.mechanism.said import Said
from steerclear.model.finding import Undetermined
from steerclear.model.time import parse_instant
from steerclear.record.leaf import parse_leaf
from steerclear.services.blind_mail import begun_in, messages_in
from steerclear.services.blind_plans import planned
from steerclear.services.blind_terms import PairTerms, digest_of_day, terms_of_check
from steerclear.services.ledger import Ledger
from steerclear.services.openings import openings_of
from steerclear.store.port import StoredEntry

__all__ = ["case_of", "day_number", "said_of_pair"]

_OF_A_NOTICE: Final = ("notice.amend", "notice.withdraw", "notice.cold", "notice.activate")
_CHECKS: Final = (
    "blind.key", "blind.open", "blind.commit", "blind.list", "blind.remask", "blind.part", "blind.result",
    "blind.stop", "blind.met",
)  # fmt: skip


def case_of(ledger: Ledger, other: str, day: str, *, whole: bool) -> bytes:
    """The file for the inquiry; ``day``: 2025-04-10. Raises ``BadInput`` (``blind-no-case``)."""
    first, second = sorted((ledger.me, other))
    pair, number = (first, second), day_number(day)
    wanted = set(_checks(ledger, pair, number))
    if not wanted:
        raise BadInput(
            "blind-no-case",
            f"Nothing was said of a blind check with {other[:12]} of {day[:10]} that this node could open.",
            where="day",
            remedy="See steerclear blind status; name the other party and the day of the cells.",
        )
    wanted |= set(_notices(ledger, pair, number))

    def is_wanted(entry: StoredEntry) -> bool:
        return (whole and entry.member == ledger.me) or parse_leaf(entry.leaf).statement_id in wanted

    return openings_of(ledger, is_wanted)


def day_number(day: str) -> int:
    """Whole UTC days since 1970. Raises ``BadInput`` as reading a time does."""
    return day_of(parse_instant(f"{day}T00:00:00.000Z") // 1_000)


def said_of_pair(ledger: Ledger, pair: tuple[str, str], kind: str) -> Iterator[Said[Any]]:
    """Statements of one kind about the checks of one pair, in the order in which they are known here."""
    return (said for said in ledger.view.book.of_kind(kind) if tuple(said.body.pair) == pair)


def _checks(ledger: Ledger, pair: tuple[str, str], day: int) -> Iterator[str]:
    """Every statement that tells of an attempt at this day."""
    begun = (said for said in said_of_pair(ledger, pair, "blind.open") if said.body.day == day)
    found = (begun_in(ledger.mechanism, said) for said in begun)
    digests = {digest_of_day(pair_day) for pair_day in found if pair_day is not None}
    for kind in _CHECKS:
        for said in said_of_pair(ledger, pair, kind):
            if isinstance(said.body, BlindKey | BlindMet):
                is_of_day = said.body.day == day
            else:
                is_of_day = any(one.head.pair_day in digests for one in messages_in(ledger.view, said))
            if is_of_day:
                yield said.id


def _notices(ledger: Ledger, pair: tuple[str, str], day: int) -> Iterator[str]:
    """Every own notice that has cells on this day, under any annex by which it was compared."""
    under = list(_terms(ledger, pair, day))
    for filed in ledger.view.book.of_kind("notice.file"):
        record = ledger.view.notices.get(filed.id)
        if record is None or filed.place.author != ledger.me:
            continue
        plans = (
            planned(ledger.view, record, version, terms) for version in record.versions for terms in under
        )
        days = (plan.days() for plan in plans)
        if any(isinstance(found, Undetermined) or day in found for found in days):
            yield filed.id
            for kind in _OF_A_NOTICE:
                told = ledger.view.book.of_kind(kind)
                yield from (said.id for said in told if said.body.notice == filed.id)


def _terms(ledger: Ledger, pair: tuple[str, str], day: int) -> Iterator[PairTerms]:
    for said in said_of_pair(ledger, pair, "blind.open"):
        pair_day = begun_in(ledger.mechanism, said)
        if pair_day is not None and pair_day.day == day:
            terms = terms_of_check(ledger.view, pair_day, said.body.level)
            if terms is not None:
                yield terms
