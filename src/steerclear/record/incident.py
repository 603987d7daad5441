# SPDX-License-Identifier: Apache-2.0
"""What was said about an incident, as one file that an inquiry checks by itself: proofs, and a timeline.

    {"form":"steerclear incident 1","founded","incident","parts","timeline"}

``parts`` are ``.tlog-proof`` files of entries in clear and openings of sealed ones, ``founded`` the charter
that they are checked by. The timeline is no claim of whoever made the file: it is printed from the parts,
and refused unless it is exactly what they print. That nothing was left out, only the whole record shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.charter import Charter, found_body, mechanism_of, read_found_body
from steerclear.record.form import object_field, print_instant
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.leaf import parse_leaf
from steerclear.record.proof import parse_extra, parse_proof
from steerclear.record.prove import verify_proof
from steerclear.record.report import Counts, Remark, VerifyReport
from steerclear.record.reveal import REVEALED, parse_revealed, verify_revealed
from steerclear.record.statement import SignedStatement

__all__ = ["INCIDENT", "Package", "parse_package", "print_package", "said_in", "verify_package"]

_FORM: Final = "steerclear incident 1"
INCIDENT: Final = b'{"form":"' + _FORM.encode("ascii") + b'",'
"""How every such file begins."""

MOST_PARTS: Final = 2_000
_OPENS: Final = "incident.open"


@dataclass(frozen=True, slots=True)
class Package:
    """``incident`` the id of its ``incident.open``; ``parts`` proofs and openings in order of time."""

    charter: Charter
    incident: str
    parts: tuple[bytes, ...]


def print_package(package: Package) -> bytes:
    """Raises ``NotVerified`` for a part that is neither a proof nor an opening."""
    return print_ijson(
        {
            "form": _FORM,
            "founded": found_body(package.charter),
            "incident": package.incident,
            "parts": [part.decode("utf-8") for part in package.parts],
            "timeline": _timeline(package.parts),
        }
    )


def parse_package(data: bytes) -> Package:
    """Exact inverse of ``print_package``: refuses another timeline than the parts print (``NotVerified``)."""
    fields = ("form", "founded", "incident", "parts", "timeline")
    found = object_field(parse_ijson(data, where="incident"), fields, "incident")
    founded, incident, parts = found["founded"], found["incident"], found["parts"]
    if found["form"] != _FORM:
        raise _malformed("it does not begin with its name and version")
    if not isinstance(founded, dict) or not isinstance(incident, str):
        raise _malformed("it names no charter, or no incident")
    if not isinstance(parts, list) or not 0 < len(parts) <= MOST_PARTS:
        raise _malformed(f"it has no parts, or more than {MOST_PARTS:,}")
    texts = [part.encode("utf-8") for part in parts if isinstance(part, str)]
    if len(texts) < len(parts):
        raise _malformed("a part of it is no text")
    package = Package(read_found_body(founded), incident, tuple(texts))
    if print_package(package) != data:
        raise _malformed("its timeline is not what its parts say")
    return package


def verify_package(data: bytes, charter: Charter | None = None) -> VerifyReport:
    """Check every part by the charter in the file, which must be ``charter`` where one is given.

    Failures name what does not hold; raises ``NotVerified`` for what has no form.
    """
    package = parse_package(data)
    known = package.charter
    if charter is not None and mechanism_of(charter) != mechanism_of(known):
        raise NotVerified(
            "verify-other-mechanism",
            "The charter is not that of this record.",
            where=mechanism_of(known),
            remedy="Give the charter whose SHA-256 is the mechanism that the record names.",
        )
    reports = [_verify_part(part, known) for part in package.parts]
    failures = [failure for report in reports for failure in report.failures]
    opened = [said_in(part).statement for part in package.parts]
    if not any(one.id == package.incident and one.kind == _OPENS for one in opened):
        failures.append(Remark("incident-not-in-it", None, None, None, "no part opens this incident."))
    if len({one.id for one in opened}) < len(opened):
        failures.append(Remark("incident-part-twice", None, None, None, "a statement stands in it twice."))
    whole = Remark(
        "incident-selection",
        None,
        None,
        None,
        "the file holds what its maker chose; that nothing was left out, the whole record shows.",
    )
    doubts = {str(doubt): doubt for report in reports for doubt in report.doubts}
    return replace(
        reports[0],
        kind="incident",
        counts=_added([report.counts for report in reports]),
        logs=(),
        failures=tuple(failures),
        doubts=(*doubts.values(), whole),
        said=None,
    )


def said_in(part: bytes) -> SignedStatement:
    """The statement that a part shows; whether it is proven is the question of ``verify_package``."""
    if part.startswith(REVEALED):
        return parse_revealed(part).statement
    extra = parse_proof(part).extra
    said = None if extra is None else parse_leaf(parse_extra(extra).entry).statement
    if said is None:
        raise _malformed("a part of it shows no statement")
    return said


def _verify_part(part: bytes, charter: Charter) -> VerifyReport:
    return verify_revealed(part, charter) if part.startswith(REVEALED) else verify_proof(part, charter)


def _timeline(parts: Sequence[bytes]) -> list[JsonValue]:
    lines = [_line(said_in(part)) for part in parts]
    if lines != sorted(lines, key=lambda line: (str(line["at"]), str(line["id"]))):
        raise _malformed("its parts are not in order of time")
    return list(lines)


def _line(signed: SignedStatement) -> JsonObject:
    said = signed.statement
    return {
        "at": print_instant(said.at),
        "author": said.author,
        "body": said.body,
        "desk": said.desk,
        "id": said.id,
        "kind": said.kind,
        "to": list(said.to),
    }


def _added(counts: Sequence[Counts]) -> Counts:
    names = Counts.__dataclass_fields__
    return Counts(**{name: sum(getattr(one, name) for one in counts) for name in names})


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "incident-form",
        f"This is not the file of an incident: {why}.",
        remedy="Ask the sender for the original file; do not repair it.",
    )
