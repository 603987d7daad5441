# SPDX-License-Identifier: Apache-2.0
"""Is ``log.resume`` read as it was written, and is everything else refused?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import NotVerified
from steerclear.record import verify_record
from steerclear.record.resume import Resume, read_resume_body, resume_body

if TYPE_CHECKING:
    from tests.record.conftest import World

RESUMED = Resume(size=7, root="ab" * 32, heard=("ISR",), reason="every line is cut")


def test_it_is_read_as_it_was_written() -> None:
    assert read_resume_body(resume_body(RESUMED)) == RESUMED


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"root": "ab"},
        {"heard": "ISR"},
        {"heard": ["isr"]},
        {"reason": ""},
        {"reason": "two\nlines"},
        {"more": 1},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NotVerified):
        read_resume_body({**resume_body(RESUMED), **change})


def test_a_reader_of_the_record_is_told_that_a_person_went_on(world: World) -> None:
    log = world.logs["TUR"]
    resumed = Resume(size=log.size, root=log.root, heard=("ISR",), reason="every line is cut")
    world.add("TUR", world.say("TUR", "log.resume", resume_body(resumed), signers=[world.keys["TUR"].node]))
    report = verify_record(world.charter, world.replica())
    assert report.is_verified
    [doubt] = report.doubts
    assert (doubt.code, doubt.member, doubt.seq) == ("log-resumed", "TUR", resumed.size)
    assert doubt.what.endswith("having heard of ISR, because: every line is cut")


def test_one_that_had_heard_of_nobody_says_so(world: World) -> None:
    log = world.logs["ISR"]
    resumed = Resume(size=log.size, root=log.root, heard=(), reason="alone")
    world.add("ISR", world.say("ISR", "log.resume", resume_body(resumed), signers=[world.keys["ISR"].node]))
    [doubt] = verify_record(world.charter, world.replica()).doubts
    assert "having heard of nobody" in doubt.what


@pytest.mark.parametrize(("change", "code"), [({"root": "ab" * 32}, "resume-mismatch"), ({"more": 1}, None)])
def test_one_that_names_another_history_fails(world: World, change: dict[str, Any], code: str | None) -> None:
    log = world.logs["TUR"]
    body = resume_body(Resume(size=log.size, root=log.root, heard=(), reason="alone"))
    signers = [world.keys["TUR"].node]
    world.add("TUR", world.say("TUR", "log.resume", {**body, **change}, signers=signers))
    [failure] = verify_record(world.charter, world.replica()).failures
    assert (failure.member, failure.seq) == ("TUR", log.size - 1)
    assert code is None or failure.code == code
