# SPDX-License-Identifier: Apache-2.0
"""Keys that hold nobody to anything are refused where a root or a card names them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput, NotVerified
from steerclear.record import (
    Delegation,
    Ed25519Signer,
    KeyRole,
    RecipientPrivateKey,
    delegate_body,
    is_signature,
    read_delegate_body,
)
from steerclear.record.form import print_base64
from steerclear.record.keys import keyid_of
from steerclear.record.weak import is_weak_ed25519, is_weak_x25519

if TYPE_CHECKING:
    from tests.record.conftest import World

P = 2**255 - 19
# "Taming the many EdDSAs", table 1: the eight points of small order in their canonical spelling.
SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
)
# The same table: other spellings of them, by y not reduced or by a sign where x is zero.
NOT_CANONICAL = (
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)
# RFC 7748, 6.1: the u of small order on Curve25519 and its twist, reduced and not.
ZERO_EXCHANGE = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    P - 1,
    P,
    P + 1,
)


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_under_a_key_of_small_order_a_signature_needs_no_private_key(public: str) -> None:
    nobodys = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)
    messages = (str(number).encode() for number in range(200))
    assert any(is_signature(nobodys, message, bytes.fromhex(public)) for message in messages)
    assert is_weak_ed25519(bytes.fromhex(public))


@pytest.mark.parametrize("public", NOT_CANONICAL)
def test_another_spelling_of_a_point_is_no_key(public: str) -> None:
    assert is_weak_ed25519(bytes.fromhex(public))


def test_every_y_that_is_not_reduced_is_no_key() -> None:
    for y in range(P, 2**255):
        assert is_weak_ed25519(y.to_bytes(32, "little"))


@pytest.mark.parametrize("u", ZERO_EXCHANGE)
def test_a_key_that_opens_to_everybody_is_no_recipient(u: int) -> None:
    assert is_weak_x25519(u.to_bytes(32, "little"))
    assert is_weak_x25519((u + 2**255).to_bytes(32, "little"))


def test_keys_that_were_drawn_are_keys(bare: World) -> None:
    for _ in range(20):
        assert not is_weak_ed25519(Ed25519Signer.generate(bare.random).public)
        assert not is_weak_x25519(RecipientPrivateKey.generate(bare.random).public)
    # RFC 8032, 7.1, test 1, and RFC 7748, 6.1, Alice
    key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert not is_weak_ed25519(bytes.fromhex(key))
    alice = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    assert not is_weak_x25519(bytes.fromhex(alice))


@pytest.mark.parametrize("role", KeyRole)
def test_no_root_names_such_a_key(bare: World, role: KeyRole) -> None:
    with pytest.raises(NotVerified) as refused:
        Delegation.of(role, bytes(32), valid_from=0, valid_until=1_000)
    assert (refused.value.code, refused.value.where) == ("delegation-weak-key", keyid_of(bytes(32)))
    genuine = RecipientPrivateKey.generate(bare.random).public
    body = delegate_body([Delegation.of(KeyRole.RECIPIENT, genuine, valid_from=0, valid_until=1_000)])
    rows = body["delegations"]
    assert isinstance(rows, list)
    row = {**rows[0], "keyid": keyid_of(bytes(32)), "public": print_base64(bytes(32))}
    with pytest.raises(NotVerified) as read:
        read_delegate_body({"delegations": [row]})
    assert read.value.code == "delegation-weak-key"


@pytest.mark.parametrize("public", [*SMALL_ORDER, *NOT_CANONICAL])
def test_no_card_has_such_a_root_key(bare: World, public: str) -> None:
    card = bare.charter.card("TUR")
    with pytest.raises(BadInput) as refused:
        replace(card, root_keys=(*card.root_keys, bytes.fromhex(public)))
    assert (refused.value.code, refused.value.where) == ("card-weak-key", "TUR")
