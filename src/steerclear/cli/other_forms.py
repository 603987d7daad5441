# SPDX-License-Identifier: Apache-2.0
"""Read files of other people's forms into drafts, and write notices in them."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from steerclear.cli import show

if TYPE_CHECKING:
    from steerclear.formats.drafts import Draft, Given
    from steerclear.formats.reading import Reading
    from steerclear.model.notice import Notice

__all__ = ["read", "write"]

_WIDTH: Final = 100
LONGEST_OFFER: Final = 2_000
_SETTABLE: Final = "id, party, kind, near, lower, upper, start, end"

Form = Annotated[
    str | None,
    typer.Option("--as", metavar="FORM", help="Which form, where the file's name does not say it."),
]


def read(
    *,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file; - is stdin.")],
    form: Form = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help=f"Answer for all: {_SETTABLE}.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="CODE", help="Accept what is offered, or confirm.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--geojson", metavar="OUT", help="Write them for steerclear file; - is stdout."),
    ] = None,
    as_json: show.Json = False,
) -> int:
    """Read a NOTAM, KML, HNS sheet or other form into drafts, and say what is in doubt.

    Needs no node and files nothing. Ends with 0 when nothing is in doubt, else with 1.
    """
    from steerclear.formats.reading import read_bytes

    reading = read_bytes(_bytes(path), where=path.name if str(path) != "-" else "stdin", form=form)
    answered = _answered(reading, _given(sets or []), accept or [])
    in_doubt = sum(not draft.is_complete for draft in answered.drafts)
    if out is not None:
        _write_filing(answered, out)
    if as_json:
        from steerclear.cli.at_node import as_json_value
        from steerclear.formats.reading import reading_row

        show.print_json(as_json_value(reading_row(answered)))
    elif out is None or str(out) != "-":
        _show(answered, in_doubt)
    return 1 if in_doubt else 0


def write(
    *,
    what: Annotated[
        str, typer.Argument(metavar="NOTICE", help="A notice of the node, as TUR-0042, or a GeoJSON file.")
    ],
    form: Annotated[
        str, typer.Option("--as", metavar="FORM", help="notam, cap, kml, openair, gpx, hns-xlsx …")
    ],
    node: Annotated[
        Path | None,
        typer.Option("--node", "-n", envvar="STEERCLEAR_NODE", metavar="NODE", help="The node's folder."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="Where it goes; - is stdout.")
    ] = Path("-"),
    fir: Annotated[str, typer.Option("--fir", help="For a NOTAM: the designator of the FIR.")] = "",
    number: Annotated[
        str | None, typer.Option("--number", help="For a NOTAM: the authority's number, if it gave one.")
    ] = None,
    contact: Annotated[str, typer.Option("--contact", help="The civil contact that it is for.")] = "",
    offer: Annotated[
        bool, typer.Option("--offer", help="Record that this text is offered to --contact; needs --desk.")
    ] = False,
    desk: Annotated[
        str | None, typer.Option("--desk", "-d", envvar="STEERCLEAR_DESK", help="The desk that offers it.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Write a notice as NOTAM, CAP, KML, OpenAir, GPX or HNS sheet; --offer records that it was offered."""
    import time

    from steerclear.formats.writing import Envelope, write_form

    envelope = Envelope(sent_s=int(time.time()), fir=fir, number=number, contact=contact)
    data = write_form(_notices(what, node), form, envelope)
    if offer:
        _offer(what, form, contact, data, node, desk, as_json=as_json)
        return
    if str(out) == "-":
        sys.stdout.buffer.write(data)
        return
    from steerclear.cli.founding import write_file

    write_file(out, data)
    if as_json:
        show.print_json({"file": str(out), "form": form, "bytes": len(data)})
    else:
        show.say(f"{form}, {len(data):,} bytes. Saved to {out}.")


