# SPDX-License-Identifier: Apache-2.0
"""What two parties and their host say while plans are compared that nobody shows.

Each body but ``blind.met`` only carries messages of ``blind/messages.py``, byte for byte: their own strict
form says of which check, side and round each is, and this room does not read them. One statement may hold
those of several days of one pair.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Final

from steerclear.model.forms import Count, Hash, Id
from steerclear.model.member import MemberId
from steerclear.model.terms import Level
from steerclear.model.wire import Codec, JsonValue, misfit

__all__ = [
    "BlindCommit", "BlindKey", "BlindList", "BlindMet", "BlindOpen", "BlindPart", "BlindRemask",
    "BlindResult", "BlindStop", "MetNotice", "Octets",
]  # fmt: skip

_BASE64: Final = "bytes in padded base64"


def _write(value: bytes) -> JsonValue:
    return base64.b64encode(value).decode("ascii")


def _read(value: JsonValue, where: str) -> bytes:
    """One spelling of the same bytes: what does not print back is refused."""
    if not isinstance(value, str):
        raise misfit(where, _BASE64)
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise misfit(where, _BASE64) from error
    if _write(found) != value:
        raise misfit(where, _BASE64)
    return found


Octets = Annotated[bytes, Codec(_BASE64, _write, _read)]
Pair = Annotated[tuple[MemberId, ...], "The two parties, in the order of their names."]


@dataclass(frozen=True, slots=True)
class BlindKey:
    """Half of the key that two parties alone will hold for one day of L2 (X25519)."""

    pair: Pair
    day: Annotated[Count, "The UTC day of the cells, counted from 1970-01-01."]
    attempt: Annotated[Count, "How often this day was begun anew."]
    annex: Annotated[Hash, "Hash of the separation annex."]
    public: Annotated[Octets, "32 bytes."]


@dataclass(frozen=True, slots=True)
class BlindOpen:
    """A party begins a day of cells with another: what its secret is bound to, before any list."""

    pair: Pair
    level: Annotated[Level, "L2, L3 or L3p."]
    day: Annotated[Count, "The UTC day of the cells, counted from 1970-01-01."]
    attempt: Annotated[Count, "How often this day was begun anew."]
    annex: Annotated[Hash, "Hash of the separation annex."]
    grid: Annotated[Count, "Version of the grid."]
    step_arc_s: Annotated[Count, "Its step in seconds of arc; 15: columns of protected sites."]
    messages: Annotated[tuple[Octets, ...], "DayOpened."]


@dataclass(frozen=True, slots=True)
class BlindCommit:
    """Lists are committed to, before they leave."""

    pair: Pair
    messages: Annotated[tuple[Octets, ...], "ListCommitted, one a day of cells."]


@dataclass(frozen=True, slots=True)
class BlindList:
    """Lists: names of cells that nobody can read back."""

    pair: Pair
    messages: Annotated[tuple[Octets, ...], "ListSent, one a day of cells."]


@dataclass(frozen=True, slots=True)
class BlindRemask:
    """The other's lists, masked a second time, for the host alone."""

    pair: Pair
    messages: Annotated[tuple[Octets, ...], "Remasked, one a day of cells."]


@dataclass(frozen=True, slots=True)
class BlindPart:
    """Without a host: the next part of the other's list, masked a second time."""

    pair: Pair
    messages: Annotated[tuple[Octets, ...], "ChunkRemasked, one a day of cells."]


@dataclass(frozen=True, slots=True)
class BlindResult:
    """Which slots of both were met: one statement, so that neither hears first."""

    pair: Pair
    messages: Annotated[tuple[Octets, ...], "Compared, one a day of cells."]


@dataclass(frozen=True, slots=True)
class BlindStop:
    """Its author goes on no further with a day of cells; what was not met before is undetermined."""

    pair: Pair
    messages: Annotated[tuple[Octets, ...], "Stopped, one a day of cells."]


@dataclass(frozen=True, slots=True)
class MetNotice:
    """A notice of the author's, and which of its cells were met."""

    notice: Annotated[Id, "The notice."]
    version: Annotated[Id, "The statement that is its version."]
    cells: Annotated[Octets, "The cells, 12 bytes each, sorted, as the grid encodes them."]


@dataclass(frozen=True, slots=True)
class BlindMet:
    """Which notices of the author's the met cells belong to, so that two desks know what they talk about."""

    pair: Pair
    day: Annotated[Count, "The UTC day of the cells, counted from 1970-01-01."]
    notices: Annotated[tuple[MetNotice, ...], "Each notice that was met on this day."]
