# SPDX-License-Identifier: Apache-2.0
"""Who a mechanism is: its name, theatre and host, and each member with the root keys it is known by.

    MEMBER.member.json   one member's card, handed over at the table
    charter.json         {"name","drill","theatre","host","members":[card,…][,"second_signatures"]}; its
                         SHA-256 is the mechanism

The mechanism's hash binds every root key, so whoever reads the same hash aloud holds the same keys. The first
entry of a log delegates, the second founds (``charter.found``, with the charter) or joins (``charter.join``,
with its hash); both are signed by the member's root.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from steerclear.errors import BadInput, NotVerified
from steerclear.record.card import MemberCard, card_of, read_card
from steerclear.record.form import (
    flag_field,
    hash_field,
    integer_field,
    list_field,
    member_field,
    object_field,
    text_field,
)
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keys import HYBRID

__all__ = [
    "Charter",
    "Corner",
    "found_body",
    "join_body",
    "mechanism_of",
    "parse_charter",
    "print_charter",
    "read_found_body",
    "read_join_body",
]

MOST_MEMBERS: Final = 64
MOST_CORNERS: Final = 256
_FIELDS: Final = ("name", "drill", "theatre", "host", "members")
_REQUIRED: Final = "required"
_E7: Final = 10_000_000


class Corner(NamedTuple):
    """A corner of the theatre, in 1e-7 degree; prints as ``[lat,lon]``."""

    lat_e7: int
    lon_e7: int


@dataclass(frozen=True, slots=True)
class Charter:
    """``theatre`` is one ring, not closed by repetition; ``members`` stand in order of their name.

    Under a charter marked ``drill`` nodes accept a clock that is not the wall's. With ``signs_twice`` what a
    root says, and a ratification, counts only with its second signature (see second.py); without it such a
    signature may stand, and is checked. With ``seals_hybrid`` recipient keys are MLKEM768-X25519 (see
    recipient.py), and others are refused. Raises ``BadInput``.
    """

    name: str
    drill: bool
    theatre: tuple[Corner, ...]
    host: str
    members: tuple[MemberCard, ...]
    signs_twice: bool = False
    seals_hybrid: bool = False

    def __post_init__(self) -> None:
        names = [card.member for card in self.members]
        if any(earlier >= later for earlier, later in pairwise(names)):
            raise BadInput(
                "charter-members",
                "The members of the charter do not stand in order of their name, each once.",
                remedy="Sort the members by name and name each once.",
            )
        if [card.member for card in self.members if card.role == "host"] != [self.host]:
            raise BadInput(
                "charter-host",
                f"{self.host} is not the one member with the role of host.",
                remedy="Give exactly one member the role host, and name it as the host.",
            )
        for card in self.members:
            self._require_carrier(card)
            if self.signs_twice and not card.root_seconds:
                raise BadInput(
                    "charter-second-keys",
                    f"Roots sign twice under this charter, and {card.member} names no second root keys.",
                    where=card.member,
                    remedy="Have its root made with second keys, and hand over its card anew.",
                )

    def _require_carrier(self, card: MemberCard) -> None:
        if card.carrier is None:
            return
        carrier = self.card(card.carrier) if card.carrier in self else None
        if carrier is None or carrier is card or carrier.carrier is not None:
            raise BadInput(
                "charter-carrier",
                f"{card.member} is to be carried by {card.carrier}, which is no member with a node.",
                where=card.member,
                remedy="Name a member that runs a node of its own.",
            )

    def __contains__(self, member: str) -> bool:
        return any(card.member == member for card in self.members)

    def card(self, member: str) -> MemberCard:
        """Raises ``NotVerified`` (``not-a-member``)."""
        for card in self.members:
            if card.member == member:
                return card
        raise NotVerified(
            "not-a-member",
            f"{member} is not a member of this mechanism.",
            where=member,
            remedy="Look at the charter; refuse what came under that name.",
        )

    @property
    def with_log(self) -> tuple[str, ...]:
        """Members that run a node and so have a log of their own."""
        return tuple(card.member for card in self.members if card.carrier is None)

    @property
    def quorum(self) -> tuple[str, ...]:
        """Whose signatures make an entry RECORDED: all parties and the host."""
        return tuple(card.member for card in self.members if card.role in ("party", "host"))

    def carried_by(self, member: str) -> frozenset[str]:
        """Members that speak through the log of ``member``."""
        return frozenset(card.member for card in self.members if card.carrier == member)


@lru_cache(maxsize=64)
def mechanism_of(charter: Charter) -> str:
    """SHA-256 of ``charter.json``, in hex: the name by which every entry knows its mechanism."""
    return hashlib.sha256(print_charter(charter)).hexdigest()


def print_charter(charter: Charter) -> bytes:
    return print_ijson(_charter(charter))


def parse_charter(data: bytes) -> Charter:
    """Exact inverse of ``print_charter``. Raises ``NotVerified``; ``BadInput`` if it cannot be a charter."""
    return _read_charter(parse_ijson(data, where="charter"), "charter")


def found_body(charter: Charter) -> JsonObject:
    """Body of ``charter.found``: the charter itself."""
    return {"charter": _charter(charter)}


def read_found_body(body: JsonObject) -> Charter:
    return _read_charter(object_field(body, ("charter",), "charter.found")["charter"], "charter.found")


def join_body(mechanism: str) -> JsonObject:
    """Body of ``charter.join``: the hash of the charter that is accepted."""
    return {"charter": mechanism}


def read_join_body(body: JsonObject) -> str:
    return hash_field(object_field(body, ("charter",), "charter.join")["charter"], "charter.join")


def _charter(charter: Charter) -> JsonObject:
    value: JsonObject = {
        "name": charter.name,
        "drill": charter.drill,
        "theatre": [list(corner) for corner in charter.theatre],
        "host": charter.host,
        "members": [card_of(card) for card in charter.members],
    }
    second = {"second_signatures": _REQUIRED} if charter.signs_twice else {}
    hybrid = {"recipient_keys": HYBRID} if charter.seals_hybrid else {}
    return {**value, **second, **hybrid}


def _read_charter(value: JsonValue, where: str) -> Charter:
    found = object_field(value, _FIELDS, where, optional=("second_signatures", "recipient_keys"))
    corners = list_field(found["theatre"], f"{where} theatre", at_least=3, at_most=MOST_CORNERS)
    cards = list_field(found["members"], f"{where} members", at_least=2, at_most=MOST_MEMBERS)
    return Charter(
        name=text_field(found["name"], f"{where} name", at_most=80),
        drill=flag_field(found["drill"], f"{where} drill"),
        theatre=tuple(_read_corner(corner, f"{where} theatre") for corner in corners),
        host=member_field(found["host"], f"{where} host"),
        members=tuple(read_card(card, where=f"{where} member") for card in cards),
        signs_twice="second_signatures" in found and _read_required(found["second_signatures"], where),
        seals_hybrid="recipient_keys" in found and _read_hybrid(found["recipient_keys"], where),
    )


def _read_required(value: JsonValue, where: str) -> bool:
    """Left out it is not required: one spelling for each charter."""
    if value != _REQUIRED:
        raise NotVerified(
            "charter-second-policy",
            "What the charter says of second signatures is not “required”.",
            where=f"{where} second_signatures",
            remedy="Use a version of the software that knows this policy.",
        )
    return True


def _read_hybrid(value: JsonValue, where: str) -> bool:
    if value != HYBRID:
        raise NotVerified(
            "charter-recipient-keys",
            f"The charter asks for recipient keys that are not {HYBRID}.",
            where=f"{where} recipient_keys",
            remedy="Use a version of the software that knows this policy.",
        )
    return True


def _read_corner(value: JsonValue, where: str) -> Corner:
    lat, lon = list_field(value, where, at_least=2, at_most=2)
    return Corner(
        lat_e7=integer_field(lat, where, least=-90 * _E7, most=90 * _E7),
        lon_e7=integer_field(lon, where, least=-180 * _E7, most=180 * _E7),
    )
