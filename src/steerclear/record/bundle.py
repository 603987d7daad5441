# SPDX-License-Identifier: Apache-2.0
"""The one form that carries everything between nodes, over a link or as a file in somebody's pocket.

    steerclear/bundle/v1
    {"mechanism","sender","at","sizes","presence","parts","floor"[,"blobs"]}
    an entry, byte for byte, on each line, in the order of the parts
    a floor message on each line
    a blob in base64 on each line: every one that an entry of this bundle names, each once

Entries and messages are compact JSON and hold no newline, so they stand as they are. Nothing in a bundle is
believed: entries, checkpoints and floor messages verify by themselves. ``sizes`` and ``presence`` are worth
what the link is worth that brought them; a false one makes a sender send too much or too little, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from steerclear.errors import BadInput, NotVerified
from steerclear.record.blobs import BLOB_BYTES
from steerclear.record.floor import FloorMessage, parse_floor, print_floor
from steerclear.record.form import (
    flag_field,
    hash_field,
    instant_field,
    integer_field,
    key_field,
    list_field,
    member_field,
    object_field,
    print_base64,
    print_instant,
    text_field,
)
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.leaf import LARGEST_LEAF
from steerclear.record.note import LARGEST_NOTE

__all__ = ["LARGEST_BUNDLE", "Bundle", "Held", "LogPart", "parse_bundle", "print_bundle"]

LARGEST_BUNDLE: Final = 67_108_864
"""64 MiB: what a node reads into memory at once. A longer log is carried in several."""

LARGEST_HEADER: Final = 262_144
"""The one line that is parsed before anything is known: thirty logs, each cosigned by thirty members."""

MOST_ROWS: Final = 64
"""Members in ``sizes``, as a charter has at most, and desks in ``presence``."""

MOST_LINES: Final = LARGEST_BUNDLE // 256
"""No entry is as short as 256 bytes, so no bundle has more lines than this."""

MOST_PARTS: Final = 4_096
MOST_FLOOR: Final = 4_096

LARGEST_FLOOR_PART: Final = 4_194_304
"""4 MiB of floor messages: they are parsed to the last field on arrival, entries only one by one."""

_HEADER: Final = b"steerclear/bundle/v1"
_FIELDS: Final = ("mechanism", "sender", "at", "sizes", "presence", "parts", "floor")


class Held(NamedTuple):
    """What the sender holds of one log: the generation that is live, and its number of entries."""

    generation: int
    size: int


@dataclass(frozen=True, slots=True)
class LogPart:
    """Entries ``start`` … of one log, and the newest ``checkpoint`` note with every cosignature known."""

    member: str
    generation: int
    start: int
    entries: tuple[bytes, ...]
    checkpoint: bytes | None = None

    def __post_init__(self) -> None:
        for entry in self.entries:
            if not 0 < len(entry) <= LARGEST_LEAF or b"\n" in entry:
                raise NotVerified(
                    "bundle-entry",
                    f"An entry is empty, holds a newline, or has more than {LARGEST_LEAF:,} bytes.",
                    where=f"{self.member} {self.generation}",
                    remedy="Ask the sender for the original bundle; do not repair it.",
                )


@dataclass(frozen=True, slots=True)
class Bundle:
    """``at`` when it was made, in ms; ``sizes`` by member; ``presence`` whether each desk is manned.

    ``blobs`` stand beside the entries that name them, 65,536 bytes each.
    """

    mechanism: str
    sender: str
    at: int
    sizes: Mapping[str, Held]
    parts: tuple[LogPart, ...]
    floor: tuple[FloorMessage, ...] = ()
    presence: Mapping[str, bool] = field(default_factory=dict)
    blobs: tuple[bytes, ...] = ()


def print_bundle(bundle: Bundle) -> bytes:
    """Raises ``BadInput`` (``bundle-too-large``, ``bundle-header-too-large``, ``bundle-floor-too-large``)."""
    lines = [_HEADER, _print_header(bundle)]
    lines.extend(entry for part in bundle.parts for entry in part.entries)
    lines.extend(_print_floor_part(bundle.floor))
    lines.extend(print_base64(blob).encode("ascii") for blob in bundle.blobs)
    data = b"\n".join((*lines, b""))
    if len(data) > LARGEST_BUNDLE or len(lines) - 2 > MOST_LINES:
        raise BadInput(
            "bundle-too-large",
            f"The bundle has {len(data):,} bytes in {len(lines) - 2:,} entries and messages; "
            f"one holds at most {LARGEST_BUNDLE:,} in {MOST_LINES:,}.",
            remedy="Carry fewer entries, in several bundles.",
        )
    return data


def parse_bundle(data: bytes, *, at_most: int = LARGEST_BUNDLE) -> Bundle:
    """Exact inverse of ``print_bundle``. Judges the form alone. Raises ``NotVerified``.

    A bundle comes from anybody who has a link, so its size is looked at before its lines are, and the header
    before what it announces.
    """
    if len(data) > at_most:
        raise _malformed(f"it has {len(data):,} bytes, and at most {at_most:,} are read")
    if not data.startswith(_HEADER + b"\n") or not data.endswith(b"\n"):
        raise _malformed("it does not begin with its name and version, or does not end in a newline")
    start = len(_HEADER) + 1
    end = data.find(b"\n", start, start + LARGEST_HEADER + 1)
    if end < 0:
        raise _malformed(f"its header is missing, or has more than {LARGEST_HEADER:,} bytes")
    if data.count(b"\n", end + 1) > MOST_LINES:
        raise _malformed(f"it has more than {MOST_LINES:,} lines")
    lines = data[end + 1 :].split(b"\n")[:-1]
    return _read(parse_ijson(data[start:end], where="bundle"), lines)


def _print_header(bundle: Bundle) -> bytes:
    header = print_ijson(_head(bundle))
    if len(header) > LARGEST_HEADER or max(len(bundle.sizes), len(bundle.presence)) > MOST_ROWS:
        raise BadInput(
            "bundle-header-too-large",
            f"The header of the bundle has {len(header):,} bytes; at most {LARGEST_HEADER:,} are possible, "
            f"with {MOST_ROWS} logs and {MOST_ROWS} desks.",
            remedy="Carry fewer logs in one bundle, or leave out checkpoints that the receiver has.",
        )
    return header


def _print_floor_part(messages: Sequence[FloorMessage]) -> list[bytes]:
    lines = [print_floor(message) for message in messages]
    size = sum(map(len, lines))
    if size > LARGEST_FLOOR_PART or len(lines) > MOST_FLOOR:
        raise BadInput(
            "bundle-floor-too-large",
            f"The bundle has {len(lines):,} floor messages of {size:,} bytes; at most {MOST_FLOOR:,} of "
            f"{LARGEST_FLOOR_PART:,} are possible.",
            remedy="Carry the newest that are not answered; the others stand in the logs.",
        )
    return lines


def _head(bundle: Bundle) -> JsonObject:
    head: JsonObject = {
        "mechanism": bundle.mechanism,
        "sender": bundle.sender,
        "at": print_instant(bundle.at),
        "sizes": {member: list(held) for member, held in sorted(bundle.sizes.items())},
        "presence": dict(sorted(bundle.presence.items())),
        "parts": [_part(part) for part in bundle.parts],
        "floor": len(bundle.floor),
    }
    return {**head, "blobs": len(bundle.blobs)} if bundle.blobs else head


def _part(part: LogPart) -> JsonObject:
    return {
        "member": part.member,
        "generation": part.generation,
        "start": part.start,
        "count": len(part.entries),
        "checkpoint": None if part.checkpoint is None else part.checkpoint.decode("utf-8"),
    }


def _read(value: JsonValue, lines: Sequence[bytes]) -> Bundle:
    found = object_field(value, _FIELDS, "bundle", optional=("blobs",))
    sizes = _rising(found["sizes"], "bundle sizes")
    presence = _rising(found["presence"], "bundle presence")
    parts: list[LogPart] = []
    at = 0
    for row in list_field(found["parts"], "bundle parts", at_most=MOST_PARTS):
        parts.append(_read_part(row, lines, at))
        at += len(parts[-1].entries)
    messages = integer_field(found["floor"], "bundle floor", most=MOST_FLOOR)
    blobs = integer_field(found["blobs"], "bundle blobs", least=1) if "blobs" in found else 0
    if len(lines) != at + messages + blobs:
        raise _malformed(f"it announces {at + messages + blobs} lines and has {len(lines)}")
    if sum(map(len, lines[at : at + messages])) > LARGEST_FLOOR_PART:
        raise _malformed(f"its floor messages have more than {LARGEST_FLOOR_PART:,} bytes")
    return Bundle(
        mechanism=hash_field(found["mechanism"], "bundle mechanism"),
        sender=member_field(found["sender"], "bundle sender"),
        at=instant_field(found["at"], "bundle at"),
        sizes={member_field(member, "bundle sizes"): _read_held(held) for member, held in sizes.items()},
        parts=tuple(parts),
        floor=tuple(parse_floor(line) for line in lines[at : at + messages]),
        presence={
            text_field(desk, "bundle presence", at_most=40): flag_field(manned, "bundle presence")
            for desk, manned in presence.items()
        },
        blobs=tuple(_read_blob(line) for line in lines[at + messages :]),
    )


def _read_blob(line: bytes) -> bytes:
    if not line.isascii():
        raise _malformed("a blob is not written in base64")
    return key_field(line.decode("ascii"), "bundle blob", length=BLOB_BYTES, at_most=BLOB_BYTES)


def _read_part(value: JsonValue, lines: Sequence[bytes], at: int) -> LogPart:
    where = "bundle part"
    found = object_field(value, ("member", "generation", "start", "count", "checkpoint"), where)
    count = integer_field(found["count"], f"{where} count", most=len(lines) - at)
    checkpoint = found["checkpoint"]
    if checkpoint is not None and not (isinstance(checkpoint, str) and len(checkpoint) <= LARGEST_NOTE):
        raise _malformed("a checkpoint is no text, or too long")
    return LogPart(
        member=member_field(found["member"], f"{where} member"),
        generation=integer_field(found["generation"], f"{where} generation"),
        start=integer_field(found["start"], f"{where} start"),
        entries=tuple(lines[at : at + count]),
        checkpoint=None if checkpoint is None else checkpoint.encode("utf-8"),
    )


def _read_held(value: JsonValue) -> Held:
    generation, size = list_field(value, "bundle sizes", at_least=2, at_most=2)
    return Held(integer_field(generation, "bundle sizes"), integer_field(size, "bundle sizes"))


def _rising(value: JsonValue, where: str) -> JsonObject:
    if (
        isinstance(value, dict)
        and len(value) <= MOST_ROWS
        and all(earlier < later for earlier, later in pairwise(value))
    ):
        return value
    raise NotVerified(
        "bundle-order",
        f"The names do not stand in rising order, or are more than {MOST_ROWS}.",
        where=where,
        remedy="Ask the sender for the original bundle; do not repair it.",
    )


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "bundle-form",
        f"This is not a bundle: {why}.",
        remedy="Ask the sender for the original bundle; do not repair it.",
    )
