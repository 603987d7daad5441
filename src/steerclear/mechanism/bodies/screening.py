# SPDX-License-Identifier: Apache-2.0
"""What a check found, said by whoever checked; and what the desks make of a conflict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar

from steerclear.model import finding as model
from steerclear.model.forms import (
    BandShift,
    Count,
    Gap,
    GapFeet,
    Hash,
    Id,
    Millimetres,
    Seconds,
    Shift,
    Sizes,
    Text,
)
from steerclear.model.member import MemberId
from steerclear.model.space import Band, MultiPolygon
from steerclear.model.time import Instant

__all__ = [
    "Alternative", "ConflictAccept", "ConflictClose", "ConflictDecline", "ConflictFound", "ConflictPropose",
    "Evidence", "NoAlternative", "NoConflictFound", "NoticeVersion", "OtherBand", "OtherStart",
    "ScreenFinding", "ScreenResult", "UndeterminedFound",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """One version of one notice."""

    notice: Annotated[Id, "The notice."]
    version: Annotated[Id, "The statement that is its version: notice.file or notice.amend."]


@dataclass(frozen=True, slots=True)
class NoConflictFound:
    """No conflict known."""

    IS: ClassVar[str] = "no-conflict"
    among: Annotated[Count, "Among how many notices."]

    def finding(self) -> model.NoConflict:
        return model.NoConflict(f"among {self.among} notice{'' if self.among == 1 else 's'}")


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """Less than the minimum in every dimension at once: the gaps, and the part that concerns both."""

    IS: ClassVar[str] = "conflict"
    lateral_gap_mm: Annotated[Millimetres, "Gap on the ground, 0 where the footprints share interior."]
    vertical_gap_ft: Annotated[GapFeet, "Gap between the bands, negative in overlap."]
    time_gap_s: Annotated[Gap, "Gap in time, negative in overlap."]
    first_at: Annotated[Instant, "The first moment of it."]
    until: Annotated[Instant, "The last moment of it."]
    overlap: Annotated[MultiPolygon | None, "Where, rounded outward; null: not shown."]
    band: Annotated[Band | None, "How high; null: not shown."]

    def finding(self) -> model.Conflict:
        return model.Conflict(
            self.lateral_gap_mm / 1000, self.vertical_gap_ft, self.time_gap_s, self.first_at // 1000
        )


@dataclass(frozen=True, slots=True)
class UndeterminedFound:
    """It could not be known."""

    IS: ClassVar[str] = "undetermined"
    because: Annotated[Text, "What is missing."]

    def finding(self) -> model.Undetermined:
        return model.Undetermined(self.because)


ScreenFinding = NoConflictFound | ConflictFound | UndeterminedFound


@dataclass(frozen=True, slots=True)
class OtherStart:
    """The same notice at another time would not conflict."""

    IS: ClassVar[str] = "start"
    notice: Annotated[Id, "Which notice."]
    shift_s: Annotated[Shift, "By how many seconds; negative is earlier."]


@dataclass(frozen=True, slots=True)
class OtherBand:
    """The same notice at another height would not conflict."""

    IS: ClassVar[str] = "band"
    notice: Annotated[Id, "Which notice."]
    shift_ft: Annotated[BandShift, "By how many feet; negative is lower."]


@dataclass(frozen=True, slots=True)
class NoAlternative:
    """None was found: that is an answer too."""

    IS: ClassVar[str] = "none"
    notice: Annotated[Id, "Which notice."]
    within_s: Annotated[Seconds, "Within how far to each side."]


Alternative = OtherStart | OtherBand | NoAlternative


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """Its author's claim about these versions, under this annex, having seen these logs so far.

    One notice: it against all others that the author could open. Two: this pair.
    """

    notices: Annotated[tuple[NoticeVersion, ...], "One or two versions that the finding is about."]
    concerns: Annotated[tuple[MemberId, ...], "Who has to know."]
    finding: Annotated[ScreenFinding, "What was found."]
    alternatives: Annotated[tuple[Alternative, ...], "Where it would not conflict, re-screened."]
    annex: Annotated[Hash | None, "Hash of the separation annex; null: none was in force."]
    covers: Annotated[Sizes, "How much of each log the author had seen."]
    screened_at: Annotated[Instant, "When."]


class Evidence(Enum):
    """What a conflict rests on."""

    SCREENED = "screened"
    CELLS_MET = "cells-met"
    OWN_CHECK = "own-check"


@dataclass(frozen=True, slots=True)
class ConflictPropose:
    """A way out is proposed; it also opens a conflict that no result has told yet."""

    notices: Annotated[tuple[Id, ...], "The two notices; the conflict's id follows from them."]
    evidence: Annotated[Evidence, "What it rests on."]
    proposal: Annotated[Text, "What is proposed, in words."]
    alternative: Annotated[Alternative | None, "The same in figures."]
    reply_by: Annotated[Instant | None, "An answer is asked for by then."]


@dataclass(frozen=True, slots=True)
class ConflictAccept:
    """The proposal is agreed to. An amended notice follows; this alone changes none."""

    proposal: Annotated[Id, "The conflict.propose."]
    because: Annotated[Text | None, "A remark."]


@dataclass(frozen=True, slots=True)
class ConflictDecline:
    """The proposal is not agreed to."""

    proposal: Annotated[Id, "The conflict.propose."]
    because: Annotated[Text, "Why; a refusal gives its reason."]


@dataclass(frozen=True, slots=True)
class ConflictClose:
    """One side needs nothing more. Closed when every side concerned has said so; findings stay."""

    notices: Annotated[tuple[Id, ...], "The two notices."]
    because: Annotated[Text, "Why."]
