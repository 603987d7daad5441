# SPDX-License-Identifier: Apache-2.0
"""Several processes and a quick reading: is the answer that of one process and of the strict parser?"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.effort import effort
from tests.record.conftest import DAY

from steerclear.errors import NotVerified, Unreachable
from steerclear.record import (
    Delegation,
    KeyRole,
    Log,
    ReplicaLog,
    Revocation,
    Shown,
    delegate_body,
    leaf_hash,
    print_charter,
    revoke_body,
    verify_record,
    verify_replica,
    write_replica,
)
from steerclear.record import crew as crews
from steerclear.record.crew import Crew
from steerclear.record.leaf import parse_signed_leaf
from steerclear.record.merkle import Tree
from steerclear.record.plain import read_plain
from steerclear.record.stretch import Stretch, _is_ordinary, stretches_of
from steerclear.record.verify_path import LARGE_BYTES, processes_for

if TYPE_CHECKING:
    from tests.record.conftest import World


def stretches(
    world: World, member: str, start: int = 2, *, entries: Sequence[bytes] | None = None
) -> list[Stretch]:
    given = world.entries[member][start:] if entries is None else entries
    keys = world.logs[member].known_keys()
    return list(stretches_of(given, start, charter=world.charter, member=member, generation=0, keys=keys))


def begun(world: World, member: str, size: int = 2) -> Log:
    return world.copy(member, size)


# ---- trees and keys ----------------------------------------------------------------------------------------


def test_a_tree_that_is_extended_is_the_tree_that_was_appended_to() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(70)]
    for cut in range(70):
        extended, appended = Tree(), Tree()
        for leaf in leaves:
            appended.append(leaf)
        extended.extend(b"".join(leaves[:cut]))
        extended.extend(b"".join(leaves[cut:]))
        extended.extend(b"")
        for size in range(71):
            assert extended.root_at(size) == appended.root_at(size)
        assert extended.consistency(cut, 70) == appended.consistency(cut, 70)
    with pytest.raises(ValueError, match="32 bytes"):
        Tree().extend(b"short")


def test_a_key_covers_a_time_that_its_windows_cover_together(world: World) -> None:
    book, key = world.logs["TUR"].keys, world.keys["TUR"].duty
    since = world.now

    def covers(earliest: int, latest: int, role: KeyRole = KeyRole.DUTY, seq: int = 5) -> bool:
        return book.covers(key.keyid, (role,), seq=seq, earliest=earliest, latest=latest)

    assert covers(since, since + DAY // 4)
    assert not covers(since, since + DAY)
    assert not covers(since, since, KeyRole.NODE)
    assert not covers(since, since, seq=0)
    tomorrow = Delegation.of(
        KeyRole.DUTY, key.public, valid_from=since + DAY // 4, valid_until=since + DAY, desk="air"
    )
    book.delegate([tomorrow], seq=3)
    assert covers(since, since + DAY - 1)
    assert not covers(since, since + DAY)
    book.revoke([key.keyid], seq=4)
    assert not covers(since, since)
    assert covers(since, since + DAY // 4, seq=4)
    assert key.keyid not in world.logs["TUR"].known_keys()


# ---- stretches ---------------------------------------------------------------------------------------------


def test_a_log_that_takes_stretches_is_the_log_that_took_entries(world: World) -> None:
    world.talk(6)
    for member in ("TUR", "ISR"):
        log = begun(world, member)
        [stretch] = stretches(world, member)
        assert log.extend(stretch)
        whole = world.logs[member]
        assert (log.size, log.root, log.heads, log.last_at) == (
            whole.size,
            whole.root,
            whole.heads,
            whole.last_at,
        )
        world.add(member, world.notice(member))
        log.accept(world.entries[member][-1])
        assert log.root == world.logs[member].root


def test_what_changes_keys_or_could_not_be_judged_alone_is_not_plain(world: World) -> None:
    world.talk(1)
    world.add(
        "TUR", world.say("TUR", "key.delegate", delegate_body(world.keys["TUR"].delegations(world.now)))
    )
    world.add("TUR", world.notice("TUR", 1))
    world.add("TUR", world.say("TUR", "notice.file", {"ref": "x"}, signers=[world.keys["ISR"].duty]))
    world.add("TUR", world.notice("TUR", 2))
    found = stretches(world, "TUR")
    assert [(one.start, one.size) for one in found] == [(2, 1), (4, 1), (6, 1)]
    assert stretches(world, "TUR", 0)[0].start == 2, "the beginning of a log is read by the log"
    assert stretches(world, "TUR", 9, entries=world.entries["TUR"]) == [], "not their places"


def test_a_second_signature_that_the_charter_asks_for_is_left_to_the_log(world: World) -> None:
    world.add("TUR", world.say("TUR", "annex.ratify", {"content": "00" * 32}))
    assert len(stretches(world, "TUR")) == 1
    seconds = tuple(
        replace(card, root_seconds=tuple(sha256(key).hexdigest() for key in card.root_keys))
        for card in world.charter.members
    )
    leaf = parse_signed_leaf(world.entries["TUR"][2]).leaf
    assert _is_ordinary(leaf, world.charter)
    assert not _is_ordinary(leaf, replace(world.charter, members=seconds, signs_twice=True))


def test_a_log_takes_no_stretch_that_it_would_not_take_entry_by_entry(world: World) -> None:
    world.talk(3)
    [stretch] = stretches(world, "TUR")
    key = world.keys["TUR"].duty.keyid

    def refuses(changed: Stretch, log: Log | None = None) -> bool:
        held = log or begun(world, "TUR")
        before = held.size, held.root
        return not held.extend(changed) and (held.size, held.root) == before

    assert refuses(replace(stretch, start=3))
    assert refuses(replace(stretch, first_heads={}))
    assert refuses(replace(stretch, said={next(iter(stretch.said)): None}))
    assert refuses(replace(stretch, uses=(replace(stretch.uses[0], author="ISR"),)))
    assert refuses(replace(stretch, uses=(replace(stretch.uses[0], latest=world.now + 500 * DAY),)))
    late = begun(world, "TUR")
    world.now += 9_000_000
    late.accept(world.write("TUR", world.notice("TUR", 9), seq=2))
    assert refuses(replace(stretch, start=3), late)
    revoked = begun(world, "TUR")
    world.logs["TUR"] = begun(world, "TUR")
    body = revoke_body(Revocation(keyids=(key,), reason="lost"))
    revoked.accept(world.write("TUR", world.say("TUR", "key.revoke", body), seq=2))
    assert refuses(replace(stretch, start=3, ats=stretch.ats), revoked)


def test_runs_end_where_time_or_heads_go_back(world: World) -> None:
    world.talk(2)
    entries = list(world.entries["TUR"][2:])
    backwards = world.write("TUR", world.notice("TUR", 5), at=world.now - 60_000)
    blind = world.write("TUR", world.notice("TUR", 6), heads={}, seq=5)
    found = stretches(world, "TUR", entries=[*entries, backwards, blind])
    assert [(one.start, one.size) for one in found] == [(2, 2), (4, 1), (5, 1)]


# ---- the quick reading -------------------------------------------------------------------------------------


def some_entries(world: World) -> list[tuple[str, int, bytes]]:
    world.talk(2)
    shown = Shown(None, "ROUTINE", "air")
    world.add("TUR", world.seal("TUR", world.notice("TUR", 7), "ISR", shown=shown))
    both = [world.keys["TUR"].duty, world.keys["TUR"].authority]
    world.add("TUR", world.say("TUR", "notice.file", {"ref": "},{", "é": [1]}, signers=both))
    return [(member, seq, data) for member in world.entries for seq, data in enumerate(world.entries[member])]


def agrees(world: World, member: str, seq: int, data: bytes) -> bool:
    """Whatever the quick reading takes, the strict one takes with the same meaning; is it taken?"""
    quick = read_plain(data, world.mechanism, member, 0, seq)
    if quick is None:
        return False
    assert quick == parse_signed_leaf(data)
    assert (quick.leaf.mechanism, quick.leaf.author, quick.leaf.generation, quick.leaf.seq) == (
        world.mechanism,
        member,
        0,
        seq,
    )
    return True


def test_the_quick_reading_reads_what_is_plain_as_the_strict_one_does(world: World) -> None:
    taken = [agrees(world, *entry) for entry in some_entries(world)]
    assert taken.count(False) == 1, "what is shown of a sealed statement is read strictly"


def test_the_quick_reading_takes_nothing_that_the_strict_one_refuses(world: World) -> None:
    entries, chance = some_entries(world), random.Random(4)
    alphabet = b'"{}[],:\\ =A/+\x00\xc3\xa90'
    taken = 0
    for _ in range(effort(test=4_000, ci=200_000, soak=5_000_000)):
        member, seq, data = chance.choice(entries)
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at = chance.randrange(len(changed))
            match chance.randrange(4):
                case 0:
                    changed[at] ^= 1 << chance.randrange(8)
                case 1:
                    changed[at] = chance.choice(alphabet)
                case 2:
                    del changed[at : at + chance.choice((1, 4))]
                case _:
                    changed[at:at] = changed[at : at + chance.choice((1, 4, 40))]
        taken += agrees(world, member, seq, bytes(changed))
    assert taken, "some changes make another entry that is in form"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"payload":"', b'{"payload": "'),
        (b'"sig":"', b'"sig":"A'),
        (b'{"payload":"', b'{"payload":"=='),
        (b'+json","signatures"', b'+json","signatures" '),
    ],
)
def test_other_spellings_are_left_to_the_strict_parser(world: World, old: bytes, new: bytes) -> None:
    data = world.entries["TUR"][1]
    assert agrees(world, "TUR", 1, data)
    assert not agrees(world, "TUR", 1, data.replace(old, new, 1))
    assert not agrees(world, "TUR", 2, data)
    assert not agrees(world, "TUR", 1, data + b" " * 65_535)


# ---- the crew ----------------------------------------------------------------------------------------------


def long_talk(world: World) -> World:
    """Longer than what a crew hands out at once, with everything in it that is not plain."""
    world.talk(270)
    world.add("TUR", world.say("TUR", "notice.file", {"ref": "x"}, signers=[world.keys["ISR"].duty]))
    sealed = world.seal("TUR", world.notice("TUR", 1), "ISR")
    world.add("TUR", sealed)
    world.add("TUR", sealed)
    body = revoke_body(Revocation(keyids=(world.keys["TUR"].duty.keyid,), reason="lost"))
    world.add("TUR", world.say("TUR", "key.revoke", body))
    world.add("TUR", world.notice("TUR", 2))
    return world.talk(3)


def test_a_crew_says_what_one_process_says(world: World) -> None:
    logs = long_talk(world).replica()
    alone = verify_record(world.charter, logs)
    told: list[int] = []
    assert {one.code for one in alone.failures} == {"statement-unknown-key", "statement-revoked-key"}
    assert verify_record(world.charter, logs, processes=2, progress=told.append) == alone
    assert told[-1] == alone.counts.entries
    assert told == sorted(set(told))
    entries = list(world.entries["TUR"])
    entries[265] = entries[265].replace(b"A", b"B", 1)
    broken = [*logs[:2], ReplicaLog("TUR", 0, entries, logs[2].checkpoints)]
    report = verify_record(world.charter, broken, processes=2)
    assert report == verify_record(world.charter, broken)
    assert next(one.seq for one in report.failures if one.member == "TUR") == 265


def test_a_process_that_is_lost_ends_the_verification(world: World) -> None:
    log = begun(world, "TUR")
    with Crew(world.charter, 2) as crew:
        portions = crew.portions(log, [b"x"] * (2 * crews.ENTRIES_A_PORTION))
        assert len(next(portions).entries) == crews.ENTRIES_A_PORTION
        gone = crew._pool.submit(os._exit, 1)  # as a machine ends it that runs out of memory
        assert gone.exception() is not None
        with pytest.raises(Unreachable) as lost:
            next(portions)
    assert lost.value.code == "verify-process-lost"


def test_what_each_process_does(world: World) -> None:
    """In this one, so that it is counted as tested."""
    world.talk(2)
    before = signal.getsignal(signal.SIGINT)
    try:
        crews._begin(print_charter(world.charter))
    finally:
        signal.signal(signal.SIGINT, before)
    entries = (*world.entries["TUR"][2:], b"x")
    found = crews._plain_among(entries, 2, "TUR", 0, world.logs["TUR"].known_keys())
    assert [(one.start, one.size) for one in found] == [(2, 2)]
    with pytest.raises(NotVerified):
        begun(world, "TUR").accept(b"x")


def test_what_is_long_is_given_to_all_cores(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x")
    assert processes_for(tmp_path) == processes_for(tmp_path / "small") == 1
    assert processes_for(tmp_path / "missing") == 1
    with (tmp_path / "long").open("wb") as sparse:
        sparse.truncate(LARGE_BYTES)
    assert processes_for(tmp_path) == processes_for(tmp_path / "long") == (os.cpu_count() or 1)


def test_a_wrap_of_another_length_is_read_strictly(world: World) -> None:
    sealed = world.seal("TUR", world.notice("TUR", 1), "ISR")
    longer = tuple(replace(wrap, wrapped=bytes(1_200)) for wrap in sealed.wraps)
    assert agrees(world, "TUR", 2, world.write("TUR", sealed))
    assert not agrees(world, "TUR", 2, world.write("TUR", replace(sealed, wraps=longer)))


def test_entries_that_cannot_be_read_are_told_from_entries_that_are_not_there(
    world: World, tmp_path: Path
) -> None:
    write_replica(tmp_path / "replica", world.charter, world.replica())
    (tmp_path / "replica" / "TUR.0" / "entries-000000010000.jsonl").mkdir()
    with pytest.raises(Unreachable) as refused:
        verify_replica(tmp_path / "replica")
    assert refused.value.code == "replica-unreadable"
