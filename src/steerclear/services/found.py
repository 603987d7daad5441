# SPDX-License-Identifier: Apache-2.0
"""How does a member come to be, and a mechanism? Keys → card → charter → the first entries of a log.

    init    make the keys; print MEMBER.member.json, which is handed over at the table
    found   put the cards into a charter; its hash is the mechanism
    join    accept a charter: the root names the keys, then founds or joins

A root that lies in this node's keys signs here. One that was made elsewhere (``steerclear keys root``) is
asked for its signatures by a request that is carried to it and back (roots.py).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from steerclear.errors import BadInput
from steerclear.links.keystore import KeyName, Keystore, Purpose
from steerclear.links.tls import Certificate
from steerclear.model.member import MemberId, Role, desk_name
from steerclear.model.space import MultiPolygon, Polygon, Position
from steerclear.record.card import MemberCard
from steerclear.record.charter import Charter, Corner, found_body, join_body
from steerclear.record.ijson import JsonObject
from steerclear.record.keys import Delegation, KeyRole, delegate_body
from steerclear.record.root import RootKeys
from steerclear.record.second import second_hash
from steerclear.services.keys_ahead import delegate_ahead
from steerclear.services.ledger import Ledger
from steerclear.services.speak import root_says

__all__ = [
    "STANDING",
    "begin_log",
    "beginning",
    "charter_of",
    "companion_rows",
    "has_begun",
    "make_card",
    "standing_row",
    "theatre_corners",
]

STANDING: Final[dict[KeyRole, Purpose]] = {
    KeyRole.NODE: "node",
    KeyRole.AUTHORITY: "authority",
    KeyRole.WITNESS: "witness",
}
_FOREVER_MS: Final = 20 * 365 * 86_400_000
"""These keys are named for twenty years and ended by revocation, never by a birthday."""


def make_card(
    keys: Keystore,
    *,
    member: MemberId,
    role: Role,
    desks: Sequence[str],
    addresses: Sequence[str],
    certificate: Certificate,
    root: RootKeys | None = None,
    signs_twice: bool = False,
) -> MemberCard:
    """Make all keys that a node needs, and the card that says by which root they will be named.

    ``root`` is one that was made elsewhere; without it one key is made here, with a second key beside it if
    it ``signs_twice``.
    """
    root = root or _root_of_one(keys, signs_twice=signs_twice)
    for purpose in STANDING.values():
        keys.make_signer(KeyName(purpose))
    for desk in desks:
        keys.make_signer(KeyName("duty", desk_name(desk)))
    keys.make_storage_key()
    return MemberCard(
        member=member,
        role=role.value,
        root_threshold=root.threshold,
        root_keys=root.keys,
        root_seconds=root.seconds,
        addresses=tuple(addresses),
        tls_certificate=base64.b64encode(certificate.der).decode("ascii"),
        tls_spki=certificate.spki,
    )


def _root_of_one(keys: Keystore, *, signs_twice: bool) -> RootKeys:
    name = KeyName("root", "1")
    public = keys.make_signer(name).public
    seconds = (second_hash(keys.second(name).public),) if signs_twice else ()
    return RootKeys(threshold=1, keys=(public,), seconds=seconds)


def charter_of(
    cards: Sequence[MemberCard],
    *,
    name: str,
    drill: bool,
    theatre: Sequence[Position],
    signs_twice: bool = False,
    seals_hybrid: bool = False,
) -> Charter:
    """The charter of these members; exactly one of them is the host. Raises ``BadInput``."""
    hosts = [card.member for card in cards if card.role == Role.HOST.value]
    if len(hosts) != 1:
        raise BadInput(
            "charter-one-host",
            f"{len(hosts)} of the members given have the role of host.",
            remedy="Give the card of exactly one host.",
        )
    return Charter(
        name=name,
        drill=drill,
        theatre=tuple(Corner(corner.lat_e7, corner.lon_e7) for corner in theatre),
        host=hosts[0],
        members=tuple(sorted(cards, key=lambda card: card.member)),
        signs_twice=signs_twice,
        seals_hybrid=seals_hybrid,
    )


def theatre_corners(area: Polygon | MultiPolygon) -> tuple[Position, ...]:
    """The ring of a theatre that is drawn as one area. Raises ``BadInput``."""
    polygons = area.parts if isinstance(area, MultiPolygon) else (area,)
    if len(polygons) != 1 or polygons[0].holes:
        raise BadInput(
            "theatre-shape",
            "The theatre is not one area without holes.",
            remedy="Draw it as a single polygon.",
        )
    return polygons[0].exterior


def begin_log(ledger: Ledger, *, founds: bool) -> None:
    """Write the first entries: the keys, ``charter.found`` or ``charter.join``, then keys for weeks ahead.

    What was begun and broken off (a full disk, a power cut) is gone on with.
    """
    for kind, body in beginning(ledger, founds=founds)[ledger.own.size :]:
        root_says(ledger, kind, body)
    delegate_ahead(ledger)


def beginning(ledger: Ledger, *, founds: bool) -> tuple[tuple[str, JsonObject], tuple[str, JsonObject]]:
    """What the first two entries say: kind and body. The root signs both."""
    charter = (
        ("charter.found", found_body(ledger.charter))
        if founds
        else ("charter.join", join_body(ledger.mechanism))
    )
    return ("key.delegate", delegate_body(_standing_keys(ledger))), charter


def has_begun(ledger: Ledger) -> bool:
    """Does the own log hold its keys and its charter?"""
    return ledger.own.size > 1


def _standing_keys(ledger: Ledger) -> list[Delegation]:
    rows = [
        standing_row(ledger, role, ledger.keys.signer(KeyName(purpose)).public, KeyName(purpose))
        for role, purpose in STANDING.items()
    ]
    return [*rows, *companion_rows(ledger, KeyName("witness"))]


def companion_rows(ledger: Ledger, name: KeyName) -> list[Delegation]:
    """The ML-DSA-44 key beside a witness key of ours, where this node is set to cosign with it."""
    if not ledger.cosigns_twice:
        return []
    return [standing_row(ledger, KeyRole.WITNESS, ledger.keys.companion(name).public)]


def standing_row(ledger: Ledger, role: KeyRole, public: bytes, name: KeyName | None = None) -> Delegation:
    """A key that holds ``role`` until it is revoked; ``name`` where it is one of this node's own, so that an
    authority key can name its second key where the charter asks for one."""
    now = ledger.now()
    second = None
    if ledger.charter.signs_twice and role is KeyRole.AUTHORITY and name is not None:
        second = second_hash(ledger.keys.second(name).public)
    return Delegation.of(role, public, valid_from=now, valid_until=now + _FOREVER_MS, second=second)