def _offer(
    what: str, form: str, contact: str, data: bytes, node: Path | None, desk: str | None, *, as_json: bool
) -> None:
    from steerclear.cli.at_node import do
    from steerclear.errors import BadInput
    from steerclear.services.requests import Say

    if form not in ("notam", "cap") or node is None or desk is None or not contact:
        raise BadInput(
            "offer-incomplete",
            "Offering needs a NOTAM or a CAP text, a node, a desk and a contact.",
            where="--offer",
            remedy="Give --as notam or --as cap, --node, --desk and --contact as the civil annex names it.",
        )
    if len(data.decode()) > LONGEST_OFFER:
        raise BadInput(
            "offer-too-long",
            f"The text has {len(data.decode()):,} characters; the record keeps {LONGEST_OFFER:,}.",
            where="--offer",
            remedy="Hand it over as a file, and record the offer in short with steerclear say civil.offer.",
        )
    fields = {"notice": what, "contact": contact, "form": form, "text": data.decode()}
    do(node, Say(kind="civil.offer", fields=fields, desk=desk), as_json=as_json)


def _notices(what: str, node: Path | None) -> tuple[Notice, ...]:
    from steerclear.errors import BadInput
    from steerclear.formats.geojson import read_notices

    if what == "-" or Path(what).is_file():
        return read_notices(_bytes(Path(what)), where=what)
    if node is None:
        raise BadInput(
            "notice-not-found",
            f"“{what[:40]}” is no file, and it was not said at which node it stands.",
            where="NOTICE",
            remedy="Give a GeoJSON file, or a notice's name with --node NODE.",
        )
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        return read_notices(client.notice_form(what), where=what)


