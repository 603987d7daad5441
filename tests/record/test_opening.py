# SPDX-License-Identifier: Apache-2.0
"""Is what is shown of a sealed entry what it commits to, by the charter alone?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput, NotVerified
from steerclear.record import delegate_body, prove, verify_replica
from steerclear.record.opening import Opening, parse_opening, print_opening
from steerclear.record.prove import verify_proof
from steerclear.record.reveal import (
    LARGEST_REVEALED,
    Revealed,
    parse_revealed,
    print_revealed,
    verify_revealed,
)
from steerclear.record.seal import Sealing, seal_whole

if TYPE_CHECKING:
    from pathlib import Path

    from tests.record.conftest import World

    from steerclear.record import SignedStatement


def sealing(world: World, signed: SignedStatement) -> Sealing:
    keys = [world.keys[name].opening for name in ("TUR", "ISR")]
    return seal_whole(signed, mechanism=world.mechanism, author="TUR", recipients=keys, random=world.random)


def proof_of(world: World, seq: int) -> bytes:
    delegations = [
        world.say(member, "key.delegate", delegate_body(world.keys[member].delegations(world.now)))
        for member in world.logs
    ]
    note = world.note("TUR", "AZE", "ISR")
    return prove(world.logs["TUR"], seq, world.entries["TUR"][seq], note, delegations)


def revealed(world: World) -> Revealed:
    said = world.notice("TUR")
    made = sealing(world, said)
    seq = world.add("TUR", made.sealed).leaf.seq
    return Revealed(proof_of(world, seq), said, made.salt)


def codes(one: Revealed, world: World) -> list[str]:
    report = verify_revealed(print_revealed(one), world.charter)
    assert (report.said is None) is bool(report.failures)
    return [failure.code for failure in report.failures]


def test_what_it_commits_to_is_shown_and_nothing_else_is(world: World) -> None:
    true = revealed(world)
    assert parse_revealed(print_revealed(true)) == true
    report = verify_revealed(print_revealed(true), world.charter)
    assert (report.kind, report.is_verified, report.doubts) == ("opening", True, ())
    assert report.said == true.statement.statement
    for false in (replace(true, salt=bytes(32)), replace(true, statement=world.notice("TUR", 2))):
        assert codes(false, world) == ["seal-commitment"]


def test_an_entry_in_clear_has_nothing_to_open_and_without_a_salt_nothing_is_proved(world: World) -> None:
    true = revealed(world)
    assert codes(replace(true, proof=proof_of(world, 1)), world) == ["opening-of-nothing"]
    report = verify_proof(true.proof, world.charter, opening=Opening(true.statement, None))
    assert [one.code for one in report.failures] == ["opening-of-nothing"]


def test_the_keys_under_the_statement_count(world: World) -> None:
    """Sealed by TUR, and signed by somebody whom no root named."""
    said = world.notice("TUR")
    stranger = world.say("TUR", "notice.file", {"ref": "stranger"}, signers=[world.keys["AZE"].duty])
    made = sealing(world, stranger)
    seq = world.add("TUR", made.sealed).leaf.seq
    assert said != stranger
    assert codes(Revealed(proof_of(world, seq), stranger, made.salt), world) == ["statement-unknown-key"]


def test_of_a_member_of_another_mechanism_nothing_is_shown(world: World) -> None:
    true = revealed(world)
    others = replace(
        world.charter, members=tuple(one for one in world.charter.members if one.member not in ("TUR", "MSF"))
    )
    report = verify_revealed(print_revealed(true), others)
    assert not report.is_verified
    assert report.said is None


def test_a_file_is_known_by_its_beginning(world: World, tmp_path: Path) -> None:
    file = tmp_path / "depot.opening"
    file.write_bytes(print_revealed(revealed(world)))
    assert verify_replica(file, charter=world.charter).is_verified
    with pytest.raises(BadInput) as refused:
        verify_replica(file)
    assert refused.value.code == "verify-charter"


def test_what_has_another_form_is_refused(world: World) -> None:
    printed = print_revealed(revealed(world))
    for false in (
        printed.replace(b"steerclear opening 1", b"steerclear opening 2"),
        printed.replace(b'"proof":"', b'"proof":null,"salt":"'),
        b'{"form":"steerclear opening 1","proof":7,"salt":"","statement":{}}',
        printed[:-1],
        b" " * (LARGEST_REVEALED + 1),
    ):
        with pytest.raises(NotVerified):
            parse_revealed(false)


def test_a_store_keeps_the_salt_with_what_it_opened_and_an_older_one_is_read(world: World) -> None:
    said = world.notice("TUR")
    for opening in (Opening(said, bytes(32)), Opening(said, None)):
        assert parse_opening(print_opening(opening)) == opening
    for false in (b"[]", b'{"salt":"","statement":{}}'):
        with pytest.raises(NotVerified):
            parse_opening(false)
