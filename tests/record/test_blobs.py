# SPDX-License-Identifier: Apache-2.0
"""Does what does not fit into an entry stand beside it, whole or not at all?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput, NotVerified
from steerclear.record import parse_bundle, print_bundle, verify_record, verify_replica, write_replica
from steerclear.record.blobs import (
    BLOB_BYTES,
    LARGEST_SEALED,
    blob_hash,
    blobs_named,
    decrypt,
    encrypt_beside,
    encrypt_in_leaf,
)
from steerclear.record.bundle import Bundle, Held, LogPart
from steerclear.record.seal import Sealing, open_whole, seal_whole
from steerclear.record.sealed import SealedStatement
from steerclear.record.statement import SignedStatement
from steerclear.record.stretch import stretches_of

if TYPE_CHECKING:
    from tests.record.conftest import World

KEY, COMMITMENT = bytes(32), "ab" * 32


def sealing(world: World, size: int, *recipients: str) -> tuple[SignedStatement, Sealing]:
    signed = world.say("TUR", "signal.send", {"text": "x" * size})
    keys = [world.keys[name].opening for name in ("TUR", *recipients)]
    return signed, seal_whole(
        signed, mechanism=world.mechanism, author="TUR", recipients=keys, random=world.random
    )


def by_hash(blobs: tuple[bytes, ...]) -> dict[str, bytes]:
    return {blob_hash(blob): blob for blob in blobs}


def reading(world: World, sealed: SealedStatement, beside: dict[str, bytes]) -> SignedStatement:
    keys = [world.keys["ISR"].recipient]
    return open_whole(
        sealed, mechanism=world.mechanism, author="TUR", member="ISR", keys=keys, beside=beside
    ).statement


@pytest.mark.parametrize(
    ("size", "count"), [(20_000, 0), (30_000, 1), (40_000, 1), (49_000, 2), (200_000, 8)]
)
def test_what_does_not_fit_stands_in_a_power_of_two_of_blobs(bare: World, size: int, count: int) -> None:
    signed, made = sealing(bare, size, "ISR")
    assert len(made.blobs) == count
    assert {len(blob) for blob in made.blobs} <= {BLOB_BYTES}
    assert reading(bare, made.sealed, by_hash(made.blobs)) == signed


def test_many_recipients_leave_less_room_in_the_entry(bare: World) -> None:
    few, many = sealing(bare, 19_000, "ISR")[1], sealing(bare, 19_000, "ISR", "AZE", "MSF")[1]
    assert (len(few.blobs), len(many.blobs)) == (0, 0)
    crowd = [replace(bare.keys["ISR"].opening, member=f"ISR{number}") for number in range(12)]
    signed = bare.say("TUR", "signal.send", {"text": "x" * 19_000})
    keys = [bare.keys["TUR"].opening, *crowd]
    made = seal_whole(signed, mechanism=bare.mechanism, author="TUR", recipients=keys, random=bare.random)
    assert len(made.blobs) == 1


def test_the_largest_and_no_more(bare: World) -> None:
    del bare
    blobs = encrypt_beside(KEY, COMMITMENT, bytes(LARGEST_SEALED))
    sealed = SealedStatement(COMMITMENT, None, tuple(map(blob_hash, blobs)), (), "cd" * 16, None)
    assert len(blobs) == 64
    assert decrypt(sealed, KEY, by_hash(blobs)) == bytes(LARGEST_SEALED)
    with pytest.raises(BadInput) as refused:
        encrypt_beside(KEY, COMMITMENT, bytes(LARGEST_SEALED + 1))
    assert refused.value.code == "seal-too-large"


def test_a_blob_that_is_missing_false_or_in_another_place_opens_nothing(bare: World) -> None:
    _, made = sealing(bare, 100_000, "ISR")
    beside = by_hash(made.blobs)
    names = made.sealed.blobs
    assert names is not None
    first, second = names[:2]
    cases = {
        "blob-missing": (made.sealed, {name: blob for name, blob in beside.items() if name != second}),
        "blob-false": (made.sealed, {**beside, second: beside[first]}),
        "seal-ciphertext": (replace(made.sealed, blobs=(second, first, *names[2:])), beside),
    }
    for code, (sealed, held) in cases.items():
        with pytest.raises(NotVerified) as refused:
            reading(bare, sealed, held)
        assert refused.value.code == code
    with pytest.raises(NotVerified) as refused:
        reading(bare, made.sealed, {**beside, second: beside[second][:-1]})
    assert refused.value.code == "blob-false"


def test_a_padding_that_could_be_shorter_is_refused(bare: World) -> None:
    del bare
    blobs = encrypt_beside(KEY, COMMITMENT, bytes(70_000)) + encrypt_beside(KEY, COMMITMENT, b"")[:0]
    short = encrypt_beside(KEY, COMMITMENT, bytes(10))
    assert len(blobs) == 2
    sealed = SealedStatement(COMMITMENT, None, tuple(map(blob_hash, blobs[:1])), (), "cd" * 16, None)
    with pytest.raises(NotVerified) as refused:
        decrypt(sealed, KEY, by_hash(blobs))
    assert refused.value.code == "seal-padding"
    in_leaf = SealedStatement(
        COMMITMENT, encrypt_in_leaf(KEY, COMMITMENT, b"said"), None, (), "cd" * 16, None
    )
    assert decrypt(in_leaf, KEY, {}) == b"said"
    one = SealedStatement(COMMITMENT, None, (blob_hash(short[0]),), (), "cd" * 16, None)
    assert decrypt(one, KEY, by_hash(short)) == bytes(10)


def test_the_form_takes_only_powers_of_two(bare: World) -> None:
    with pytest.raises(NotVerified) as refused:
        replace(sealing(bare, 40_000, "ISR")[1].sealed, blobs=("ab" * 32,) * 3)
    assert refused.value.code == "sealed-size"


def test_an_entry_says_which_blobs_it_has_before_it_is_read(world: World) -> None:
    _, made = sealing(world, 100_000, "ISR")
    entry = world.write("TUR", made.sealed)
    assert blobs_named(entry) == made.sealed.blobs
    assert blobs_named(world.write("TUR", world.say("TUR", "signal.send", {"text": '"blobs":['}))) == ()


def test_a_bundle_carries_blobs_after_everything_else(world: World) -> None:
    _, made = sealing(world, 40_000, "ISR")
    part = LogPart("TUR", 0, 0, (world.write("TUR", made.sealed),))
    bundle = Bundle(world.mechanism, "TUR", 0, {"TUR": Held(0, 1)}, (part,), blobs=made.blobs)
    printed = print_bundle(bundle)
    assert parse_bundle(printed) == bundle
    for false in (
        printed.replace(b'"blobs":1', b'"blobs":0'),
        printed.replace(b'"blobs":1', b'"blobs":2'),
        printed[:-9] + "é".encode() + printed[-7:],
        printed[:-9] + b"AAA=\n",
    ):
        with pytest.raises(NotVerified):
            parse_bundle(false)


def test_a_record_that_lacks_a_blob_or_holds_another_does_not_verify(world: World, tmp_path: Path) -> None:
    _, made = sealing(world, 40_000, "ISR")
    world.add("TUR", made.sealed)
    whole, lacking = tmp_path / "whole", tmp_path / "lacking"
    write_replica(whole, world.charter, world.replica(), made.blobs)
    write_replica(lacking, world.charter, world.replica())
    report = verify_replica(whole)
    assert (report.is_verified, report.counts.blobs) == (True, 1)
    assert [one.code for one in verify_replica(lacking).failures] == ["blob-missing"]
    [blob] = (whole / "blobs").iterdir()
    blob.write_bytes(bytes(BLOB_BYTES))
    (whole / "blobs" / "notes.txt").write_text("mine")
    report = verify_replica(whole)
    assert [one.code for one in report.failures] == ["blob-false"]
    assert [one.code for one in report.doubts] == ["replica-stray"]


def test_a_record_that_is_given_without_blobs_lacks_them_in_any_number_of_processes(world: World) -> None:
    _, made = sealing(world, 40_000, "ISR")
    world.add("TUR", made.sealed)
    for processes in (1, 2):
        report = verify_record(world.charter, world.replica(), processes=processes)
        assert [one.code for one in report.failures] == ["blob-missing"]
    keys = {one.keyid: one.public for one, _, _ in world.logs["TUR"].keys.rows()}
    entries = world.entries["TUR"]
    runs = list(stretches_of(entries, 0, charter=world.charter, member="TUR", generation=0, keys=keys))
    assert sum(run.size for run in runs) < len(entries) - 2
