# SPDX-License-Identifier: Apache-2.0
"""Do keys sign out of a PKCS#11 token, and never come out of it? Against SoftHSM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from steerclear.errors import BadInput, Refused, SteerclearError, Unreachable
from steerclear.links.keyfile import KeyName
from steerclear.links.keystore import Keystore, MemoryKeystore
from steerclear.links.randomness import SeededRandomness
from steerclear.links.tls import make_certificate, server_context
from steerclear.links.token import Token, TokenKeystore, TokenSettings
from steerclear.record.keys import Delegation, KeyRole
from steerclear.record.signature import is_signature

NODE = KeyName("node")


def refusal(attempt: Callable[[], object], error: type[SteerclearError]) -> str:
    with pytest.raises(error) as refused:
        attempt()
    assert refused.value.remedy
    return refused.value.code


@pytest.fixture
def settings(soft_token: Callable[[], TokenSettings]) -> TokenSettings:
    """An empty token of its own."""
    return soft_token()


@pytest.fixture
def token(settings: TokenSettings, pin: str) -> Iterator[Token]:
    opened = Token(settings, pin)
    yield opened
    opened.close()


@pytest.fixture
def keys(token: Token) -> Keystore:
    return TokenKeystore(MemoryKeystore(SeededRandomness("token").bytes), token, ("node", "duty"))


def test_a_key_in_the_token_signs_as_any_other_and_can_be_named(keys: Keystore) -> None:
    made = keys.make_signer(NODE)
    assert len(made.public) == 32
    assert is_signature(made.sign(b"entry"), b"entry", made.public)
    row = Delegation.of(KeyRole.NODE, made.public, valid_from=0, valid_until=1)
    assert row.keyid == made.keyid == keys.signer(NODE).keyid


def test_a_listener_begins_after_a_token_was_opened(settings: TokenSettings, pin: str) -> None:
    own, peers = make_certificate("TUR"), {"ISR": make_certificate("ISR").der}
    Token(settings, pin).close()
    server_context(own, peers)
    with pytest.raises(Refused):
        Token(settings, pin + "0")
    server_context(own, peers)


def test_it_is_there_when_the_token_is_opened_again(settings: TokenSettings, pin: str) -> None:
    first = Token(settings, pin)
    made = first.make(KeyName("duty", "air"))
    first.close()
    again = Token(settings, pin)
    try:
        assert again.names() == (KeyName("duty", "air"),)
        assert again.signer(KeyName("duty", "air")).keyid == made.keyid
    finally:
        again.close()


def test_the_private_half_cannot_be_read_out(settings: TokenSettings, pin: str) -> None:
    token = Token(settings, pin)
    made = token.make(NODE)
    token.close()
    with pkcs11.lib(str(settings.module)).get_token(token_label=settings.label).open(user_pin=pin) as session:
        (private,) = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})
        assert isinstance(private, pkcs11.PrivateKey)
        assert (private[pkcs11.Attribute.SENSITIVE], private[pkcs11.Attribute.EXTRACTABLE]) == (True, False)
        with pytest.raises(pkcs11.AttributeSensitive):
            private[pkcs11.Attribute.VALUE]
    assert "sign" in dir(made)
    assert not hasattr(made, "private_bytes")


def test_what_is_not_in_the_token_is_beside_it(keys: Keystore) -> None:
    keys.make_signer(NODE)
    authority = keys.make_signer(KeyName("authority"))
    day = keys.make_recipient(KeyName("recipient", "2025-04-09"))
    storage = keys.make_storage_key()
    held = [KeyName("authority"), NODE, KeyName("recipient", "2025-04-09"), KeyName("storage")]
    assert keys.names() == tuple(sorted(held))
    assert keys.signer(KeyName("authority")).keyid == authority.keyid
    assert keys.recipients()["2025-04-09"].public == day.public
    assert keys.storage_key() == storage
    keys.second(KeyName("authority"))
    keys.companion(KeyName("authority"))
    keys.make_successor(KeyName("authority"))


def test_what_a_token_cannot_do_is_said(keys: Keystore) -> None:
    assert not keys.has(NODE)
    assert refusal(lambda: keys.signer(NODE), Unreachable) == "key-missing"
    made = keys.make_signer(NODE)
    assert refusal(lambda: keys.make_signer(NODE), Refused) == "key-exists"
    assert refusal(lambda: keys.second(NODE), Refused) == "second-in-token"
    assert refusal(lambda: keys.companion(NODE), Refused) == "second-in-token"
    assert refusal(lambda: keys.make_successor(NODE), Refused) == "token-no-successor"
    keys.take_over(NODE, "ab" * 32)
    assert keys.signer(NODE).keyid == made.keyid
    keys.forget(NODE)
    assert not keys.has(NODE)


def test_a_successor_beside_the_token_takes_over(keys: Keystore) -> None:
    old = keys.make_signer(KeyName("witness"))
    new = keys.make_successor(KeyName("witness"))
    keys.take_over(KeyName("witness"), new.keyid)
    assert keys.signer(KeyName("witness")).keyid == new.keyid != old.keyid
    keys.forget(KeyName("witness"))
    assert not keys.has(KeyName("witness"))


def test_keys_of_others_in_the_same_token_are_none_of_ours(settings: TokenSettings, pin: str) -> None:
    raw = pkcs11.lib(str(settings.module)).get_token(token_label=settings.label)
    with raw.open(rw=True, user_pin=pin) as session:
        for label in ("mail", "steerclear root"):
            session.generate_key(pkcs11.KeyType.AES, 256, store=True, label=label)
            session.generate_keypair(pkcs11.KeyType.RSA, 1024, store=True, label=label)
    token = Token(settings, pin)
    assert token.names() == ()
    token.close()


def test_a_wrong_pin_a_missing_token_and_a_missing_module_are_told_apart(
    settings: TokenSettings, pin: str
) -> None:
    assert refusal(lambda: Token(settings, "0000"), Refused) == "token-pin"
    assert refusal(lambda: Token(replace(settings, label="none"), pin), Unreachable) == "token-missing"
    gone = replace(settings, module=Path("/nowhere/libtoken.so"))
    assert refusal(lambda: Token(gone, pin), Unreachable) == "token-missing"


def test_a_token_that_is_pulled_out_is_said_to_be_lost(settings: TokenSettings, pin: str) -> None:
    token = Token(settings, pin)
    signer = token.make(NODE)
    token.close()
    assert refusal(lambda: signer.sign(b"entry"), Unreachable) == "token-lost"


@pytest.mark.parametrize("purposes", [("root",), ("recipient", "node"), ()])
def test_what_cannot_lie_in_a_token_is_refused(purposes: tuple[str, ...]) -> None:
    wrong = lambda: TokenSettings(module=Path("x.so"), label="t", purposes=purposes)  # noqa: E731
    assert refusal(wrong, BadInput) == "token-purpose"
