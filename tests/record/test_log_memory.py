# SPDX-License-Identifier: Apache-2.0
"""Does a log that was recalled from what it remembered go on as the log that it was?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified
from steerclear.record import Log
from steerclear.record.merkle import Tree, leaf_hash
from steerclear.record.said_ids import SaidIds

if TYPE_CHECKING:
    from tests.record.conftest import World


def test_levels_are_those_of_one_tree() -> None:
    for size in range(70):
        tree = Tree()
        for number in range(size):
            tree.append(leaf_hash(bytes([number])))
        again = Tree.of_levels(tree.levels)
        assert [again.root_at(n) for n in range(size + 1)] == [tree.root_at(n) for n in range(size + 1)]
        again.append(leaf_hash(b"next"))
        tree.append(leaf_hash(b"next"))
        assert again.root_at(size + 1) == tree.root_at(size + 1)
        with pytest.raises(ValueError, match="not those of one tree"):
            Tree.of_levels((*tree.levels, b""))
    with pytest.raises(ValueError, match="not those of one tree"):
        Tree.of_levels([bytes(33)])


def test_ids_are_known_as_a_dictionary_knows_them() -> None:
    chance = random.Random(7)
    plain: dict[bytes, bytes | None] = {}
    ids = SaidIds()
    for _ in range(40):
        for _ in range(chance.randrange(9)):
            id_ = chance.choice([*plain, chance.randbytes(16)]) if plain else chance.randbytes(16)
            said = chance.choice([None, chance.randbytes(32)])
            plain.setdefault(id_, said)
            ids.add(id_, said)
        if chance.random() < 0.3:
            ids = SaidIds(ids.rows())
        assert {id_: ids[id_] for id_ in plain} == plain
        other = chance.randbytes(16)
        assert other not in ids
        assert ids.isdisjoint([other])
        assert not (plain and ids.isdisjoint([other, *plain]))
        with pytest.raises(KeyError):
            ids[other]
    with pytest.raises(ValueError, match="a row of an id"):
        SaidIds(b"short")


def test_a_log_goes_on_from_what_it_remembered(world: World) -> None:
    world.talk(4)
    for member, log in world.logs.items():
        entries = world.entries[member]
        again = Log.recalled(world.charter, member, 0, log.memory(), entries.__getitem__)
        assert (again.size, again.root, again.last_at, again.heads) == (
            log.size,
            log.root,
            log.last_at,
            log.heads,
        )
        assert sorted(map(repr, again.keys.rows())) == sorted(map(repr, log.keys.rows()))
        assert again.memory() == log.memory()
    entry = world.add("TUR", world.notice("TUR")).leaf
    assert entry.seq == world.logs["TUR"].size - 1


def test_a_log_of_nothing_remembers_nothing(world: World) -> None:
    empty = Log(world.charter, "TUR")
    again = Log.recalled(world.charter, "TUR", 0, empty.memory(), lambda _: b"")
    assert again.size == 0


def test_another_entry_than_the_one_that_was_remembered_is_refused(world: World) -> None:
    world.talk(4)
    log, entries = world.logs["TUR"], world.entries["TUR"]
    with pytest.raises(NotVerified) as refused:
        Log.recalled(world.charter, "TUR", 0, log.memory(), lambda seq: entries[seq - 1])
    assert refused.value.code == "memory-differs"


def test_rows_of_another_length_are_no_rows() -> None:
    with pytest.raises(ValueError, match="a row of an id has"):
        SaidIds(bytes(50))
