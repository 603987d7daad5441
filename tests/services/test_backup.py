# SPDX-License-Identifier: Apache-2.0
"""Does a backup hold what it says and nothing else, is damage found, and does what comes back wait?"""

from __future__ import annotations

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steerclear.cli.demo.nodes import Scene
from steerclear.errors import BadInput, NotKept, NotVerified, Refused, SteerclearError, Unreachable
from steerclear.links.clock import ScriptedClock
from steerclear.links.keystore import FileKeystore
from steerclear.model.time import parse_instant
from steerclear.node import (
    Passphrase,
    Unencrypted,
    back_up_at_rest,
    change_protection,
    forget_machine,
    node_at_rest,
    restore_node,
)
from steerclear.services import requests as ask
from steerclear.services.backup import TakeBackup, _finish, parse_backup, print_backup, write_backup
from steerclear.services.backup_check import checked_backup, named_backup, note_checked
from steerclear.services.spent_keys import SpentKeys
from steerclear.store.highwater import HighWater
from steerclear.store.machine import forget, on_this_machine

BARE = Unencrypted()
PASSPHRASE = Passphrase("correct horse battery", log_n=14)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Three nodes that were founded and never served; what a test changes it changes on a copy."""
    with Scene() as founded:
        founded.found()
        yield founded


@pytest.fixture(autouse=True)
def _machine(scene: Scene) -> Iterator[None]:
    """The machine remembers the node as it was founded; all copies of it share this memory."""
    key = _storage_key(scene.path("TUR"))
    mark = HighWater(scene.path("TUR") / "high-water").read()
    forget(key)
    with on_this_machine(key) as memory:
        assert memory is not None
        assert mark is not None
        memory.keep(mark)
    yield
    forget(key)


@pytest.fixture
def node(scene: Scene, tmp_path: Path) -> Path:
    shutil.copytree(scene.path("TUR"), tmp_path / "tur")
    return tmp_path / "tur"


@pytest.fixture(scope="module")
def written(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the node as it was founded."""
    folder = tmp_path_factory.mktemp("written")
    shutil.copytree(scene.path("TUR"), folder / "tur")
    back_up_at_rest(folder / "tur", TakeBackup(to=str(folder / "backup"), bare=True), BARE)
    return folder / "backup"


@pytest.fixture
def backup(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "backup")
    return tmp_path / "backup"


def call(folder: Path) -> Any:
    with node_at_rest(folder, BARE) as workings:
        return workings.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure"))[0]


# ---- writing -----------------------------------------------------------------------------------------------


def test_it_holds_what_it_says(written: Path) -> None:
    found = named_backup(written)
    assert (found.member, found.keys) == ("TUR", "bare")
    assert set(found.logs) == {"TUR"}
    names = {str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()}
    assert {"node.db", "steerclear.toml", "TUR.member.json", "backup.json", "SHA256SUMS"} <= names
    assert {"keys/node.json", "keys/storage.json", "tls/private.pem"} <= names
    assert not [name for name in names if "root" in name or name in ("high-water", "lock", "node.db.reserve")]
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (written, *written.rglob("*")))


def test_its_sums_are_those_of_coreutils(written: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=written, check=True)


def test_what_it_says_of_itself_has_one_spelling(written: Path) -> None:
    found = named_backup(written)
    assert parse_backup(print_backup(found), written) == found


def test_keys_of_days_that_are_over_are_not_in_it(node: Path, tmp_path: Path) -> None:
    past = min((node / "keys").glob("recipient-*.json"))
    request = TakeBackup(to=str(tmp_path / "b"), bare=True)
    with node_at_rest(node, BARE) as workings:
        workings.ledger.clock = ScriptedClock(parse_instant("2031-01-01T00:00:00.000Z"))
        found = write_backup(node, request, workings.ledger)
    assert past.exists()
    assert not list((tmp_path / "b" / "keys").glob("recipient-*"))
    assert "recipient keys of days that are over" in found.left_out[-1]


def test_keys_stay_encrypted_in_it(node: Path, tmp_path: Path) -> None:
    change_protection(node, BARE, PASSPHRASE)
    found = back_up_at_rest(node, TakeBackup(to=str(tmp_path / "b")), PASSPHRASE)
    assert found.backup.keys == "encrypted"
    assert (tmp_path / "b" / "keys" / "node.json").read_bytes() == (node / "keys" / "node.json").read_bytes()


