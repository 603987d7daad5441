# SPDX-License-Identifier: Apache-2.0
"""Which keys hold on which days to come? Recipient keys one a day, duty keys a day at a time, weeks ahead.

An officer's key is never named for more than a day, and what is sealed tonight opens with a key that tomorrow
no longer needs. While the root lies in this node's keys they are named ahead by themselves; where it is kept
elsewhere the status says until when they last, and a request to it says what it should name (roots.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from typing import Final

from steerclear.links.keystore import KeyName
from steerclear.model.time import Instant, format_instant
from steerclear.record.keys import Delegation, KeyRole, delegate_body
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.services.ledger import Ledger
from steerclear.services.speak import root_says

__all__ = [
    "DAYS_AHEAD",
    "DAY_MS",
    "delegate_ahead",
    "duty_rows",
    "keys_last_until",
    "root_is_here",
    "rows_ahead",
]

DAY_MS: Final = 86_400_000
DAYS_AHEAD: Final = 35
"""Design file 3: recipient keys are published 35 days ahead."""

HYBRID_A_STATEMENT: Final = 7
RENEW_AT_DAYS: Final = 28
DUTY_DAYS_A_STATEMENT: Final = 7
"""A floor message carries the delegation of whoever signed it, and has 16 KiB in all."""


def keys_last_until(ledger: Ledger) -> Instant:
    """The end of the last day for which a recipient key is named; 0 where there is none."""
    named = ledger.own.keys.holders(KeyRole.RECIPIENT)
    return Instant(max((one.valid_until for one in named), default=0))


def delegate_ahead(ledger: Ledger) -> int:
    """Name what is missing for the days to come, if the root is here and it is time; how many rows."""
    missing = _missing_days(ledger)
    if not missing or missing[0] - ledger.now() > RENEW_AT_DAYS * DAY_MS or not root_is_here(ledger):
        return 0
    statements = rows_ahead(ledger)
    for rows in statements:
        root_says(ledger, "key.delegate", delegate_body(rows))
    return sum(map(len, statements))


def rows_ahead(ledger: Ledger) -> list[list[Delegation]]:
    """What is to be named for the days to come, a statement each; the recipient keys for it are made."""
    recipients = list(_recipients(ledger))
    # A hybrid key fills a good kilobyte, and an entry has 64 of them for all that it says.
    portion = HYBRID_A_STATEMENT if ledger.charter.seals_hybrid else DAYS_AHEAD
    portions = [recipients[start : start + portion] for start in range(0, len(recipients), portion)]
    return [*portions, *(rows for rows in _duties(ledger) if rows)]


def root_is_here(ledger: Ledger) -> bool:
    """Do root keys lie among this node's own?"""
    return any(name.purpose == "root" for name in ledger.keys.names())


def _missing_days(ledger: Ledger) -> list[int]:
    """Starts of the days to come for which no unrevoked recipient key is named."""
    named = {one.valid_from for one in ledger.own.keys.holders(KeyRole.RECIPIENT)}
    return [day for day in _days(ledger.now(), 0) if day not in named]


def _recipients(ledger: Ledger) -> Iterator[Delegation]:
    for day in _missing_days(ledger):
        key = _recipient_key(ledger, format_instant(Instant(day))[:10])
        yield Delegation.of(KeyRole.RECIPIENT, key.public, valid_from=day, valid_until=day + DAY_MS)


def _recipient_key(ledger: Ledger, day: str) -> RecipientPrivateKey:
    """The key of a day: one that was made and could not be named (the disk was full), or a new one.

    A day whose key was revoked gets another: ``2025-04-09-2``. The revoked one still opens what it must.
    """
    held = ledger.recipients_here()
    labels = chain([day], (f"{day}-{number}" for number in count(2)))
    label = next(one for one in labels if one not in held or held[one].keyid not in ledger.own.keys.revoked)
    if label in held:
        return held[label]
    made = ledger.keys.make_recipient(KeyName("recipient", label))
    return made.hybrid() if ledger.charter.seals_hybrid else made


def _duties(ledger: Ledger) -> Iterator[list[Delegation]]:
    """For each desk its days to come, a week in one statement."""
    for name in ledger.keys.names():
        if name.purpose == "duty" and ledger.keys.signer(name).keyid not in ledger.own.keys.revoked:
            yield from duty_rows(ledger, ledger.keys.signer(name).public, name.label, days=DAYS_AHEAD)


def duty_rows(ledger: Ledger, public: bytes, desk: str, *, days: int) -> Iterator[list[Delegation]]:
    """The days to come, as far as ``days`` from today, for which this key is not named for the desk yet."""
    held = [
        one.valid_until
        for one in ledger.own.keys.holders(KeyRole.DUTY)
        if one.public == public and one.desk == desk
    ]
    missing = _days(ledger.now(), max(held, default=0), days)
    for start in range(0, len(missing), DUTY_DAYS_A_STATEMENT):
        yield [
            Delegation.of(KeyRole.DUTY, public, valid_from=day, valid_until=day + DAY_MS, desk=desk)
            for day in missing[start : start + DUTY_DAYS_A_STATEMENT]
        ]


def _days(now: int, named_until: int, ahead: int = DAYS_AHEAD) -> range:
    """Starts of the UTC days from today, or from where the naming ends, to the horizon."""
    today = now - now % DAY_MS
    return range(max(today, named_until), today + ahead * DAY_MS, DAY_MS)
