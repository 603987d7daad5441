# SPDX-License-Identifier: Apache-2.0
"""How does an error leave the node? As a problem document (RFC 9457) with its stable code and its remedy."""

from __future__ import annotations

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from steerclear.errors import BadInput, NotKept, SteerclearError, Unreachable

__all__ = ["PROBLEM_TYPE", "answer_problems", "problem", "wrong_form"]

PROBLEM_TYPE: Final = "application/problem+json"

_NO_SUCH_PATH: Final = frozenset({404, 405})

_log = structlog.get_logger()


def problem(error: SteerclearError, *, status: int | None = None) -> JSONResponse:
    """The error as RFC 9457 has it; ``status`` where HTTP has a number of its own for it."""
    number = error.HTTP_STATUS if status is None else status
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
        if error.status_code not in _NO_SUCH_PATH:
            return problem(wrong_form(error.detail, where="body"))
        missing = BadInput(
            "no-such-path",
            f"{request.method} {request.url.path} is not something that a node answers.",
            remedy="Use a path of the API's own description, /openapi.json.",
        )
        return problem(missing, status=error.status_code)

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
