# SPDX-License-Identifier: Apache-2.0
"""Does a hybrid recipient key open what an X25519 key opens, and nothing else?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput, NotVerified
from steerclear.record import (
    Delegation,
    KeyRole,
    Log,
    RecipientPrivateKey,
    RecipientPublicKey,
    delegate_body,
    mechanism_of,
    open_sealed,
    parse_charter,
    parse_ijson,
    print_charter,
    print_ijson,
    read_delegate_body,
    seal,
)
from steerclear.record.sealed import HYBRID_WRAPPED_BYTES, read_sealed, sealed_of

if TYPE_CHECKING:
    from tests.record.conftest import World

DAY_MS = 86_400_000


def hybrid(world: World) -> RecipientPrivateKey:
    return RecipientPrivateKey.generate(world.random).hybrid()


def test_what_is_sealed_to_a_hybrid_key_is_opened_by_it_and_stands_in_the_same_form(bare: World) -> None:
    ours, theirs, said = hybrid(bare), hybrid(bare), bare.notice("TUR")
    sealed = seal(
        said,
        mechanism=bare.mechanism,
        author="TUR",
        recipients=[ours.of("TUR"), theirs.of("ISR"), bare.keys["AZE"].opening],
        random=bare.random,
    )
    assert sorted(len(one.wrapped) for one in sealed.wraps) == [112, *[HYBRID_WRAPPED_BYTES] * 2]
    assert read_sealed(parse_ijson(print_ijson(sealed_of(sealed)), where="test"), where="test") == sealed
    for member, key in (("TUR", ours), ("ISR", theirs), ("AZE", bare.keys["AZE"].recipient)):
        assert open_sealed(sealed, mechanism=bare.mechanism, author="TUR", member=member, keys=[key]) == said
    [wrap] = [one for one in sealed.wraps if one.member == "ISR"]
    for place in (0, 1_087, 1_088, 1_119, 1_120, 1_199):
        spoilt = wrap.wrapped[:place] + bytes([wrap.wrapped[place] ^ 1]) + wrap.wrapped[place + 1 :]
        changed = replace(sealed, wraps=tuple(replace(one, wrapped=spoilt) for one in (wrap,)))
        with pytest.raises(NotVerified) as refused:
            open_sealed(changed, mechanism=bare.mechanism, author="TUR", member="ISR", keys=[theirs])
        assert refused.value.code == "seal-wrap"


def test_it_comes_of_the_same_secret_bytes_and_tells_nothing_of_itself(bare: World) -> None:
    plain = RecipientPrivateKey.generate(bare.random)
    again = RecipientPrivateKey.from_private_bytes(plain.private_bytes).hybrid()
    assert again.public == plain.hybrid().public
    assert (plain.is_hybrid, again.is_hybrid) == (False, True)
    assert again.of("TUR").is_hybrid
    assert plain.public not in again.public
    assert again.private_bytes == plain.private_bytes
    assert repr(again) == f"RecipientPrivateKey({again.keyid})"


def test_a_delegation_names_its_algorithm_and_an_old_one_keeps_its_only_spelling(bare: World) -> None:
    new = Delegation.of(KeyRole.RECIPIENT, hybrid(bare).public, valid_from=0, valid_until=DAY_MS)
    old = Delegation.of(
        KeyRole.RECIPIENT, bare.keys["ISR"].recipient.public, valid_from=0, valid_until=DAY_MS
    )
    assert new.is_hybrid
    body = delegate_body([new, old])
    assert read_delegate_body(body) == (new, old)
    printed = print_ijson(body)
    assert printed.count(b'"algorithm":"MLKEM768-X25519"') == 1
    for false in (
        printed.replace(b"MLKEM768-X25519", b"MLKEM1024-P384"),
        printed.replace(b',"algorithm":"MLKEM768-X25519"', b""),
    ):
        with pytest.raises(NotVerified):
            read_delegate_body(parse_ijson(false, where="test"))  # type: ignore[arg-type]  # an object


@pytest.mark.parametrize("role", [role for role in KeyRole if role is not KeyRole.RECIPIENT])
def test_only_recipients_have_hybrid_keys(bare: World, role: KeyRole) -> None:
    with pytest.raises(NotVerified) as refused:
        Delegation.of(role, hybrid(bare).public, valid_from=0, valid_until=DAY_MS)
    assert refused.value.code == "delegation-keyid"


def test_a_key_that_is_none_is_refused_by_name(bare: World) -> None:
    weak = hybrid(bare).public[:-32] + bytes(32)
    with pytest.raises(NotVerified) as refused:
        Delegation.of(KeyRole.RECIPIENT, weak, valid_from=0, valid_until=DAY_MS)
    assert refused.value.code == "delegation-weak-key"
    beyond = b"\xff" * 1_184 + hybrid(bare).public[-32:]
    with pytest.raises(BadInput) as bad:
        seal(
            bare.notice("TUR"),
            mechanism=bare.mechanism,
            author="TUR",
            recipients=[bare.keys["TUR"].opening, RecipientPublicKey("ISR", beyond)],
            random=bare.random,
        )
    assert bad.value.code == "seal-recipient-key"


def test_the_charter_says_so_at_its_end_and_an_older_one_is_read_as_it_was(bare: World) -> None:
    asked = replace(bare.charter, seals_hybrid=True)
    assert parse_charter(print_charter(asked)) == asked
    assert print_charter(asked).endswith(b',"recipient_keys":"MLKEM768-X25519"}')
    assert b"recipient_keys" not in print_charter(bare.charter)
    with pytest.raises(NotVerified) as refused:
        parse_charter(print_charter(asked).replace(b"MLKEM768-X25519", b"X25519"))
    assert refused.value.code == "charter-recipient-keys"


def test_under_a_charter_that_asks_for_it_no_other_recipient_key_is_named(bare: World) -> None:
    charter = replace(bare.charter, seals_hybrid=True)
    mechanism = mechanism_of(charter)
    for key, code in (
        (hybrid(bare).public, None),
        (bare.keys["TUR"].recipient.public, "delegation-not-hybrid"),
    ):
        rows = [one for one in bare.keys["TUR"].delegations(bare.now) if one.role is not KeyRole.RECIPIENT]
        rows.append(Delegation.of(KeyRole.RECIPIENT, key, valid_from=0, valid_until=DAY_MS))
        said = bare.say("TUR", "key.delegate", delegate_body(rows), mechanism=mechanism)
        log = Log(charter, "TUR")
        entry = bare.write("TUR", said, mechanism=mechanism, heads={})
        if code is None:
            log.accept(entry)
            continue
        with pytest.raises(NotVerified) as refused:
            log.accept(entry)
        assert refused.value.code == code
