# SPDX-License-Identifier: Apache-2.0
"""Does a seed repeat itself, does the machine not, and what does a desk hear?"""

from __future__ import annotations

import asyncio
import io

from steerclear.links.notifier import Alarm, ConsoleBell, MemoryEars
from steerclear.links.randomness import SeededRandomness, SystemRandomness
from steerclear.model.time import parse_instant

STOP = Alarm(
    member="TUR",
    desk="air",
    cause="stop",
    about="0f" * 16,
    rung=2,
    sounds=True,
    at=parse_instant("2025-04-09T12:00:00.000Z"),
)


def test_one_seed_gives_one_stream_for_ever() -> None:
    first, second = SeededRandomness("one"), SeededRandomness("one")
    drawn = [first.bytes(16), first.bytes(32)]
    assert drawn == [second.bytes(16), second.bytes(32)]
    assert drawn[0] != drawn[1][:16]
    assert SeededRandomness("two").bytes(16) != drawn[0]
    # The promise is "for ever": plays and simulations cite their seeds.
    assert drawn[0].hex() == "d56fac72aecb7f5155a5eda9f2b3ac95"


def test_forked_streams_do_not_disturb_each_other() -> None:
    trunk = SeededRandomness("one")
    before = trunk.fork("TUR").bytes(16)
    trunk.bytes(100)
    assert trunk.fork("TUR").bytes(16) == before
    assert trunk.fork("ISR").bytes(16) != before
    assert SeededRandomness("a/b").fork("c").bytes(8) != SeededRandomness("a").fork("b/c").bytes(8)


def test_the_machine_does_not_repeat_itself() -> None:
    random = SystemRandomness()
    assert len(random.bytes(32)) == 32
    assert random.bytes(32) != random.bytes(32)


def test_ears_keep_what_was_rung_in_order() -> None:
    ears = MemoryEars()
    asyncio.run(ears.ring(STOP))
    assert ears.rung == (STOP,)


def test_the_bell_says_call_the_desk_and_nothing_of_the_matter() -> None:
    stream = io.StringIO()
    asyncio.run(ConsoleBell(stream).ring(STOP))
    assert stream.getvalue() == "\a2025-04-09T12:00:00.000Z call the air desk of TUR (rung 2)\n"