def _bytes(path: Path) -> bytes:
    from steerclear.errors import Unreachable
    from steerclear.formats.reading import LARGEST_READ_BYTES

    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(LARGEST_READ_BYTES + 1)
        with path.open("rb") as opened:
            return opened.read(LARGEST_READ_BYTES + 1)
    except OSError as error:
        raise Unreachable(
            "file-unreadable",
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error


# -- answers -------------------------------------------------------------------------------------------


def _answered(reading: Reading, given: Given, accept: list[str]) -> Reading:
    """The same answers for all drafts; a code that is in doubt nowhere is refused, as a slip of the pen."""
    from dataclasses import replace

    from steerclear.errors import BadInput
    from steerclear.formats.drafts import answered

    known = {doubt.code for draft in reading.drafts for doubt in draft.doubts}
    for code in accept:
        if code not in known:
            raise BadInput(
                "doubt-unknown",
                f"Nothing is in doubt by the code “{code[:40]}” here.",
                where="--accept",
                remedy=f"The doubts are {', '.join(sorted(known)) or 'none'}.",
            )
    drafts = []
    for draft in reading.drafts:
        here = [code for code in accept if code in {doubt.code for doubt in draft.doubts}]
        drafts.append(answered(draft, given, here))
    return replace(reading, drafts=tuple(drafts))


def _given(sets: list[str]) -> Given:
    from steerclear.errors import BadInput
    from steerclear.formats.drafts import Given

    answers: dict[str, Any] = {}
    for one in sets:
        name, equals, value = one.partition("=")
        if not equals or name not in _READERS:
            raise BadInput(
                "field-form",
                f"“{one[:40]}” is not FIELD=VALUE.",
                where="--set",
                remedy=f"The fields are {_SETTABLE}.",
            )
        slot, reader = _READERS[name]
        answers[slot] = reader(value)
    return Given(**answers)


def _height(value: str, *, is_upper: bool) -> Any:
    from steerclear.errors import BadInput
    from steerclear.formats.heights import Fault, parse_height

    found = parse_height(value, is_upper=is_upper)
    if isinstance(found, Fault):
        raise BadInput("height-unread", found.what, where="--set", remedy=found.answer)
    return found


def _kind(value: str) -> Any:
    from steerclear.errors import BadInput
    from steerclear.model.notice import NoticeKind

    if value not in {kind.value for kind in NoticeKind}:
        raise BadInput(
            "unknown-kind",
            f"“{value[:40]}” is not a kind of notice.",
            where="--set",
            remedy=f"Use one of: {', '.join(kind.value for kind in NoticeKind)}.",
        )
    return NoticeKind(value)


def _party(value: str) -> Any:
    from steerclear.model.member import member_id

    return member_id(value)


def _second(value: str, *, up: bool) -> int:
    from steerclear.model.time import parse_typed_instant_us

    at_us = parse_typed_instant_us(value)
    return -(-at_us // 1_000_000) if up else at_us // 1_000_000


_READERS: Final[dict[str, tuple[str, Any]]] = {
    "id": ("ref", str),
    "party": ("party", _party),
    "kind": ("kind", _kind),
    "near": ("near", str),
    "lower": ("lower", lambda value: _height(value, is_upper=False)),
    "upper": ("upper", lambda value: _height(value, is_upper=True)),
    "start": ("start_s", lambda value: _second(value, up=False)),
    "end": ("end_s", lambda value: _second(value, up=True)),
}


def _write_filing(reading: Reading, out: Path) -> None:
    """All of them, or nothing: a filing that lacks what was in doubt would look whole."""
    from steerclear.cli.founding import write_file
    from steerclear.errors import BadInput
    from steerclear.formats.drafts import notice_of
    from steerclear.formats.geojson import write_notices

    doubtful = sorted({doubt.code for draft in reading.drafts for doubt in draft.doubts})
    if doubtful:
        raise BadInput(
            "draft-in-doubt",
            f"Of {len(reading.drafts)} drafts {sum(not d.is_complete for d in reading.drafts)} are in doubt: "
            f"{', '.join(doubtful)}.",
            where=reading.where,
            remedy="Answer with --set FIELD=VALUE and --accept CODE, or in the file; nothing was written.",
        )
    data = write_notices(map(notice_of, reading.drafts)).encode()
    if str(out) == "-":
        sys.stdout.buffer.write(data)
    else:
        write_file(out, data)


# -- words ---------------------------------------------------------------------------------------------


def _show(reading: Reading, in_doubt: int) -> None:
    for draft in reading.drafts:
        _show_draft(draft)
    for piece in reading.skipped:
        _wrapped(f"LEFT OUT  {piece.code}: {piece.what} {piece.answer}", "")
    count = len(reading.drafts)
    drafts = "1 draft" if count == 1 else f"{count} drafts"
    show.say(f"{reading.form}: {drafts}, {in_doubt} in doubt. Nothing was filed.")


def _show_draft(draft: Draft) -> None:
    state = "complete" if draft.is_complete else "IN DOUBT"
    kind = draft.kind.value if draft.kind else "kind?"
    name = draft.ref or "no reference"
    volumes = "1 volume" if len(draft.volumes) == 1 else f"{len(draft.volumes)} volumes"
    show.say(show.printable(f"{name}  {kind}, {volumes}, {state}"))
    if draft.title and draft.title != draft.ref:
        _wrapped(draft.title, "  ")
    for volume in draft.volumes[:3]:
        _wrapped(_volume_words(volume), "  ")
    if len(draft.volumes) > 3:
        show.say(f"  … and {len(draft.volumes) - 3} more")
    for doubt in draft.doubts:
        mark = "must be answered" if doubt.must and doubt.offer is None else f"--accept {doubt.code}"
        _wrapped(f"? {doubt.code} ({mark}): {doubt.what} {doubt.answer}", "  ")
        about = " ".join(draft.raw[doubt.start : doubt.end].split())
        if about:
            _wrapped(f"“{about[:120]}”", "      ")


def _volume_words(volume: Any) -> str:
    from steerclear.formats.heights import spell_height
    from steerclear.model.time import format_zulu

    area = "area?" if volume.footprint is None else _AREAS[type(volume.footprint).__name__]
    lower = "lower?" if volume.lower is None else spell_height(volume.lower, is_upper=False)
    upper = "upper?" if volume.upper is None else spell_height(volume.upper, is_upper=True)
    start = "start?" if volume.start_s is None else format_zulu(volume.start_s)
    end = "end?" if volume.end_s is None else format_zulu(volume.end_s)
    return f"{area}, {lower} to {upper}, {start} to {end}"


_AREAS: Final = {
    "Polygon": "polygon",
    "MultiPolygon": "polygons",
    "Circle": "circle",
    "Corridor": "corridor",
    "Legs": "way with times",
}


def _wrapped(text: str, indent: str) -> None:
    for line in textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  "):
        show.say(show.printable(line))
