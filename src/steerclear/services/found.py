# SPDX-License-Identifier: Apache-2.0
"""How does a member come to be, and a mechanism? Keys → card → charter → the first entries of a log.

    init    make the keys; print MEMBER.member.json, which is handed over at the table
    found   put the cards into a charter; its hash is the mechanism
    join    accept a charter: the root names the keys, then founds or joins

The root signs here because it lies in this node's keys; once it is carried away, it signs at home and the
statements are brought.
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
from steerclear.record.keys import Delegation, KeyRole, delegate_body
from steerclear.services.keys_ahead import delegate_ahead
from steerclear.services.ledger import Ledger
from steerclear.services.speak import root_says

__all__ = ["begin_log", "charter_of", "has_begun", "make_card", "theatre_corners"]

_STANDING: Final[dict[KeyRole, Purpose]] = {
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
) -> MemberCard:
    """Make all keys that a node needs, and the card that says by which root they will be named."""
    root = keys.make_signer(KeyName("root", "1"))
    for purpose in _STANDING.values():
        keys.make_signer(KeyName(purpose))
    for desk in desks:
        keys.make_signer(KeyName("duty", desk_name(desk)))
    keys.make_storage_key()
    return MemberCard(
        member=member,
        role=role.value,
        root_threshold=1,
        root_keys=(root.public,),
        addresses=tuple(addresses),
        tls_certificate=base64.b64encode(certificate.der).decode("ascii"),
        tls_spki=certificate.spki,
    )


def charter_of(
    cards: Sequence[MemberCard], *, name: str, drill: bool, theatre: Sequence[Position]
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
    if not ledger.own.size:
        _name_standing_keys(ledger)
    if ledger.own.size == 1:
        if founds:
            root_says(ledger, "charter.found", found_body(ledger.charter))
        else:
            root_says(ledger, "charter.join", join_body(ledger.mechanism))
    delegate_ahead(ledger)


def has_begun(ledger: Ledger) -> bool:
    """Does the own log hold its keys and its charter?"""
    return ledger.own.size > 1


def _name_standing_keys(ledger: Ledger) -> None:
    now = ledger.now()
    standing = [
        Delegation.of(
            role, ledger.keys.signer(KeyName(purpose)).public, valid_from=now, valid_until=now + _FOREVER_MS
        )
        for role, purpose in _STANDING.items()
    ]
    root_says(ledger, "key.delegate", delegate_body(standing))
