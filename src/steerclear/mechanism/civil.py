# SPDX-License-Identifier: Apache-2.0
"""Whom does a notice concern who is no member: the civil traffic around it, and the offices that warn it?

The parties are not the authority that issues NOTAMs or alerts. What a notice makes dangerous, others fly,
drive and sail through; so its filer is told at once, with the contacts that the civil annex names, and
offers them a text or records why not.
"""

from __future__ import annotations

from typing import Final

from steerclear.mechanism.annexes import Annexes
from steerclear.model.annex import AnnexName
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Datum
from steerclear.model.terms import Civil, CivilContact
from steerclear.model.time import Instant

__all__ = ["civil_contacts", "touches_civil_use"]

_DANGEROUS: Final = frozenset(
    {
        NoticeKind.HAZARD,
        NoticeKind.EXERCISE,
        NoticeKind.LAUNCH,
        NoticeKind.EMISSION,
        NoticeKind.DRONE,
        NoticeKind.KEEP_OUT,
    }
)


def touches_civil_use(notice: Notice) -> bool:
    """Whether who is no member could come to harm or be kept out: all air above the ground is used."""
    return notice.kind in _DANGEROUS and any(
        volume.band.upper.feet > 0 or volume.band.upper.datum is not Datum.AGL for volume in notice.volumes
    )


def civil_contacts(annexes: Annexes, now: Instant) -> tuple[CivilContact, ...]:
    """The offices that the civil annex in force names; none where it is only clauses, or not in force."""
    terms = annexes.terms(AnnexName.CIVIL, now)
    return terms.contacts if isinstance(terms, Civil) else ()