def test_bare_keys_go_along_on_the_explicit_word_alone(node: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        back_up_at_rest(node, TakeBackup(to=str(tmp_path / "b")), BARE)
    assert refused.value.code == "backup-bare-keys"
    found = back_up_at_rest(node, TakeBackup(to=str(tmp_path / "b"), keys=False), BARE)
    assert found.backup.keys == "none"
    assert not (tmp_path / "b" / "keys").exists()


def test_nothing_is_overwritten_and_nothing_is_left_behind(node: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for to, code in ((tmp_path / "b", "backup-exists"), (node / "b", "backup-path"), ("b", "backup-path")):
        with pytest.raises(SteerclearError) as refused:
            back_up_at_rest(node, TakeBackup(to=str(to), bare=True), BARE)
        assert refused.value.code == code
    request = TakeBackup(to=str(tmp_path / "c"), bare=True, keys=True)
    (node / "tls" / "odd").mkdir()
    with node_at_rest(node, BARE) as workings, pytest.raises(NotKept) as not_kept:
        write_backup(node, request, workings.ledger)
    assert not_kept.value.code == "backup-not-written"
    assert not list(tmp_path.glob("c*"))


def test_a_backup_that_was_read_back_lets_recipient_keys_die(node: Path, tmp_path: Path) -> None:
    with node_at_rest(node, BARE) as workings:
        assert SpentKeys(workings.ledger)._backup() == {}
    checked = back_up_at_rest(node, TakeBackup(to=str(tmp_path / "b"), bare=True), BARE)
    with node_at_rest(node, BARE) as workings:
        assert SpentKeys(workings.ledger)._backup() == checked.backup.logs


def test_a_backup_that_does_not_read_back_lets_none_die(node: Path, backup: Path) -> None:
    (backup / "node.db").write_bytes((backup / "node.db").read_bytes()[:-1])
    with node_at_rest(node, BARE) as workings:
        with pytest.raises(NotVerified):
            note_checked(workings.ledger, backup)
        assert SpentKeys(workings.ledger)._backup() == {}


def test_a_backup_of_another_node_is_no_backup_of_this(scene: Scene, backup: Path, tmp_path: Path) -> None:
    shutil.copytree(scene.path("ISR"), tmp_path / "isr")
    with node_at_rest(tmp_path / "isr", BARE) as workings, pytest.raises(Refused) as refused:
        note_checked(workings.ledger, backup)
    assert refused.value.code == "backup-of-another"


# ---- damage ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["node.db", "steerclear.toml", "keys/node.json", "tls/private.pem", "backup.json", "SHA256SUMS"]
)
@pytest.mark.parametrize("place", [0.0, 0.37, 0.9])
def test_a_flipped_bit_is_found(backup: Path, tmp_path: Path, name: str, place: float) -> None:
    data = bytearray((backup / name).read_bytes())
    data[int(place * len(data))] ^= 0x04
    (backup / name).write_bytes(data)
    with pytest.raises((NotVerified, Unreachable)) as found:
        restore_node(backup, tmp_path / "back", BARE, mark=None, progress=None)
    assert found.value.code in ("backup-damaged", "backup-form", "backup-missing")
    assert not list(tmp_path.glob("back.new*"))
    assert not (tmp_path / "back").exists()


def test_a_missing_and_a_foreign_file_are_found(backup: Path) -> None:
    (backup / "notes.txt").write_text("mine")
    with pytest.raises(NotVerified) as found:
        checked_backup(backup)
    assert found.value.where == str(backup / "notes.txt")
    (backup / "notes.txt").unlink()
    (backup / "keys" / "node.json").unlink()
    with pytest.raises(NotVerified) as found:
        checked_backup(backup)
    assert found.value.where == str(backup / "keys" / "node.json")


def test_a_folder_that_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    for look in (named_backup, checked_backup):
        with pytest.raises(Unreachable) as refused:
            look(tmp_path)
        assert refused.value.code == "backup-missing"


def test_another_record_under_right_sums_is_found(scene: Scene, backup: Path) -> None:
    """Whoever makes new sums still has to make a record that verifies, and that is the one it names."""
    found = named_backup(backup)
    for name in ("backup.json", "SHA256SUMS"):
        (backup / name).unlink()
    shutil.copyfile(scene.path("ISR") / "node.db", backup / "node.db")
    _finish(backup, found)
    with pytest.raises(NotVerified) as refused:
        checked_backup(backup)
    assert refused.value.code == "backup-record"


# ---- coming back -------------------------------------------------------------------------------------------


def test_it_comes_back_and_waits_for_the_others(backup: Path, tmp_path: Path) -> None:
    forget(_storage_key(backup))
    back = tmp_path / "back"
    restored = restore_node(backup, back, BARE, mark=None, progress=None)
    assert restored.openings == 0
    assert not (back / "backup.json").exists()
    with node_at_rest(back, BARE) as workings:
        assert not workings.ledger.is_open()
        assert "restored from a backup" in (workings.status({}).because or "")
        (called,) = workings.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure"))
        assert called.seq is None, "STOP goes out as a message of its own"
        (confirmed,) = workings.do(ask.ConfirmLog(reason="a test without lines"))
        assert confirmed.kind == "log.resume"
    with node_at_rest(back, BARE) as workings:
        assert workings.ledger.is_open(), "the machine remembers it now"
    forget_machine(back, BARE)


def test_it_knows_at_once_that_it_is_older_than_what_this_machine_wrote(node: Path, tmp_path: Path) -> None:
    to = tmp_path / "b"
    back_up_at_rest(node, TakeBackup(to=str(to), bare=True), BARE)
    call(node)
    restore_node(to, tmp_path / "back", BARE, mark=None, progress=None)
    with node_at_rest(tmp_path / "back", BARE) as workings, pytest.raises(Refused) as refused:
        workings.do(ask.ConfirmLog(reason="every line is cut"))
    assert refused.value.code == "own-log-behind"


def test_the_mark_of_the_lost_folder_is_brought_along(node: Path, tmp_path: Path) -> None:
    to = tmp_path / "b"
    back_up_at_rest(node, TakeBackup(to=str(to), bare=True), BARE)
    call(node)
    forget_machine(node, BARE)
    restore_node(to, tmp_path / "back", BARE, mark=node / "high-water", progress=None)
    with node_at_rest(tmp_path / "back", BARE) as workings, pytest.raises(Refused) as refused:
        workings.do(ask.ConfirmLog(reason="every line is cut"))
    assert refused.value.code == "own-log-behind"


def test_what_is_no_mark_is_refused_before_anything(backup: Path, tmp_path: Path) -> None:
    for mark in (tmp_path / "none", backup / "SHA256SUMS"):
        with pytest.raises(BadInput) as refused:
            restore_node(backup, tmp_path / "back", BARE, mark=mark, progress=None)
        assert refused.value.code == "restore-mark"


def test_nothing_is_overwritten_by_what_comes_back(backup: Path, node: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        restore_node(backup, node, BARE, mark=None, progress=None)
    assert refused.value.code == "node-exists"
    (tmp_path / "file").write_text("")
    with pytest.raises(NotKept) as not_kept:
        restore_node(backup, tmp_path / "file" / "back", BARE, mark=None, progress=None)
    assert not_kept.value.code == "restore-not-written"


def test_an_empty_folder_may_be_waiting(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()
    restore_node(backup, tmp_path / "back", BARE, mark=None, progress=None)
    assert (tmp_path / "back" / "node.db").exists()


def test_a_wrong_passphrase_restores_nothing(node: Path, tmp_path: Path) -> None:
    change_protection(node, BARE, PASSPHRASE)
    back_up_at_rest(node, TakeBackup(to=str(tmp_path / "b")), PASSPHRASE)
    wrong = Passphrase("another horse battery", log_n=14)
    with pytest.raises(Refused) as refused:
        restore_node(tmp_path / "b", tmp_path / "back", wrong, mark=None, progress=None)
    assert refused.value.code == "passphrase-wrong"
    assert not (tmp_path / "back").exists()


def test_a_backup_without_keys_comes_back_without_them(node: Path, tmp_path: Path) -> None:
    back_up_at_rest(node, TakeBackup(to=str(tmp_path / "b"), keys=False), BARE)
    restored = restore_node(tmp_path / "b", tmp_path / "back", BARE, mark=None, progress=None)
    assert restored.openings is None
    for name in ("keys", "tls"):
        shutil.copytree(node / name, tmp_path / "back" / name)
    with node_at_rest(tmp_path / "back", BARE) as workings:
        assert workings.ledger.own.size == restored.backup.logs["TUR"][1]


def _storage_key(folder: Path) -> bytes:
    return FileKeystore(folder / "keys", BARE, bytes).storage_key()
