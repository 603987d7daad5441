# SPDX-License-Identifier: Apache-2.0
"""Does a node that came back write nothing before it knows that its log ends where it stands?"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from steerclear.errors import BadInput, NotKept, NotVerified, Refused
from steerclear.model.member import MemberId
from steerclear.node import compose
from steerclear.record.resume import Resume, read_resume_body
from steerclear.services import requests as ask
from steerclear.services.ledger import RESTORED
from steerclear.services.workings import Workings
from steerclear.store.highwater import HighWater, Mark
from steerclear.store.machine import Forgetful, forget, on_this_machine
from steerclear.store.memory import MemoryDisk, MemoryStore

CALL = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",))


class Remembered:
    """A machine's memory; ``fails_with`` makes it fail."""

    def __init__(self, mark: Mark | None = None) -> None:
        self.mark = mark
        self.fails_with: NotKept | None = None

    def read(self) -> Mark | None:
        return self.mark

    def keep(self, mark: Mark) -> None:
        if self.fails_with is not None:
            raise self.fails_with
        self.mark = mark


def start(
    channel: Any, member: str = "TUR", *, disk: MemoryDisk | None = None, machine: Any = None
) -> Workings:
    """A process on a machine that was switched off since, over this disk."""
    station = channel.stations[member]
    station.disk = disk if disk is not None else station.disk
    station.store = MemoryStore(station.disk)
    station.node = node = compose(
        channel.charter,
        MemberId(member),
        store=station.store,
        keys=station.keys,
        clock=channel.clock,
        randomness=station.randomness,
        high_water=station.mark,
        places=channel.node("AZE")._verbs[ask.CallStop].keywords["places"],
        machine=machine if machine is not None else Remembered(),
    )
    return node


def tell(channel: Any, by: str, to: Workings) -> None:
    """``by`` learns what ``to`` holds, and answers."""
    to.take(by, channel.node(by).answer(str(to.ledger.me), to.make(by)))


def file_at(node: Workings, feature: Any, drawn: Any) -> Any:
    return node.do(ask.FileNotices(desk="air", geojson=drawn(feature), level="L0"))[0]


def why_closed(node: Workings) -> str:
    status = node.status({})
    assert not status.accepting
    return status.because or ""


def old_image(channel: Any) -> tuple[MemoryDisk, Any]:
    """The whole machine's disk, the mark with it."""
    station = channel.stations["TUR"]
    return copy.deepcopy(station.disk), copy.deepcopy(station.mark)


# ---- nobody reachable --------------------------------------------------------------------------------------


def test_with_nobody_reachable_nothing_is_appended(channel: Any, draw: Any, drawn: Any) -> None:
    tur = start(channel)
    size = tur.ledger.own.size
    with pytest.raises(Refused) as refused:
        file_at(tur, draw("depot", "TUR"), drawn)
    assert refused.value.code == "own-log-unasked"
    channel.at("23:00")
    tur.step()
    assert tur.ledger.own.size == size, "no time that passes makes it sure"
    assert "no other member's node has answered" in why_closed(tur)


def test_a_stop_goes_out_and_is_answered_meanwhile(channel: Any) -> None:
    tur = start(channel)
    (called,) = tur.do(CALL)
    assert called.seq is None
    isr = channel.node("ISR")
    isr.take("TUR", tur.make("ISR"))
    assert isr.stop(called.id).seen == "fire"


def test_it_signs_no_checkpoint_and_cosigns_none_meanwhile(channel: Any, draw: Any) -> None:
    """What it signed and cosigned since its disk was copied it does not know."""
    channel.file("TUR", draw("depot", "TUR", level="L0"), settle=False)
    channel.file("ISR", draw("range", "ISR", lat=35.1123, level="L0"), settle=False)
    tur = start(channel)
    tell(channel, "ISR", tur)
    tell(channel, "ISR", tur)
    assert tur.ledger.logs["ISR"].size == channel.size("ISR")
    assert tur.ledger.notes.newest_size("TUR") < tur.ledger.own.size
    assert "TUR" not in tur.ledger.notes.cosigners("ISR")


def test_an_operator_confirms_and_that_is_an_entry(channel: Any, draw: Any, drawn: Any) -> None:
    tur = start(channel)
    size, root = tur.ledger.own.size, tur.ledger.own.root
    (receipt,) = tur.do(ask.ConfirmLog(reason="every line is cut"))
    assert (receipt.kind, receipt.seq) == ("log.resume", size)
    (entry,) = tur.ledger.store.entries("TUR", 0, size, size + 1)
    said = tur.ledger.said_in(entry)
    assert said is not None
    assert read_resume_body(said.statement.body) == Resume(size, root, (), "every line is cut")
    assert file_at(tur, draw("depot", "TUR"), drawn).seq == size + 1
    with pytest.raises(Refused) as refused:
        tur.do(ask.ConfirmLog(reason="again"))
    assert refused.value.code == "own-log-open"
    channel.settle()
    assert channel.node("ISR").ledger.sizes() == tur.ledger.sizes()


