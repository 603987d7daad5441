# SPDX-License-Identifier: Apache-2.0
"""Who: members of a mechanism and their desks. A desk is a role with a watch, never a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, NewType

from steerclear.errors import BadInput

__all__ = ["Desk", "DeskName", "MemberId", "Role", "desk_name", "member_id"]

MemberId = NewType("MemberId", str)
"""Short upper-case name, unique in a mechanism: ``TUR``, ``ISR``, ``AZE``, ``MSF``."""

DeskName = NewType("DeskName", str)
"""Lower-case name of a desk within a member: ``air``, ``ground``, ``sea``, ``humanitarian``."""

_MEMBER: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}", re.ASCII)
_DESK: Final = re.compile(r"[a-z][a-z0-9-]{0,23}", re.ASCII)


class Role(Enum):
    """What a member may do: parties ratify, the host has no vote, notifiers file, observers read."""

    PARTY = "party"
    HOST = "host"
    NOTIFIER = "notifier"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk of a member."""

    member: MemberId
    name: DeskName

    def __str__(self) -> str:
        return f"{self.member} {self.name}"


def member_id(text: str) -> MemberId:
    if not _MEMBER.fullmatch(text):
        raise BadInput(
            "member-name",
            f"“{text[:30]}” is not a member's name.",
            remedy="Use 2 to 12 capital letters or digits, starting with a letter, as TUR.",
        )
    return MemberId(text)


def desk_name(text: str) -> DeskName:
    if not _DESK.fullmatch(text):
        raise BadInput(
            "desk-name",
            f"“{text[:30]}” is not a desk's name.",
            remedy="Use lower-case letters, digits and hyphens, as air or ground.",
        )
    return DeskName(text)
