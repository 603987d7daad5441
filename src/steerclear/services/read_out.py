# SPDX-License-Identifier: Apache-2.0
"""Do two members hold the same record, when all they have is a telephone? One reads out, one compares.

    TUR reads:      our log, 1,482 entries: GOLF SIERRA …        (28 words)
    ISR compares:   SAME         the words of the log that came here, at that size
                    DIFFERENT    that log is another one: somebody shows two records
                    NOT KNOWN    so many entries have not come here yet

Nothing of this is evidence to a third person: words are not signed. It tells whom to ask for a file.
"""

from __future__ import annotations

from steerclear.errors import BadInput
from steerclear.record.checkpoint import Checkpoint
from steerclear.record.log import Log
from steerclear.record.spoken import parse_spoken, spoken
from steerclear.services.answers import Compared, ReadOut
from steerclear.services.ledger import Ledger

__all__ = ["compare", "read_out"]


def read_out(ledger: Ledger, member: str | None) -> ReadOut:
    """The words of a member's log as it stands here; without ``member`` of the own one.

    Raises ``BadInput`` (``log-unknown``).
    """
    log = _log_of(ledger, member or ledger.me)
    words = spoken(log.checkpoint())
    return ReadOut(member=log.member, generation=log.generation, size=log.size, root=log.root, words=words)


def compare(ledger: Ledger, member: str, size: int, heard: str) -> Compared:
    """Whether the words that were heard are those of ``member``'s log at ``size``, as it came here.

    Raises ``BadInput``: ``log-unknown``, and the codes of ``parse_spoken``.
    """
    log, words = _log_of(ledger, member), parse_spoken(heard)
    if size > log.size:
        return Compared(
            member=member,
            size=size,
            verdict="NOT KNOWN",
            words=f"Only {log.size} entries of {member}'s log have come here. Have the rest brought, by line"
            " or by hand (steerclear bundle), and compare again.",
        )
    if words == spoken(Checkpoint(log.origin, size, log.root_at(size))):
        return Compared(
            member=member,
            size=size,
            verdict="SAME",
            words=f"The first {size} entries of {member}'s log are the same there and here.",
        )
    return Compared(
        member=member,
        size=size,
        verdict="DIFFERENT",
        words=f"The first {size} entries of {member}'s log are not the same there and here, though the words"
        " were heard as they were said. Compare the size once more; then stop the line, tell your supervisor"
        " and the host, and exchange bundles: only the files can prove it.",
    )


def _log_of(ledger: Ledger, member: str) -> Log:
    if (log := ledger.logs.get(member)) is not None:
        return log
    raise BadInput(
        "log-unknown",
        f"{member} has no log here.",
        where="member",
        remedy=f"Name one of {', '.join(sorted(ledger.logs))}.",
    )
