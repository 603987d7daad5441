# SPDX-License-Identifier: Apache-2.0
"""How a member goes on when nobody could be asked whether its log went farther: the body of ``log.resume``.

    {"size","root","heard","reason"}

``size`` and ``root`` are the own log as it stood before this entry; ``heard`` the members whose nodes had
answered by then. Signed by the node key. Should a second history come to light, this entry says that a person
chose to go on, when, and on what knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.record.form import (
    hash_field,
    integer_field,
    list_field,
    member_field,
    object_field,
    text_field,
)
from steerclear.record.ijson import JsonObject

__all__ = ["RESUME", "Resume", "read_resume_body", "resume_body"]

RESUME: Final = "log.resume"
_MOST_MEMBERS: Final = 64
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Resume:
    """The log goes on after ``size`` entries under ``root`` (hex); ``heard`` had been asked."""

    size: int
    root: str
    heard: tuple[str, ...]
    reason: str


def resume_body(resume: Resume) -> JsonObject:
    return {
        "size": resume.size,
        "root": resume.root,
        "heard": list(resume.heard),
        "reason": resume.reason,
    }


def read_resume_body(body: JsonObject) -> Resume:
    """Exact inverse of ``resume_body``. Raises ``NotVerified``."""
    found = object_field(body, ("size", "root", "heard", "reason"), RESUME)
    heard = list_field(found["heard"], f"{RESUME} heard", at_most=_MOST_MEMBERS)
    return Resume(
        size=integer_field(found["size"], f"{RESUME} size"),
        root=hash_field(found["root"], f"{RESUME} root"),
        heard=tuple(member_field(member, f"{RESUME} heard") for member in heard),
        reason=text_field(found["reason"], f"{RESUME} reason", at_most=_LONGEST_REASON),
    )
