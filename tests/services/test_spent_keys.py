# SPDX-License-Identifier: Apache-2.0
"""Is a recipient key destroyed when its day is over for everybody, and is what was opened still there?"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.conftest import Channel, area, copy_of, ratified

from steerclear.links.keyfile import FolderShelf, KeyName, Unencrypted
from steerclear.links.keystore import FileKeystore
from steerclear.links.randomness import SeededRandomness
from steerclear.services.spent_keys import note_verified_backup
from steerclear.services.workings import Workings

TODAY = KeyName("recipient", "2025-04-10")
NEXT_DAY = "2025-04-11T00:30:00.000Z"
LAST_DAY = "2025-05-15T23:59:59.999Z"
TOO_LATE = "2025-05-16T00:00:00.000Z"


@pytest.fixture(scope="module")
def filed() -> Channel:
    """TUR has filed a notice, sealed to all; everybody has it."""
    channel = ratified()
    channel.file("TUR", area("depot", "TUR", kind="hazard"))
    return channel


@pytest.fixture
def channel(filed: Channel) -> Channel:
    return copy_of(filed)


def backed_up(node: Workings) -> None:
    ledger = node.ledger
    note_verified_backup(ledger, {name: (log.generation, log.size) for name, log in ledger.logs.items()})


def pass_the_day(channel: Channel) -> None:
    """Every log gets an entry on the next day."""
    channel.at(NEXT_DAY)
    for member in ("TUR", "ISR"):
        start, end = "2025-04-11T02:00:00Z", "2025-04-11T04:00:00Z"
        channel.file(member, area("later", member, kind="hazard", start=start, end=end))


def test_it_goes_when_all_have_passed_its_day_and_the_openings_are_backed_up(channel: Channel) -> None:
    node = channel.node("ISR")
    said = channel.notice("ISR", "depot")
    assert node.spent_keys.destroy() == ()
    pass_the_day(channel)
    assert "the openings are in no verified backup" in node.spent_keys.kept_because["2025-04-10"]
    backed_up(node)
    assert node.spent_keys.destroy() == (), "it looks again after ten minutes, not at once"
    channel.at("2025-04-11T00:45:00.000Z")
    assert node.spent_keys.destroy() == (TODAY,)
    assert not node.ledger.keys.has(TODAY)
    assert node.ledger.keys.has(KeyName("recipient", "2025-04-11"))
    again = channel.restart("ISR", store=channel.stations["ISR"].store)
    assert again.notice(said.id).ref == "depot"
    assert again.ledger.unreadable == {}


def test_a_member_whose_log_stays_behind_keeps_it(channel: Channel) -> None:
    node = channel.node("ISR")
    channel.cut.update({frozenset({"ISR", "TUR"}), frozenset({"AZE", "TUR"})})
    pass_the_day(channel)
    backed_up(node)
    channel.at("2025-04-11T00:50:00.000Z")
    assert node.spent_keys.destroy() == ()
    assert node.spent_keys.kept_because["2025-04-10"] == ("the logs of TUR have not passed its day",)


def test_a_backup_that_is_older_than_its_entries_is_none(channel: Channel) -> None:
    node = channel.node("ISR")
    note_verified_backup(node.ledger, {name: (log.generation, 1) for name, log in node.ledger.logs.items()})
    pass_the_day(channel)
    channel.at("2025-04-11T00:45:00.000Z")
    assert node.spent_keys.destroy() == ()
    assert node.spent_keys.kept_because["2025-04-10"] == ("the openings are in no verified backup",)


def test_the_author_seals_again_what_was_unread_and_then_it_goes(channel: Channel) -> None:
    """The content key is wrapped for the author's key of the next day, too, so nothing hangs on this one."""
    channel.at("05:20")
    channel.stations["ISR"].keys.forget(TODAY)
    channel.file("TUR", area("unread", "TUR", kind="hazard", start="2025-04-10T22:00:00Z",
                             end="2025-04-10T23:00:00Z"))  # fmt: skip
    node = channel.node("TUR")
    pass_the_day(channel)
    assert channel.notice("ISR", "unread").ref == "unread"
    backed_up(node)
    channel.at("2025-04-11T00:50:00.000Z")
    assert node.spent_keys.destroy() == (TODAY,)


def test_after_35_days_it_goes_and_what_was_unread_is_named(channel: Channel) -> None:
    shelf = channel.stations["ISR"].keys._shelf
    secret = shelf.get(TODAY)
    channel.stations["ISR"].keys.forget(TODAY)
    channel.at("05:30")
    channel.cut.add(frozenset({"ISR", "AZE"}))
    channel.file("TUR", area("unread", "TUR", kind="hazard", start="2025-04-10T22:00:00Z",
                             end="2025-04-10T23:00:00Z"), settle=False)  # fmt: skip
    channel.exchange("ISR", "TUR")
    channel.exchange("ISR", "TUR")
    node = channel.node("ISR")
    ((unread, _),) = node.ledger.unreadable.items()
    node.ledger.unreadable.clear()  # as if the node had ended before its beat
    shelf.put(TODAY, secret)
    channel.at(LAST_DAY)
    node.spent_keys.destroy()
    assert node.ledger.keys.has(TODAY)
    channel.at("2025-05-16T00:10:00.000Z")
    gone = node.spent_keys.destroy()
    assert TODAY in gone
    assert set(node.ledger.unreadable) == {unread}
    assert "destroyed before it could be opened" in node.ledger.unreadable[unread][1]
    assert node.ledger.beat_owed


def test_its_file_is_gone_and_holds_the_key_no_more(channel: Channel, tmp_path: Path) -> None:
    station = channel.stations["ISR"]
    keys = FileKeystore.create(tmp_path / "keys", Unencrypted(), SeededRandomness("file").bytes)
    shelf = FolderShelf(tmp_path / "keys", Unencrypted())
    for name in station.keys.names():
        shelf.put(name, station.keys._take(name))
    station.keys = keys  # type: ignore[assignment]  # the product's own keystore in the place of one in memory
    node = channel.restart("ISR", store=station.store)
    path = tmp_path / "keys" / "recipient-2025-04-10.json"
    secret = station.keys._take(TODAY).hex()
    (tmp_path / "copy").hardlink_to(path)  # what stays of the file itself
    assert secret in path.read_text()
    channel.at(TOO_LATE)
    assert TODAY in node.spent_keys.destroy()
    assert not path.exists()
    assert set((tmp_path / "copy").read_bytes()) == {0}
    assert secret not in "".join(one.read_text() for one in (tmp_path / "keys").iterdir())
    assert (
        FileKeystore(tmp_path / "keys", Unencrypted(), SeededRandomness("x").bytes)
        .recipients()
        .keys()
        .isdisjoint({"2025-04-10"})
    )


def test_a_key_that_was_never_named_goes_by_its_label(channel: Channel) -> None:
    node = channel.node("ISR")
    stray = KeyName("recipient", "2025-02-01")
    node.ledger.keys.make_recipient(stray)
    assert node.spent_keys.destroy() == (stray,)
