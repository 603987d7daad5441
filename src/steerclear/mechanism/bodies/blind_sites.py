# SPDX-License-Identifier: Apache-2.0
"""What is said when a notice is held against protected sites that its filer was not shown?

    asker ── ask ──► holder, host      holder ── hold ──► asker, host       asker ── list ──► holder, host
    both ── remask ──► host            host ── result ──► asker             host ── met, later ──► holder

No statement names a place; whom a site belongs to is not said, but by which member it is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from steerclear.mechanism.bodies.blind import Octets
from steerclear.model.forms import Count, Hash, Id, Label
from steerclear.model.member import MemberId
from steerclear.model.time import Instant

__all__ = [
    "BlindSiteAsk", "BlindSiteHold", "BlindSiteList", "BlindSiteMet", "BlindSiteRemask", "BlindSiteResult",
    "BlindSiteStop",
]  # fmt: skip

Ask = Annotated[Id, "The blind.site-ask."]


@dataclass(frozen=True, slots=True)
class BlindSiteAsk:
    """Does a protected site that another holds lie in an area of this notice?"""

    holder: Annotated[MemberId, "Who may hold sites."]
    notice: Annotated[Id, "The notice, that stands in the log of who asks."]
    annex: Annotated[Hash, "SHA-256 of the hashes of the annexes of protected sites and of separation."]
    day: Annotated[Count, "The UTC day on which it is asked, counted from 1970-01-01."]
    grid: Annotated[Count, "Version of the grid."]
    public: Annotated[Octets, "32 bytes: g to the power of the asker's scalar."]
    lists: Annotated[Count, "How many areas."]
    slots: Annotated[Count, "How many slots the list of each has: a power of two."]


@dataclass(frozen=True, slots=True)
class BlindSiteHold:
    """The columns of all sites that its author holds, masked, shuffled and padded."""

    ask: Ask
    public: Annotated[Octets, "32 bytes: g to the power of the holder's scalar."]
    rows: Annotated[Octets, "32 bytes a slot."]
    whole: Annotated[bool, "Are all columns of all sites among them?"]


@dataclass(frozen=True, slots=True)
class BlindSiteList:
    """The columns of each area, masked, shuffled and padded, one area after the other."""

    ask: Ask
    rows: Annotated[Octets, "32 bytes a slot."]


@dataclass(frozen=True, slots=True)
class BlindSiteRemask:
    """The other's list, masked a second time, for the host alone."""

    ask: Ask
    rows: Annotated[Octets, "32 bytes a slot."]
    proofs: Annotated[Octets, "That each was raised to its author's scalar."]
    tell_at: Annotated[
        Instant | None, "The asker's: from when on the holder may be told what was met; the holder's: null."
    ]


@dataclass(frozen=True, slots=True)
class BlindSiteResult:
    """Of each area, how many of its slots were met; sentinels that only the asker can tell are among them."""

    ask: Ask
    met: Annotated[tuple[Count, ...], "One number for each area."]


@dataclass(frozen=True, slots=True)
class BlindSiteMet:
    """Which slots of the holder's list were met, told when the window of the notice is long over."""

    ask: Ask
    slots: Annotated[tuple[Count, ...], "Sentinels, that only the holder can tell, are among them."]


@dataclass(frozen=True, slots=True)
class BlindSiteStop:
    """Its author goes on no further with this check; what it asks about is undetermined."""

    ask: Ask
    code: Annotated[Label, "Of the error, or why."]
