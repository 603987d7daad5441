# SPDX-License-Identifier: Apache-2.0
"""How does a verb stand in the API? POST to its path, by whoever may ask; once, where a key is given."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from pydantic import ConfigDict, with_config

from steerclear.api.problems import wrong_form
from steerclear.api.speaking import Spoken
from steerclear.errors import Refused
from steerclear.node import Node
from steerclear.services.answers import Receipt, RootAsked
from steerclear.services.aside import is_of_the_floor
from steerclear.services.once import digest_of
from steerclear.services.roles import Speaker, persons_needed, require_may_ask
from steerclear.services.verbs import PATHS

__all__ = ["add_verbs", "ask_type", "require_text", "root_asking"]

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A fresh UUID for each thing that is filed: sent again, it gives the same receipts.",
    ),
]


def add_verbs(router: APIRouter, node: Node, *requests: type[Any]) -> None:
    """A path for each request, as ``services.verbs.PATHS`` names it."""
    for request_type in requests:
        router.add_api_route(
            PATHS[request_type],
            _verb(node, request_type),
            methods=["POST"],
            status_code=201,
            name=request_type.__name__,
            summary=_summary(request_type),
        )


def _verb(node: Node, request_type: Any) -> Callable[..., Awaitable[tuple[Receipt, ...]]]:
    async def do(asked: Any, speaker: Speaker, http: Request, key: str | None = None) -> tuple[Receipt, ...]:
        require_text(asked)
        require_may_ask(speaker, asked)
        _require_gesture_made(speaker, asked)
        if key is None:
            return await node.do(asked)
        digest = digest_of(http.url.path, await http.body())
        is_floor = is_of_the_floor(asked)
        return await node.console.once(speaker, key, digest, lambda: node.do(asked), is_floor=is_floor)

    # FastAPI reads the form of the request from the annotations.
    do.__annotations__ = {
        "asked": ask_type(request_type),
        "speaker": Spoken,
        "http": Request,
        "key": Key,
        "return": tuple[Receipt, ...],
    }
    do.__doc__ = _description(request_type)
    return do


def root_asking(node: Node, request_type: Any) -> Callable[..., Awaitable[RootAsked]]:
    """What a root is asked; none of it is a verb, for it files nothing by itself."""

    async def ask(asked: Any, speaker: Speaker) -> RootAsked:
        require_text(asked)
        require_may_ask(speaker, asked)
        _require_gesture_made(speaker, asked)
        return await node.ask_root(asked)

    ask.__annotations__ = {"asked": ask_type(request_type), "speaker": Spoken, "return": RootAsked}
    ask.__doc__ = _description(request_type)
    return ask


def ask_type(request_type: Any) -> Any:
    """The request as a body. A field that is misspelt is not passed over, as if it had not been asked for."""
    with_config(ConfigDict(extra="forbid"))(request_type)
    return Annotated[request_type, Body()]


def require_text(request: Any) -> None:
    """JSON can spell half a surrogate pair, which is no character and which no record can hold."""
    try:
        json.dumps(dataclasses.asdict(request), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise wrong_form("it holds half a character", where="body") from error


def _require_gesture_made(speaker: Speaker, request: Any) -> None:
    needed = persons_needed(request) if speaker.is_person else 0
    if needed:
        people = "your passkey" if needed == 1 else "the passkeys of two persons"
        raise Refused(
            "gesture-missing",
            f"This is signed by {people}, over what it says.",
            where="gesture",
            remedy="Prepare it with POST /api/v1/gestures, show what it says, and make the gesture.",
        )


def _description(request_type: Any) -> str:
    words = (request_type.__doc__ or "").strip()
    # A dataclass without words of its own has its signature there.
    return "" if words.startswith(f"{request_type.__name__}(") else words


def _summary(request_type: Any) -> str:
    first = _description(request_type).partition("\n")[0]
    return first.rstrip(".") or _spaced(request_type.__name__)


def _spaced(name: str) -> str:
    return (
        "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip().capitalize()
    )
