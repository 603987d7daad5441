# SPDX-License-Identifier: Apache-2.0
"""What can be asked of a node over its own socket? One path for each verb, and what a desk looks at.

Who reaches this socket may do whatever the node may: it stands in the node's folder with mode 0600. The
public API for people's sessions is another door.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Body, FastAPI, Query, Request, Response
from pydantic import ConfigDict, with_config

from steerclear.api.limits import LARGEST_REQUEST, BoundedBodies
from steerclear.api.problems import answer_problems, wrong_form
from steerclear.node import Node
from steerclear.services.annexes_shown import AnnexShown
from steerclear.services.answers import (
    AffairRow,
    Carried,
    Compared,
    Inbox,
    KeysShown,
    NoticeRow,
    ReadOut,
    Receipt,
    RootAsked,
    Status,
    StopRow,
)
from steerclear.services.backup import Backup, TakeBackup
from steerclear.services.backup_check import CheckedBackup
from steerclear.services.requests import NameKeys, RevokeKeys, Succeed
from steerclear.services.signal_catalogue import CatalogueShown, signal_catalogue
from steerclear.services.signals_shown import SignalRow
from steerclear.services.statistics import StatisticsShown
from steerclear.services.verbs import PATHS

__all__ = ["build_api"]

_BUNDLES_PATH: Final = "/v1/bundles"


def build_api(node: Node) -> FastAPI:
    """The app behind ``NODE/api.sock``. It has no pages: they would load from elsewhere."""
    app = FastAPI(title="Steerclear node", version="1", docs_url=None, redoc_url=None)
    app.add_middleware(BoundedBodies, largest=LARGEST_REQUEST, larger={_BUNDLES_PATH: node.largest_bundle})
    answer_problems(app)
    for request_type, path in PATHS.items():
        app.add_api_route(
            path, _verb(node, request_type), methods=["POST"], status_code=201, name=request_type.__name__
        )
    _add_views(app, node)
    _add_keys(app, node)
    _add_backups(app, node)
    return app


def _verb(node: Node, request_type: Any) -> Callable[..., Awaitable[tuple[Receipt, ...]]]:
    async def do(request: Any) -> tuple[Receipt, ...]:
        _require_text(request)
        return await node.do(request)

    # A field that is misspelt must not be passed over, as if it had not been asked for.
    with_config(ConfigDict(extra="forbid"))(request_type)
    # FastAPI reads the form of the body from the annotation.
    do.__annotations__ = {"request": Annotated[request_type, Body()], "return": tuple[Receipt, ...]}
    return do


def _require_text(request: Any) -> None:
    """JSON can spell half a surrogate pair, which is no character and which no record can hold."""
    try:
        json.dumps(dataclasses.asdict(request), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise wrong_form("it holds half a character", where="body") from error


def _add_views(app: FastAPI, node: Node) -> None:
    @app.get("/v1/status")
    async def status() -> Status:
        return await node.status()

    @app.get("/v1/inbox")
    async def inbox(desk: Annotated[str | None, Query(max_length=24)] = None) -> Inbox:
        return await node.inbox(desk)

    # What a person typed is one name, whatever is in it; in a path it could lead elsewhere.
    @app.get("/v1/notice")
    async def notice(about: str) -> NoticeRow:
        return await node.notice(about)

    @app.get("/v1/stop")
    async def stop(about: str) -> StopRow:
        return await node.stop(about)

    @app.get("/v1/affairs")
    async def affairs(sort: Annotated[str | None, Query(max_length=24)] = None) -> tuple[AffairRow, ...]:
        return await node.affairs(sort)

    @app.get("/v1/affair")
    async def affair(about: str) -> AffairRow:
        return await node.affair(about)

    @app.get("/v1/annexes")
    async def annexes() -> tuple[AnnexShown, ...]:
        return await node.annexes()

    @app.get("/v1/signals")
    async def signals(language: Annotated[str, Query(max_length=8)] = "en") -> tuple[SignalRow, ...]:
        return await node.signals(language)

    @app.get("/v1/statistics")
    async def statistics(
        month: Annotated[str | None, Query(max_length=20)] = None,
    ) -> StatisticsShown:
        return await node.statistics(month)

    @app.get("/v1/calendar")
    async def calendar() -> Response:
        return Response(await node.calendar(), headers={"content-type": "text/calendar; charset=utf-8"})

    @app.get("/v1/signal-catalogue")
    async def catalogue() -> CatalogueShown:
        return signal_catalogue()

    @app.get("/v1/proof")
    async def proof(about: str) -> Response:
        return Response(await node.proof(about), headers={"content-type": "text/plain; charset=utf-8"})

    @app.get("/v1/opening")
    async def opening(about: str) -> Response:
        return Response(await node.opening(about), media_type="application/vnd.steerclear.opening+json")

    @app.get("/v1/incident")
    async def incident(about: str) -> Response:
        return Response(await node.incident(about), media_type="application/vnd.steerclear.incident+json")

    @app.get("/v1/checkpoint")
    async def read_out(member: Annotated[str | None, Query(max_length=12)] = None) -> ReadOut:
        return await node.read_out(member)

    @app.get("/v1/checkpoint/heard")
    async def compare(
        member: Annotated[str, Query(max_length=12)],
        size: Annotated[int, Query(ge=0, le=2**53 - 1)],
        heard: Annotated[str, Query(max_length=1_000)],
    ) -> Compared:
        return await node.compare(member, size, heard)

    @app.post(_BUNDLES_PATH)
    async def carried(request: Request) -> Carried:
        return await node.take_carried(await request.body())

    @app.get("/v1/openings")
    async def openings() -> Response:
        return Response(await node.openings(), media_type="application/vnd.steerclear.openings+json")

    @app.get("/v1/replica")
    async def replica() -> Response:
        return Response(await node.replica(), media_type="application/vnd.steerclear.bundle+json")


def _add_keys(app: FastAPI, node: Node) -> None:
    """What a root is asked, and what it signed. None of it is a verb: a request files nothing by itself."""
    for request_type, path in (
        (NameKeys, "/v1/key-namings"),
        (RevokeKeys, "/v1/key-revocations"),
        (Succeed, "/v1/successions"),
    ):
        app.add_api_route(path, _asking(node, request_type), methods=["POST"], name=request_type.__name__)

    @app.post("/v1/root-requests", status_code=201)
    async def signed(request: Request) -> tuple[Receipt, ...]:
        return await node.take_signed(await request.body())

    @app.get("/v1/keys")
    async def keys(member: Annotated[str | None, Query(max_length=12)] = None) -> KeysShown:
        return await node.keys(member)


def _add_backups(app: FastAPI, node: Node) -> None:
    """A copy of the node, and the word that it was read back. Neither is a verb: nothing is filed."""
    with_config(ConfigDict(extra="forbid"))(TakeBackup)

    @app.post("/v1/backups", status_code=201)
    async def back_up(request: Annotated[TakeBackup, Body()]) -> Backup:
        return await node.back_up(request)

    @app.post("/v1/verified-backups", status_code=201)
    async def note_backup(folder: Annotated[str, Body(embed=True, max_length=4_096)]) -> CheckedBackup:
        return await node.note_backup(Path(folder))


def _asking(node: Node, request_type: Any) -> Callable[..., Awaitable[RootAsked]]:
    async def ask(request: Any) -> RootAsked:
        _require_text(request)
        return await node.ask_root(request)

    with_config(ConfigDict(extra="forbid"))(request_type)
    ask.__annotations__ = {"request": Annotated[request_type, Body()], "return": RootAsked}
    return ask
