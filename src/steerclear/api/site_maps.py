# SPDX-License-Identifier: Apache-2.0
"""Which maps of its own does this site add? The ``.pmtiles`` in ``NODE/maps``, served in ranges.

Only files that lay there when the node started are served, each by its exact name, to people who are signed
in: a name is looked up and never joined to a path. Links are not followed. A file that does not begin as
PMTiles 3 does is told in the list, and not served.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi import Path as PathPart
from fastapi.responses import FileResponse

from steerclear.api.looks import files
from steerclear.api.speaking import Spoken
from steerclear.errors import BadInput
from steerclear.node import Node
from steerclear.services.roles import require_may

__all__ = ["SiteMap", "site_maps"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\.pmtiles", re.ASCII)
_BEGINS: Final = b"PMTiles\x03"
"""Magic number and version (PMTiles specification, version 3, 3.1)."""

_MEDIA_TYPE: Final = "application/vnd.pmtiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """``fault``: why a file of this name is not served."""

    name: str
    bytes: int
    fault: str | None


def site_maps(node: Node) -> APIRouter:
    router = APIRouter(tags=["map"])
    found = _found(node.folder / "maps")
    served = {path.name: path for path, shown in found.items() if shown.fault is None}

    @router.get("/v1/site-maps", summary="The maps that this site adds to the basemap")
    async def listed(speaker: Spoken) -> tuple[SiteMap, ...]:
        require_may(speaker, "look")
        return tuple(found.values())

    @router.get(
        "/v1/site-maps/{name}",
        summary="One of them; a map asks for ranges of it",
        response_class=FileResponse,
        responses=files(_MEDIA_TYPE, "A PMTiles archive, or the range of it that was asked for."),
    )
    async def archive(name: Annotated[str, PathPart(max_length=64)], speaker: Spoken) -> FileResponse:
        require_may(speaker, "look")
        path = served.get(name)
        if path is None:
            raise BadInput(
                "no-such-map",
                f"There is no map “{name[:48]}” at this node.",
                where="name",
                remedy="Take a name of GET /api/v1/site-maps; a file that was added since needs a start.",
            )
        return FileResponse(path, media_type=_MEDIA_TYPE, headers={"cache-control": "private, no-cache"})

    return router


def _found(folder: Path) -> Mapping[Path, SiteMap]:
    if not folder.is_dir() or folder.is_symlink():
        return {}
    return {
        path: SiteMap(name=path.name, bytes=path.lstat().st_size, fault=_fault(path))
        for path in sorted(folder.iterdir())
        if path.suffix == ".pmtiles"
    }


def _fault(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return "it is a link or no file; put the file itself there"
    if not _NAME.fullmatch(path.name):
        return "its name has other letters than a to z, digits, - and _"
    with path.open("rb") as file:
        return None if file.read(len(_BEGINS)) == _BEGINS else "it does not begin as PMTiles 3 does"
