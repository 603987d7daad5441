# SPDX-License-Identifier: Apache-2.0
"""A desk files notices, changes them, and says when an area is hot or cold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import Desk, NodeFolder, do

__all__ = ["activate", "cold", "file", "take", "withdraw"]

About = Annotated[str, typer.Argument(help="The notice, as the inbox names it: TUR-0042.")]

LARGEST_READ: Final = 5_500_000
"""Beyond this the node would refuse the filing; it is said here before the bytes are sent."""


def file(
    *,
    node: NodeFolder,
    desk: Desk,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON; - is stdin.")],
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Addressee; all other parties if none.")
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(
            "--level", help="L0 open, L1 to the host alone, L2, L3 or L3p blind; the annex's if left out."
        ),
    ] = None,
    override: Annotated[
        list[str] | None, typer.Option("--override", help="CODE=REASON for a warning of the quality gate.")
    ] = None,
    amends: Annotated[
        str | None, typer.Option("--amends", help="The notice of which this is a new version.")
    ] = None,
    third_parties: Annotated[
        str | None, typer.Option("--third-parties", help="Who else is endangered, and what they are to do.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """File the notices of a GeoJSON file."""
    from steerclear.errors import BadInput
    from steerclear.services.requests import FileNotices

    if level not in (None, "L0", "L1", "L2", "L3", "L3p"):
        raise BadInput(
            "level-unknown",
            f"“{level}” is no level of disclosure.",
            where="--level",
            remedy="Give L0, L1, L2, L3 or L3p; never a more closed one than the annex allows.",
        )
    request = FileNotices(
        desk=desk,
        geojson=_text(path),
        where=str(path),
        to=tuple(to or ()),
        level=level,  # type: ignore[arg-type]  # held to the values above
        overrides=_reasons(override or []),
        amends=amends,
        third_parties=third_parties,
    )
    do(node, request, as_json=as_json)


def take(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    way: Annotated[str, typer.Argument(help="start or altitude.")],
    as_json: show.Json = False,
) -> None:
    """Amend a notice by an alternative that its screening offered."""
    from steerclear.errors import BadInput
    from steerclear.services.requests import TakeAlternative

    if way not in ("start", "altitude"):
        raise BadInput(
            "way-unknown", f"“{way[:20]}” is not a way out.", where="WAY", remedy="Give start or altitude."
        )
    do(node, TakeAlternative(desk=desk, about=about, way=way), as_json=as_json)  # type: ignore[arg-type]  # above


def withdraw(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    as_json: show.Json = False,
) -> None:
    """Withdraw a notice of yours."""
    from steerclear.services.requests import Withdraw

    do(node, Withdraw(desk=desk, about=about, reason=reason), as_json=as_json)


def activate(*, node: NodeFolder, desk: Desk, about: About, as_json: show.Json = False) -> None:
    """Say that the area of a notice is hot."""
    from steerclear.services.requests import Activate

    do(node, Activate(desk=desk, about=about), as_json=as_json)


def cold(*, node: NodeFolder, desk: Desk, about: About, as_json: show.Json = False) -> None:
    """Say that the area of a notice is cold."""
    from steerclear.services.requests import GoCold

    do(node, GoCold(desk=desk, about=about), as_json=as_json)


def _text(path: Path) -> str:
    from steerclear.errors import BadInput, Unreachable

    try:
        data = sys.stdin.buffer.read(LARGEST_READ + 1) if str(path) == "-" else _read(path)
        if len(data) > LARGEST_READ:
            raise BadInput(
                "input-too-large",
                f"The file has more than {LARGEST_READ:,} bytes.",
                where=str(path),
                remedy="File fewer notices at a time, or shapes with fewer corners; nothing was filed.",
            )
        return data.decode("utf-8")
    except OSError as error:
        raise Unreachable(
            "file-unreadable",
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            "not-utf-8",
            "The file is not text in UTF-8.",
            where=str(path),
            remedy="Export it again as GeoJSON, which is UTF-8.",
        ) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(LARGEST_READ + 1)


def _reasons(overrides: list[str]) -> dict[str, str]:
    from steerclear.errors import BadInput

    reasons = {}
    for one in overrides:
        code, equals, reason = one.partition("=")
        if not equals or not reason.strip():
            raise BadInput(
                "override-without-reason",
                f"“{one[:40]}” overrides without a reason.",
                where="--override",
                remedy="Write it as --override position='as read on the line'.",
            )
        reasons[code] = reason.strip()
    return reasons
