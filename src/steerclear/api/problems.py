# SPDX-License-Identifier: Apache-2.0
"""How does an error leave the node? As a problem document (RFC 9457) with its stable code and its remedy."""

from __future__ import annotations

from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from steerclear.errors import BadInput, NotKept, SteerclearError, Unreachable, http_status

__all__ = ["PROBLEMS", "PROBLEM_TYPE", "Problem", "answer_problems", "problem", "wrong_form"]

PROBLEM_TYPE: Final = "application/problem+json"

_log = structlog.get_logger()


class Problem(BaseModel):
    """An error as RFC 9457 has it. ``code`` never changes its meaning; docs/errors.md lists them all."""

    type: str = Field(description="urn:steerclear:error: and the code")
    title: str = Field(description="What happened, one sentence.")
    status: int
    code: str
    remedy: str = Field(description="What the reader can do now, one sentence.")
    where: str | None = Field(default=None, description="The field, entry or member concerned.")


_ANSWERED: Final = {
    400: "What claims to be the record is not what it claims.",
    401: "Nobody is signed in.",
    403: "Not in this role, not from this page, or not without a gesture.",
    404: "There is no such path.",
    405: "There is no such method on this path.",
    409: "It was understood, and the rules say no.",
    421: "It was meant for another host.",
    422: "What was given cannot be read or is not allowed.",
    429: "Too many requests; STOP is never among them.",
    503: "The node, or what it needs, cannot be reached.",
    507: "The store could not keep it; nothing was acknowledged.",
}

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    number: {
        "description": words,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for number, words in _ANSWERED.items()
}
"""What every path of the API may answer beside what it promises."""


def problem(error: SteerclearError, *, status: int | None = None) -> JSONResponse:
    """The error as RFC 9457 has it; ``status`` where HTTP has a number of its own for it."""
    number = http_status(error) if status is None else status
    return JSONResponse(error.as_problem() | {"status": number}, status_code=number, media_type=PROBLEM_TYPE)


def wrong_form(why: str, *, where: str) -> BadInput:
    return BadInput(
        "request-form",
        f"The request does not have the form that this path takes: {why}.",
        where=where,
        remedy="Correct this field and send the request again; nothing was filed.",
    )


def answer_problems(app: FastAPI) -> None:
    """Every error becomes a problem document; an unforeseen one is logged whole and told as such."""

    @app.exception_handler(SteerclearError)
    async def ours(_: Request, error: SteerclearError) -> JSONResponse:
        if isinstance(error, NotKept):
            _log.error("not-kept", code=error.code, what=error.what, where=error.where)
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def form(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return problem(wrong_form(first["msg"], where=".".join(str(step) for step in first["loc"])))

    @app.exception_handler(HTTPException)
    async def path(request: Request, error: HTTPException) -> JSONResponse:
        # The client's own words may hold half a character, which no answer can.
        asked = f"{request.method} {request.url.path}".encode("utf-8", "replace").decode()
        if error.status_code == 404:
            return problem(_no_such_path(asked))
        if error.status_code == 405:
            answer = problem(_no_such_method(asked))
            answer.headers.update(error.headers or {})
            return answer
        return problem(wrong_form(error.detail, where="body"))

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> JSONResponse:
        _log.error("unforeseen", error=repr(error), exc_info=error)
        return problem(
            Unreachable(
                "node-fault",
                "The node met a fault of its own; what was asked may not have been done.",
                remedy="Look with steerclear status before you do it again, and report the node's log.",
            )
        )


def _no_such_path(asked: str) -> BadInput:
    return BadInput(
        "no-such-path",
        f"{asked} is not something that a node answers.",
        remedy="Use a path of the API's own description, /api/v1/openapi.json.",
    )


def _no_such_method(asked: str) -> BadInput:
    return BadInput(
        "no-such-method",
        f"{asked} is not something that a node answers; the path has other methods.",
        remedy="Use a method of the API's own description, /api/v1/openapi.json.",
    )
