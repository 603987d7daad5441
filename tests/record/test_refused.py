# SPDX-License-Identifier: Apache-2.0
"""What is refused wherever it comes from: entries out of place, heads that lie, messages from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified
from steerclear.record import (
    FloorMessage,
    Head,
    ReplicaLog,
    Standing,
    TilePath,
    delegate_body,
    judge_floor,
    leaf_hash,
    parse_leaf,
    print_note,
    verify_record,
)

if TYPE_CHECKING:
    from tests.record.conftest import World


def test_an_entry_out_of_its_place_is_refused_by_name(world: World) -> None:
    world.talk(1)
    log, said = world.logs["TUR"], world.notice("TUR", 9)
    wrong = {
        "entry-of-another-log": world.write("TUR", said, generation=1),
        "log-gap": world.write("TUR", said, seq=log.size + 1),
        "log-repeat": world.entries["TUR"][1],
        "entry-backwards": world.write("TUR", said, at=log.last_at - 1),
        "entry-oversize": bytes(65_536),
    }
    before = log.root
    for code, entry in wrong.items():
        with pytest.raises(NotVerified) as refused:
            log.accept(entry)
        assert (refused.value.code, log.root) == (code, before)
    with pytest.raises(NotVerified) as refused:
        log.keys_of("ISR")
    assert refused.value.code == "statement-under-another-name"


def test_a_log_serves_its_own_tiles(world: World) -> None:
    log = world.logs["TUR"]
    assert log.tile(TilePath(0, 0, 2)) == b"".join(map(leaf_hash, world.entries["TUR"]))


def test_a_checkpoint_names_its_size_before_its_entries_are_here(world: World) -> None:
    mirror = world.copy("TUR", 1)
    assert mirror.signed_size(print_note(world.note("TUR"))) == 2


def test_heads_that_another_log_does_not_have_are_a_split_view(world: World) -> None:
    false = {**world.heads("ISR"), "TUR": Head(2, "11" * 32)}
    lie = world.write("ISR", world.notice("ISR"), heads=false)
    logs = [
        ReplicaLog(member, 0, [*entries, lie] if member == "ISR" else entries)
        for member, entries in world.entries.items()
    ]
    assert "split-view" in {one.code for one in verify_record(world.charter, logs).failures}


def test_an_entry_that_claims_to_be_older_than_what_it_has_seen_is_shown(world: World) -> None:
    world.tick(60_000)
    world.add("TUR", world.notice("TUR"))
    backdated = world.write("ISR", world.notice("ISR"), at=world.logs["ISR"].last_at)
    assert parse_leaf(backdated).heads["TUR"].size == 3
    logs = [
        ReplicaLog(member, 0, [*entries, backdated] if member == "ISR" else entries)
        for member, entries in world.entries.items()
    ]
    report = verify_record(world.charter, logs)
    assert "entry-backdated" in {one.code for one in report.doubts}


def test_a_floor_message_counts_in_its_mechanism_and_under_its_own_roots(world: World) -> None:
    stop = world.say("TUR", "stop.call", {}, to=("ISR",))
    named = delegate_body(world.keys["TUR"].delegations(world.now))
    by_root = world.say("TUR", "key.delegate", named)
    by_another = world.say("TUR", "key.delegate", named, signers=world.keys["ISR"].roots)
    elsewhere = world.say("TUR", "key.delegate", named, mechanism="ab" * 32)
    for delegations, standing in (
        ((by_root,), Standing.VALID),
        ((by_another, elsewhere), Standing.UNKNOWN_KEY),
    ):
        judged = judge_floor(FloorMessage(stop, delegations), world.charter, at=world.now)
        assert [one.standing for one in judged.signatures] == [standing]
    foreign = world.say("TUR", "stop.call", {}, to=("ISR",), mechanism="ab" * 32)
    with pytest.raises(NotVerified) as refused:
        judge_floor(FloorMessage(foreign, ()), world.charter, at=world.now)
    assert refused.value.code == "floor-other-mechanism"
