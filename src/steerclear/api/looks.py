# SPDX-License-Identifier: Apache-2.0
"""What do the paths of several nouns share? Typed names, files, and answers printed once for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query, Response
from pydantic import TypeAdapter

__all__ = ["About", "Language", "Member", "file_answer", "files", "printed", "printer"]

T = TypeVar("T")

# What a person typed is one name, whatever is in it; in a path it could lead elsewhere.
About = Annotated[str, Query(max_length=200, description="An id, or the short form: TUR-0042")]
Member = Annotated[str | None, Query(max_length=12)]
Language = Annotated[str, Query(max_length=8)]


def files(media_type: str, words: str) -> dict[int | str, dict[str, Any]]:
    """For the description: what a path answers that is no JSON of ours."""
    return {200: {"description": words, "content": {media_type: {"schema": _BYTES}}}}


_BYTES: Final = {"type": "string", "format": "binary"}


def file_answer(body: bytes, media_type: str) -> Response:
    # As it is: the framework would add a charset to types of text.
    return Response(body, headers={"content-type": media_type})


def printer(kind: type[T]) -> Callable[[T], bytes]:
    """Prints answers of a kind, as the framework would print each of them anew."""
    adapter = TypeAdapter(kind)
    return lambda answer: adapter.dump_json(answer)


def printed(body: bytes) -> Response:
    """An answer that a ``printer`` has printed; several may be given the same."""
    return Response(body, media_type="application/json")
