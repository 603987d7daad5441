# SPDX-License-Identifier: Apache-2.0
"""People at the console: invited, enrolled, signed in, and asked for their gesture.

POST /v1/invitations         a one-time link                (at the node's own machine alone)
POST /v1/enrolment-options   token → options for a new passkey
POST /v1/enrolments          token, credential → a session in a cookie
POST /v1/sign-in-options     options;  POST /v1/sessions  credential → a session in a cookie
POST /v1/gestures            path, body → what it says, and options whose challenge is its hash
POST /v1/gestures/ID/assertions   credential → filed, or waits for the other person
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, with_config

from steerclear.api.problems import wrong_form
from steerclear.api.speaking import Spoken, cookie_name, session_cookie, session_token
from steerclear.api.verbs import require_text
from steerclear.errors import BadInput
from steerclear.node import Node
from steerclear.services.console_answers import (
    GestureDone,
    GestureShown,
    InvitationShown,
    PersonRow,
    SessionShown,
)
from steerclear.services.people import SESSION_MS
from steerclear.services.requests import NameKeys, RevokeKeys, Succeed
from steerclear.services.verbs import PATHS

__all__ = ["OPEN_PATHS", "console"]

_BY_PATH: Final[Mapping[str, type[Any]]] = {f"/api{path}": kind for kind, path in PATHS.items()} | {
    "/api/v1/key-namings": NameKeys,
    "/api/v1/key-revocations": RevokeKeys,
    "/api/v1/successions": Succeed,
}

OPEN_PATHS: Final = ("/v1/enrolment-options", "/v1/enrolments", "/v1/sign-in-options", "/v1/sessions")
"""Where nobody is signed in yet."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Invite(_Body):
    """``desk`` is owed for a duty officer; others speak for every desk where it is left out."""

    role: str = Field(max_length=24)
    desk: str | None = Field(default=None, max_length=24)


class Token(_Body):
    """What stands after the # of an invitation's link."""

    token: str = Field(max_length=200)


class Credential(_Body):
    """What ``PublicKeyCredential.toJSON()`` gives."""

    credential: dict[str, Any]


class Enrol(Credential):
    """The invitation's token, and the passkey that was made."""

    token: str = Field(max_length=200)


class Prepare(_Body):
    """``path`` of a verb of this API, as ``/api/v1/stops``, and its ``body``."""

    path: str = Field(max_length=200)
    body: dict[str, Any]


class Place(_Body):
    """The place of a person, as ``people`` shows it."""

    person: str = Field(max_length=40)


def console(node: Node) -> APIRouter:
    router = APIRouter(tags=["console"])
    _add_people(router, node)
    _add_sessions(router, node)
    _add_gestures(router, node)
    return router


def _add_people(router: APIRouter, node: Node) -> None:
    @router.post("/v1/invitations", status_code=201, summary="Invite somebody to a place at the console")
    async def invite(asked: Invite, speaker: Spoken) -> InvitationShown:
        return await node.console.invite(speaker, asked.role, asked.desk)

    @router.get("/v1/people", summary="Who has a place at the console")
    async def people(speaker: Spoken) -> tuple[PersonRow, ...]:
        return node.console.everybody(speaker)

    @router.post("/v1/removals", summary="End somebody's place and sessions, at once")
    async def remove(asked: Place, speaker: Spoken) -> PersonRow:
        return await node.console.remove(speaker, asked.person)

    @router.post("/v1/confirmed-places", summary="After a restore: this place is still whose it was")
    async def confirm(asked: Place, speaker: Spoken) -> PersonRow:
        return await node.console.confirm(speaker, asked.person)


def _add_sessions(router: APIRouter, node: Node) -> None:
    @router.post("/v1/enrolment-options", summary="What a browser needs to make a passkey")
    async def enrolment_options(asked: Token) -> dict[str, Any]:
        return dict(node.console.enrolment_options(asked.token))

    @router.post("/v1/enrolments", status_code=201, summary="Take the place with a new passkey")
    async def enrol(asked: Enrol, response: Response) -> SessionShown:
        shown, token = await node.console.enrol(asked.token, asked.credential)
        _hand_out(node, response, token)
        return shown

    @router.post("/v1/sign-in-options", summary="What a browser needs to sign in")
    async def sign_in_options() -> dict[str, Any]:
        return dict(node.console.sign_in_options())

    @router.post("/v1/sessions", status_code=201, summary="Sign in with a passkey")
    async def sign_in(asked: Credential, response: Response) -> SessionShown:
        shown, token = await node.console.sign_in(asked.credential)
        _hand_out(node, response, token)
        return shown

    @router.get("/v1/session", summary="Who is signed in, and until when")
    async def session(speaker: Spoken, http: Request) -> SessionShown:
        return node.console.session(speaker, session_token(http))

    @router.delete("/v1/session", status_code=204, summary="Sign out")
    async def sign_out(speaker: Spoken, http: Request) -> Response:
        token = session_token(http)
        answer = Response(status_code=204)
        if token is not None and speaker.is_person:
            await node.console.sign_out(token)
            name = cookie_name(node.console.people.site.origin)
            answer.headers["set-cookie"] = f"{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        return answer


def _hand_out(node: Node, response: Response, token: str) -> None:
    origin = node.console.people.site.origin
    response.headers["set-cookie"] = session_cookie(origin, token, lasts_s=SESSION_MS // 1_000)


def _add_gestures(router: APIRouter, node: Node) -> None:
    @router.post("/v1/gestures", status_code=201, summary="Prepare what a passkey is to sign")
    async def prepare(asked: Prepare, speaker: Spoken) -> GestureShown:
        return await node.console.prepare(speaker, _request(asked))

    @router.get("/v1/gestures", summary="What waits for another person's passkey")
    async def waiting(speaker: Spoken) -> tuple[GestureShown, ...]:
        return await node.console.waiting(speaker)

    @router.post("/v1/gestures/{gesture}/assertions", summary="Sign it; the last passkey files it")
    async def sign(
        gesture: Annotated[str, Path(max_length=64)], asked: Credential, speaker: Spoken
    ) -> GestureDone:
        return await node.console.sign(speaker, gesture, asked.credential)


def _request(asked: Prepare) -> Any:
    kind = _BY_PATH.get(asked.path)
    if kind is None:
        raise BadInput(
            "gesture-path",
            f"“{asked.path[:60]}” is no path of a verb.",
            where="body.path",
            remedy="Name one as this API's description spells it, as /api/v1/stops.",
        )
    with_config(ConfigDict(extra="forbid"))(kind)
    try:
        request: Any = TypeAdapter(kind).validate_python(asked.body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(("body", "body", *(str(step) for step in first["loc"])))
        raise wrong_form(first["msg"], where=where) from error
    require_text(request)
    return request
