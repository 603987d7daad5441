# SPDX-License-Identifier: Apache-2.0
"""What can be asked of a node? One API behind three doors; each noun's paths stand in a file of their own.

    NODE/api.sock   the people of this machine: everything
    console         people with passkeys, in a browser: by their roles; and the console's own pages
    machines        programs of this side, each under its own certificate

Order of the layers, outermost first: counted answers, who speaks, rates, bounded bodies, the paths. So
nothing is read into memory for a page of elsewhere, for nobody, or beyond a rate.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from steerclear.api.affairs import affairs
from steerclear.api.annexes import annexes
from steerclear.api.blind import blind
from steerclear.api.console import OPEN_PATHS, console
from steerclear.api.events import events
from steerclear.api.keys import keys
from steerclear.api.limits import LARGEST_OF_STRANGERS, LARGEST_REQUEST, BoundedBodies, Rates
from steerclear.api.notices import notices
from steerclear.api.pages import OPENAPI, add_console_files, documentation
from steerclear.api.past import past
from steerclear.api.picture import picture
from steerclear.api.problems import PROBLEMS, Problem, answer_problems
from steerclear.api.record import BUNDLES, record
from steerclear.api.signals import signals
from steerclear.api.site_maps import site_maps
from steerclear.api.speaking import Door, Doors
from steerclear.api.stops import stops
from steerclear.api.tracks import tracks
from steerclear.api.watch import watch
from steerclear.api.wellness import Counted, Gauges, wellness
from steerclear.node import Node

__all__ = ["build_api"]

VERSION: Final = "1"

_ABOUT: Final = (
    "Everything that a face of this node can do. Nothing here is permission; it changes no duty under the "
    "law of armed conflict; no notice does not mean nobody there. Errors are problem documents (RFC 9457) "
    "whose codes never change their meaning."
)


def build_api(node: Node, door: Door = "socket", *, built: Path | None = None) -> FastAPI:
    """The app behind one door. ``built``: the folder of a built console, where it is not the package's."""
    app = FastAPI(
        title="Steerclear node",
        version=VERSION,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        responses=PROBLEMS,
        # Each path is spelled in one way.
        redirect_slashes=False,
    )
    gauges = Gauges()
    open_paths = tuple(f"/api{path}" for path in OPEN_PATHS)
    largest = {f"/api{BUNDLES}": node.largest_bundle} | dict.fromkeys(open_paths, LARGEST_OF_STRANGERS)
    # The one that is added last is the outermost.
    app.add_middleware(BoundedBodies, largest=LARGEST_REQUEST, of_paths=largest)
    app.add_middleware(Rates, door=door, open_paths=open_paths)
    app.add_middleware(Doors, node=node, door=door, open_paths=open_paths)
    app.add_middleware(Counted, gauges=gauges)
    answer_problems(app)
    for noun in (notices, stops, signals, affairs, annexes, blind, watch, keys, record, console, events):
        app.include_router(noun(node), prefix="/api")
    for map_part in (picture, tracks, past, site_maps):
        app.include_router(map_part(node), prefix="/api")
    app.include_router(wellness(node, gauges))
    app.include_router(documentation())
    if door == "console":
        add_console_files(app, built=built)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # the way that FastAPI documents
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The description, with the one form of every error."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = described["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = Problem.model_json_schema()
        described["components"]["responses"] = {str(number): one for number, one in PROBLEMS.items()}
        for methods in described["paths"].values():
            for operation in methods.values():
                _refer_to_problems(operation["responses"])
        app.openapi_schema = described
    return app.openapi_schema


def _refer_to_problems(responses: dict[str, Any]) -> None:
    for number in responses:
        if int(number) in PROBLEMS:
            responses[number] = {"$ref": f"#/components/responses/{number}"}
