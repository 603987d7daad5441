# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, said to the person who must act.

    SteerclearError
    ├── BadInput        what was given cannot be read or is not allowed: correct it and send again
    ├── Refused         it was understood and the rules say no
    ├── Unreachable     a node, a peer or a file that is needed cannot be reached
    ├── NotVerified     bytes that claim to be the record are not what they claim
    └── NotKept         the store could not keep it: nothing was acknowledged, nothing may be assumed filed

Each error has a ``code`` that never changes its meaning, says ``what`` happened and ``where``, and
names the ``remedy``. ``EXIT_STATUS`` and ``HTTP_STATUS`` are the one table that maps them to numbers,
no two branches to the same HTTP number, so that a client can raise again what the node raised.
"""

from __future__ import annotations

from typing import ClassVar, Final

__all__ = ["BadInput", "NotKept", "NotVerified", "Refused", "SteerclearError", "Unreachable"]


class SteerclearError(Exception):
    """Root of the tree.

    ``code``    stable, kebab-case, listed in ``docs/errors.md``
    ``what``    what happened, one sentence
    ``where``   the field, file, line, entry or member concerned, or ``None``
    ``remedy``  what the reader can do now, one sentence
    """

    EXIT_STATUS: ClassVar[int] = 4
    HTTP_STATUS: ClassVar[int] = 500

    def __init__(self, code: str, what: str, *, remedy: str, where: str | None = None) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.code}{place}: {self.what} {self.remedy}"

    def as_problem(self) -> dict[str, str | int]:
        """The error as an RFC 9457 problem document."""
        problem: dict[str, str | int] = {
            "type": f"urn:steerclear:error:{self.code}",
            "title": self.what,
            "status": http_status(self),
            "code": self.code,
            "remedy": self.remedy,
        }
        if self.where:
            problem["where"] = self.where
        return problem


class BadInput(SteerclearError):
    """What was given cannot be read or is not allowed."""

    EXIT_STATUS = 2
    HTTP_STATUS = 422


class Refused(SteerclearError):
    """It was understood, and the rules say no."""

    EXIT_STATUS = 4
    HTTP_STATUS = 409


class Unreachable(SteerclearError):
    """A node, a peer or a file that is needed cannot be reached."""

    EXIT_STATUS = 3
    HTTP_STATUS = 503


class NotVerified(SteerclearError):
    """Bytes that claim to be the record are not what they claim."""

    EXIT_STATUS = 1
    HTTP_STATUS = 400


class NotKept(SteerclearError):
    """The store could not keep it. Nothing was acknowledged; nothing may be assumed filed."""

    EXIT_STATUS = 4
    HTTP_STATUS = 507


STATUS_BY_CODE: Final[dict[str, tuple[int, type[SteerclearError]]]] = {
    "not-signed-in": (401, Refused),
    "not-your-role": (403, Refused),
    "not-your-desk": (403, Refused),
    "not-your-rung": (403, Refused),
    "people-at-the-node": (403, Refused),
    "other-origin": (403, Refused),
    "gesture-missing": (403, Refused),
    "no-such-path": (404, BadInput),
    "no-such-method": (405, BadInput),
    "other-host": (421, Refused),
    "too-many-requests": (429, Refused),
}
"""Codes for which HTTP has a number of its own, that browsers and programs act upon, each with its branch."""


def http_status(error: SteerclearError) -> int:
    """The HTTP number of an error: its code's own, or that of its branch."""
    number, _ = STATUS_BY_CODE.get(error.code, (error.HTTP_STATUS, type(error)))
    return number
