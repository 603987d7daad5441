# SPDX-License-Identifier: Apache-2.0
"""The record itself: proofs, openings, checkpoints by telephone, bundles by hand, replicas and backups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query, Request, Response

from steerclear.api.looks import About, Member, file_answer, files
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import add_verbs, ask_type
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.answers import Carried, Compared, ReadOut
from steerclear.services.backup import Backup, TakeBackup
from steerclear.services.backup_check import CheckedBackup
from steerclear.services.roles import require_may

__all__ = ["BUNDLES", "record"]

BUNDLES: Final = "/v1/bundles"

_PROOF: Final = "text/plain; charset=utf-8"
_OPENING: Final = "application/vnd.steerclear.opening+json"
_OPENINGS: Final = "application/vnd.steerclear.openings+json"
_BUNDLE: Final = "application/vnd.steerclear.bundle+json"
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {_BUNDLE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def record(node: Node) -> APIRouter:
    router = APIRouter(tags=["record"])
    add_verbs(router, node, ask.ConfirmLog)
    _add_proofs(router, node)
    _add_carrying(router, node)
    _add_backups(router, node)
    return router


def _add_proofs(router: APIRouter, node: Node) -> None:
    @router.get(
        "/v1/proof",
        summary="The .tlog-proof of an entry that is RECORDED",
        response_class=Response,
        responses=files("text/plain", "A C2SP tlog-proof."),
    )
    async def proof(about: About, speaker: Spoken) -> Response:
        require_may(speaker, "proofs")
        return file_answer(await node.proof(about), _PROOF)

    @router.get(
        "/v1/opening",
        summary="What a sealed entry says, proven, for a third person",
        response_class=Response,
        responses=files(_OPENING, "The file, for steerclear verify."),
    )
    async def opening(about: About, speaker: Spoken) -> Response:
        require_may(speaker, "proofs")
        return file_answer(await node.opening(about), _OPENING)

    @router.get("/v1/checkpoint", summary="A log as it stands here, in words for the telephone")
    async def read_out(speaker: Spoken, member: Member = None) -> ReadOut:
        require_may(speaker, "look")
        return await node.read_out(member)

    @router.get("/v1/checkpoint/heard", summary="Whether the words that were heard are those of the log here")
    async def compare(
        speaker: Spoken,
        member: Annotated[str, Query(max_length=12)],
        size: Annotated[int, Query(ge=0, le=2**53 - 1)],
        heard: Annotated[str, Query(max_length=1_000)],
    ) -> Compared:
        require_may(speaker, "look")
        return await node.compare(member, size, heard)


def _add_carrying(router: APIRouter, node: Node) -> None:
    @router.post(BUNDLES, summary="Hand over a bundle that came by hand", openapi_extra=_BODY)
    async def carried(request: Request, speaker: Spoken) -> Carried:
        require_may(speaker, "carry")
        return await node.take_carried(await request.body())

    @router.get(
        "/v1/openings",
        summary="Everything that came sealed and could be opened here",
        response_class=Response,
        responses=files(_OPENINGS, "In plain words, for the node's own people."),
    )
    async def openings(speaker: Spoken) -> Response:
        require_may(speaker, "carry")
        return file_answer(await node.openings(), _OPENINGS)

    @router.get(
        "/v1/replica",
        summary="Everything that this node holds of every log, as one bundle",
        response_class=Response,
        responses=files(_BUNDLE, "A bundle, for steerclear verify."),
    )
    async def replica(speaker: Spoken) -> Response:
        require_may(speaker, "carry")
        return file_answer(await node.replica(), _BUNDLE)


def _add_backups(router: APIRouter, node: Node) -> None:
    """A copy of the node, and the word that it was read back. Paths on its disk are the operator's alone."""

    async def back_up(asked: TakeBackup, speaker: Spoken) -> Backup:
        """Write a copy into a new folder on the node's own machine."""
        require_may(speaker, "backups")
        return await node.back_up(asked)

    back_up.__annotations__ = {"asked": ask_type(TakeBackup), "speaker": Spoken, "return": Backup}
    router.add_api_route(
        "/v1/backups", back_up, methods=["POST"], status_code=201, summary="Back the node up"
    )

    @router.post("/v1/verified-backups", status_code=201, summary="Say that a backup was read back")
    async def note_backup(
        speaker: Spoken, folder: Annotated[str, Body(embed=True, max_length=4_096)]
    ) -> CheckedBackup:
        require_may(speaker, "backups")
        return await node.note_backup(Path(folder))
