# SPDX-License-Identifier: Apache-2.0
"""What a witness is asked and answers: C2SP tlog-witness, status by status."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.errors import NotVerified
from steerclear.record import (
    AddCheckpoint,
    Checkpoint,
    Note,
    NoteSignature,
    Verdict,
    Witnessed,
    judge_request,
    origin_hash,
    parse_add_checkpoint,
    parse_note,
    print_add_checkpoint,
    sign_checkpoint,
)

if TYPE_CHECKING:
    from tests.record.conftest import World

# C2SP tlog-witness, the example request.
PUBLISHED = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku\
9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6Q\
UXTS5Rovnzv++qbSzm9Q=
""".encode()
HASH = base64.b64encode(bytes(32))


def test_the_published_request_prints_back_to_the_same_bytes() -> None:
    request = parse_add_checkpoint(PUBLISHED)
    assert (request.old_size, len(request.proof), len(request.note.signatures)) == (20_852_014, 4, 2)
    assert print_add_checkpoint(request) == PUBLISHED


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 2**53 - 1), st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=63))
def test_requests_are_exact_inverses(old: int, proof: list[str]) -> None:
    request = AddCheckpoint(old, tuple(proof), parse_add_checkpoint(PUBLISHED).note)
    assert parse_add_checkpoint(print_add_checkpoint(request)) == request


REFUSED_REQUESTS = {
    "nothing": b"",
    "no old size": PUBLISHED.partition(b"\n")[2],
    "leading zero": PUBLISHED.replace(b"old 2", b"old 02"),
    "sign": PUBLISHED.replace(b"old 2", b"old +2"),
    "two spaces": PUBLISHED.replace(b"old 2", b"old  2"),
    "other digits": PUBLISHED.replace(b"old 2", "old ٢".encode()),
    "out of range": PUBLISHED.replace(b"old 20852014", b"old 9007199254740992"),
    "short hash": PUBLISHED.replace(b"PlRN", b""),
    "hash not canonical": PUBLISHED.replace(b"pkaw=", b"pkax="),
    "64 hashes": PUBLISHED.replace(b"\n\n", b"\n" + (HASH + b"\n") * 60 + b"\n", 1),
    "carriage return": PUBLISHED.replace(b"14\n", b"14\r\n"),
    "no checkpoint": PUBLISHED.partition(b"\n\n")[0] + b"\n\n",
    "no blank line": b"old 0\n",
    "too large": PUBLISHED + b"x" * 300_000,
}


@pytest.mark.parametrize("data", REFUSED_REQUESTS.values(), ids=REFUSED_REQUESTS)
def test_a_request_with_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotVerified):
        parse_add_checkpoint(data)


@pytest.fixture
def witnessed(world: World) -> Witnessed:
    """TUR's log as its witness has cosigned its first two entries."""
    log = world.talk(2).logs["TUR"]
    return Witnessed((world.keys["TUR"].node.public,), 2, log.root_at(2))


def asked(world: World, old: int = 2) -> AddCheckpoint:
    log = world.logs["TUR"]
    return AddCheckpoint(old, log.consistency(old, log.size) if old else (), world.note("TUR"))


def test_growth_that_is_proven_is_cosigned(world: World, witnessed: Witnessed) -> None:
    origin = world.logs["TUR"].origin
    assert judge_request(asked(world), {origin: witnessed}) is Verdict.COSIGN
    newest = Witnessed(witnessed.keys, world.logs["TUR"].size, world.logs["TUR"].root)
    again = AddCheckpoint(newest.size, (), world.note("TUR"))
    assert judge_request(again, {origin: newest}) is Verdict.COSIGN


def test_a_log_that_was_never_cosigned_begins_from_nothing(world: World, witnessed: Witnessed) -> None:
    fresh = Witnessed(witnessed.keys)
    origin = world.logs["TUR"].origin
    assert judge_request(asked(world, 0), {origin: fresh}) is Verdict.COSIGN
    with_proof = replace(asked(world, 0), proof=("ab" * 32,))
    assert judge_request(with_proof, {origin: fresh}) is Verdict.NOT_CONSISTENT


def test_an_empty_log_has_the_root_of_nothing(world: World, witnessed: Witnessed) -> None:
    keys, origin = world.keys["TUR"], world.logs["TUR"].origin
    fresh = {origin: Witnessed(witnessed.keys)}
    for root, verdict in ((Witnessed(()).root, Verdict.COSIGN), ("00" * 32, Verdict.NOT_CONSISTENT)):
        note = sign_checkpoint(Checkpoint(origin, 0, root), public=keys.node.public, signer=keys.node)
        assert judge_request(AddCheckpoint(0, (), note), fresh) is verdict


def test_every_other_request_gets_its_number(world: World, witnessed: Witnessed) -> None:
    log, request = world.logs["TUR"], asked(world)
    logs = {log.origin: witnessed}
    false = Note(
        request.note.text,
        (NoteSignature(log.origin, request.note.signatures[0].key_id, bytes(64)),),
    )
    by_another = sign_checkpoint(
        log.checkpoint(), public=world.keys["ISR"].node.public, signer=world.keys["ISR"].node
    )
    wanted = {
        Verdict.UNKNOWN_LOG: (request, {}),
        Verdict.OLD_BEYOND_CHECKPOINT: (replace(request, old_size=log.size + 1), logs),
        Verdict.OTHER_SIZE: (replace(request, old_size=3), logs),
        Verdict.NOT_CONSISTENT: (replace(request, proof=request.proof[:-1]), logs),
    }
    for verdict, (given_request, known) in wanted.items():
        assert judge_request(given_request, known) is verdict
    for note in (false, by_another):
        assert judge_request(replace(request, note=note), logs) is Verdict.NOT_SIGNED


def test_a_fork_of_the_same_size_is_not_cosigned(world: World, witnessed: Witnessed) -> None:
    log, keys = world.logs["TUR"], world.keys["TUR"]
    fork = sign_checkpoint(Checkpoint(log.origin, 2, "11" * 32), public=keys.node.public, signer=keys.node)
    assert judge_request(AddCheckpoint(2, (), fork), {log.origin: witnessed}) is Verdict.NOT_CONSISTENT


def test_a_checkpoint_of_another_form_is_refused() -> None:
    request = AddCheckpoint(0, (), parse_note(PUBLISHED.partition(b"\n\n")[2]))
    with pytest.raises(NotVerified) as refused:
        judge_request(request, {})
    assert refused.value.code == "checkpoint-form"


def test_the_checkpoint_of_a_log_is_shown_under_the_hash_of_its_origin() -> None:
    assert origin_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
