# SPDX-License-Identifier: Apache-2.0
"""Which pages does a node serve by itself? The built console's files, and the API's description to read.

Nothing is loaded from elsewhere, and no page holds a script or a style of its own text. Only files that were
in the package when the node started are served, each by its exact name: there is no path to wander along.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

__all__ = ["OPENAPI", "add_console_files", "documentation"]

OPENAPI: Final = "/api/v1/openapi.json"

_TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".pmtiles": "application/octet-stream",
}
"""Named here: a machine's own table of types may say anything, and browsers are told not to guess."""

_PLACE: Final = re.compile(r"(?:[\w-]+(?:/[\w-]+)*)?", re.ASCII)
_FOR_EVER: Final = "public, max-age=31536000, immutable"

_DOCS: Final = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Steerclear: the API of this node</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="description" data-openapi="{OPENAPI}"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body>
</html>
"""

_START: Final = """const place = document.getElementById("description");
SwaggerUIBundle({url: place.dataset.openapi, domNode: place, deepLinking: true, validatorUrl: null});
"""

_NOT_BUILT: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Steerclear</title></head>
<body><h1>Steerclear</h1>
<p>This node runs, and its console was not built into this installation.</p>
<p>In a checkout build it with <code>make console</code>, and start the node again; an installed wheel has it.
Until then the command line does everything: <code>steerclear --help</code>.</p>
<p><a href="/api/docs">The API of this node</a></p></body>
</html>
"""


def documentation() -> APIRouter:
    """The description of the API as a page. Swagger UI comes from a pinned package, not from the network."""
    router = APIRouter(include_in_schema=False)
    bundled = Path(str(files("fastapi_offline"))) / "static"

    @router.get("/api/docs")
    async def page() -> Response:
        return Response(_DOCS, media_type="text/html; charset=utf-8")

    @router.get("/api/docs/start.js")
    async def start() -> Response:
        return Response(_START, media_type="text/javascript; charset=utf-8")

    @router.get("/api/docs/swagger-ui-bundle.js")
    async def script() -> FileResponse:
        return FileResponse(bundled / "swagger-ui-bundle.js", media_type="text/javascript")

    @router.get("/api/docs/swagger-ui.css")
    async def style() -> FileResponse:
        return FileResponse(bundled / "swagger-ui.css", media_type="text/css")

    return router


def add_console_files(app: FastAPI, *, built: Path | None = None) -> None:
    """Every other path is a file of the console, or a place inside of it. Call it last.

    ``built``: the folder with the built console; without it that of the package.
    """
    root = built if built is not None else Path(str(files("steerclear"))) / "web" / "dist"
    known = _files_below(root)

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(path: str) -> Response:
        found = known.get(path or "index.html")
        if found is not None:
            return _file(found, for_ever=path.startswith("assets/"))
        # A place inside the console has no dot and is not of the API; the console itself knows what it is.
        if path.startswith("api/") or not _PLACE.fullmatch(path):
            raise HTTPException(404)
        index = known.get("index.html")
        return _file(index, for_ever=False) if index is not None else _not_built()


def _files_below(root: Path) -> Mapping[str, Path]:
    if not root.is_dir():
        return {}
    return {
        path.relative_to(root).as_posix(): path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _file(path: Path, *, for_ever: bool) -> FileResponse:
    guessed = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    caching = _FOR_EVER if for_ever else "no-cache"
    return FileResponse(path, media_type=guessed, headers={"cache-control": caching})


def _not_built() -> Response:
    return Response(_NOT_BUILT, media_type="text/html; charset=utf-8")