def test_a_confirmation_that_could_not_be_written_is_none(channel: Any) -> None:
    tur = start(channel)
    channel.stations["TUR"].mark.fails_with = NotKept("high-water-not-kept", "No.", remedy="Make room.")
    with pytest.raises(NotKept):
        tur.do(ask.ConfirmLog(reason="every line is cut"))
    assert not tur.ledger.is_open()


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 201])
def test_a_confirmation_says_why(channel: Any, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        start(channel).do(ask.ConfirmLog(reason=reason))
    assert refused.value.code == "confirm-reason"


def test_what_is_known_to_be_missing_cannot_be_confirmed_away(channel: Any, draw: Any) -> None:
    image, _ = old_image(channel)
    channel.file("TUR", draw("depot", "TUR", level="L0"))
    tur = start(channel, disk=image)
    with pytest.raises(Refused) as refused:
        tur.do(ask.ConfirmLog(reason="every line is cut"))
    assert refused.value.code == "own-log-behind"


# ---- somebody answers --------------------------------------------------------------------------------------


def test_one_answer_is_enough_after_half_a_minute(channel: Any) -> None:
    tur = start(channel)
    tell(channel, "AZE", tur)
    assert "ISR have half a minute" in why_closed(tur)
    channel.at("05:10:31")
    assert tur.ledger.is_open()


def test_all_answers_are_enough_at_once(channel: Any) -> None:
    tur = start(channel)
    tell(channel, "AZE", tur)
    tell(channel, "ISR", tur)
    assert tur.ledger.is_open()


def test_an_image_of_the_whole_machine_takes_back_what_is_missing(
    channel: Any, draw: Any, drawn: Any
) -> None:
    """Its mark came back with it, so nothing here knows better; its peers do."""
    image, mark = old_image(channel)
    filed = channel.file("TUR", draw("depot", "TUR", level="L0"))
    size = channel.size("TUR")
    channel.stations["TUR"].mark.mark = mark.mark
    tur = start(channel, disk=image)
    assert tur.ledger.own.size < size
    tell(channel, "ISR", tur)
    tell(channel, "ISR", tur)
    tell(channel, "AZE", tur)
    assert tur.ledger.own.size >= size
    assert tur.notice(filed.id).ref == "depot"
    file_at(tur, draw("other", "TUR", lat=35.5, level="L0"), drawn)
    channel.settle()
    assert not [
        a for m in channel.stations for a in channel.node(m).status({}).alarms if "STOP THE LINE" in a
    ]


def test_entries_that_no_checkpoint_covers_yet_are_taken_back_too(channel: Any, draw: Any) -> None:
    """A peer had the entries and not yet the checkpoint over them when the machine was lost."""
    image, mark = old_image(channel)
    channel.file("TUR", draw("depot", "TUR", level="L0"), settle=False)
    lost = list(channel.node("TUR").ledger.store.leaves("TUR", 0, channel.sizes["TUR"]))
    channel.node("ISR").ledger.take_in("TUR", channel.sizes["TUR"], lost)
    channel.stations["TUR"].mark.mark = mark.mark
    tur = start(channel, disk=image)
    isr = channel.node("ISR")
    tur.take("ISR", isr.make("TUR"))
    channel.at("05:12")
    assert "ISR say that they hold more" in why_closed(tur)
    tell(channel, "ISR", tur)
    assert tur.ledger.own.size == channel.sizes["TUR"] + len(lost)
    assert tur.ledger.is_open()


def test_once_it_has_written_a_stranger_to_its_log_is_a_thief(channel: Any) -> None:
    tur = start(channel)
    tur.do(ask.ConfirmLog(reason="every line is cut"))
    with pytest.raises(NotVerified) as refused:
        tur.ledger.take_in("TUR", tur.ledger.own.size, [b"something"])
    assert refused.value.code == "own-log-by-another"


# ---- a restored backup -------------------------------------------------------------------------------------


def restored(channel: Any, disk: MemoryDisk) -> Workings:
    MemoryStore(disk).keep_fact(RESTORED, b"2025-04-10T05:10:00.000Z")
    return start(channel, disk=disk)


def test_a_restored_copy_asks_every_peer_however_long_it_takes(channel: Any, draw: Any, drawn: Any) -> None:
    image, mark = old_image(channel)
    channel.stations["TUR"].mark.mark = mark.mark
    tur = restored(channel, image)
    tell(channel, "AZE", tur)
    channel.at("09:00")
    assert "restored from a backup, and ISR could not be asked" in why_closed(tur)
    tell(channel, "ISR", tur)
    assert tur.ledger.is_open()
    file_at(tur, draw("depot", "TUR", start="2025-04-10T19:00:00Z", end="2025-04-10T20:00:00Z"), drawn)
    assert not tur.ledger.store.fact(RESTORED), "it is the log's only home from now on"


def test_a_restored_copy_goes_on_when_an_operator_confirms(channel: Any) -> None:
    tur = restored(channel, old_image(channel)[0])
    tell(channel, "AZE", tur)
    (receipt,) = tur.do(ask.ConfirmLog(reason="ISR is cut off for weeks"))
    assert receipt.seq is not None
    (entry,) = tur.ledger.store.entries("TUR", 0, receipt.seq, receipt.seq + 1)
    said = tur.ledger.said_in(entry)
    assert said is not None
    assert read_resume_body(said.statement.body).heard == ("AZE",)


# ---- what the machine remembers ----------------------------------------------------------------------------


def test_a_process_that_is_started_again_asks_nobody(channel: Any, draw: Any, drawn: Any) -> None:
    memory = Remembered()
    tur = start(channel, machine=memory)
    tur.do(ask.ConfirmLog(reason="every line is cut"))
    tur = start(channel, machine=memory)
    assert tur.ledger.is_open()
    # Killed between its disk and its marks, it finds a little more on the disk than was remembered.
    memory.mark = Mark(0, tur.ledger.own.size - 1, tur.ledger.own.root_at(tur.ledger.own.size - 1))
    assert start(channel, machine=memory).ledger.is_open()


def test_an_older_copy_on_the_same_machine_is_caught_by_its_memory(channel: Any, draw: Any) -> None:
    memory = Remembered()
    image, mark = old_image(channel)
    tur = start(channel, machine=memory)
    tur.do(ask.ConfirmLog(reason="every line is cut"))
    channel.stations["TUR"].mark.mark = mark.mark
    tur = start(channel, disk=image, machine=memory)
    with pytest.raises(Refused) as refused:
        tur.do(ask.ConfirmLog(reason="every line is cut"))
    assert refused.value.code == "own-log-behind"


def test_another_history_is_not_what_the_machine_remembers(channel: Any) -> None:
    own = channel.node("TUR").ledger.own
    assert not start(channel, machine=Remembered(Mark(0, own.size, "00" * 32))).ledger.is_open()
    assert not start(channel, machine=Remembered(Mark(1, own.size, own.root))).ledger.is_open()


def test_a_memory_that_is_full_keeps_nobody_from_writing(channel: Any, draw: Any, drawn: Any) -> None:
    memory = Remembered()
    tur = start(channel, machine=memory)
    memory.fails_with = NotKept("high-water-not-kept", "No.", remedy="Make room.")
    tur.do(ask.ConfirmLog(reason="every line is cut"))
    assert memory.mark is None
    assert file_at(tur, draw("depot", "TUR"), drawn).seq is not None


def test_a_memory_of_another_history_stops_it(channel: Any) -> None:
    memory = Remembered()
    tur = start(channel, machine=memory)
    memory.fails_with = NotKept("high-water-falls", "It had more.", remedy="Fetch what is missing.")
    with pytest.raises(NotKept):
        tur.do(ask.ConfirmLog(reason="every line is cut"))


def test_a_mark_that_cannot_be_read_closes_the_log(channel: Any, tmp_path: Any) -> None:
    (tmp_path / "high-water").write_text("steerclear high-water 1\n")
    channel.stations["TUR"].mark = HighWater(tmp_path / "high-water")
    channel.stations["TUR"].store = MemoryStore(channel.stations["TUR"].disk)
    tur = channel.restart("TUR")
    assert not tur.ledger.is_open()
    assert "high-water-damaged" in why_closed(tur)


# ---- the machine's memory itself ---------------------------------------------------------------------------


def test_what_was_kept_is_remembered_and_forgotten(tmp_path: Any) -> None:
    mark = Mark(0, 3, "ab" * 32)
    with on_this_machine(b"k" * 32, memory=tmp_path) as memory:
        assert memory is not None
        memory.keep(mark)
    with on_this_machine(b"k" * 32, memory=tmp_path) as memory:
        assert memory is not None
        assert memory.read() == mark
    with on_this_machine(b"l" * 32, memory=tmp_path) as other:
        assert other is not None
        assert other.read() is None
    forget(b"k" * 32, memory=tmp_path)
    with on_this_machine(b"k" * 32, memory=tmp_path) as memory:
        assert memory is not None
        assert memory.read() is None


def test_two_processes_of_one_node_are_refused(tmp_path: Any) -> None:
    with (
        on_this_machine(b"k" * 32, memory=tmp_path),
        pytest.raises(Refused) as refused,
        on_this_machine(b"k" * 32, memory=tmp_path),
    ):
        pass
    assert refused.value.code == "node-twice"


def test_a_memory_that_others_can_write_is_none(tmp_path: Any) -> None:
    with on_this_machine(b"k" * 32, memory=tmp_path / "nowhere") as memory:
        assert memory is None
    with on_this_machine(b"k" * 32, memory=tmp_path):
        (folder,) = tmp_path.iterdir()
    folder.chmod(0o777)
    with on_this_machine(b"k" * 32, memory=tmp_path) as memory:
        assert memory is None


def test_a_machine_without_memory_asks_at_every_start(channel: Any) -> None:
    tur = start(channel, machine=Forgetful())
    tur.do(ask.ConfirmLog(reason="every line is cut"))
    assert not start(channel, machine=Forgetful()).ledger.is_open()
