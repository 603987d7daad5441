# SPDX-License-Identifier: Apache-2.0
"""What do the paths of several nouns share? A name that somebody typed, and answers that are files."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query, Response

__all__ = ["About", "Language", "Member", "file_answer", "files"]

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
