# SPDX-License-Identifier: Apache-2.0
"""Are private keys kept private, whole, and given back as they were?"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from steerclear.errors import BadInput, NotKept, NotVerified, Refused, SteerclearError, Unreachable
from steerclear.links.keyfile import FolderShelf, read_key_file, write_key_file
from steerclear.links.keystore import (
    FileKeystore,
    KeyName,
    Keystore,
    MemoryKeystore,
    Passphrase,
    Purpose,
    Unencrypted,
    reprotect,
)
from steerclear.links.randomness import SeededRandomness
from steerclear.record.keys import Ed25519Signer
from steerclear.record.signature import is_signature

PASSPHRASE = Passphrase("correct horse battery", log_n=14)
RANDOM = SeededRandomness("keys").bytes


@pytest.fixture(params=["memory", "encrypted", "unencrypted"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Keystore]:
    """Opens one and the same keystore, again and again."""
    if request.param == "memory":
        held = MemoryKeystore(RANDOM)
        return lambda: held
    protection = PASSPHRASE if request.param == "encrypted" else Unencrypted()
    FileKeystore.create(tmp_path / "keys", protection, RANDOM)
    return lambda: FileKeystore(tmp_path / "keys", protection, RANDOM)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encrypted keystore with a node key and two recipient keys."""
    keys = FileKeystore.create(tmp_path / "keys", PASSPHRASE, RANDOM)
    keys.make_signer(KeyName("node"))
    keys.make_recipient(KeyName("recipient", "2025-04-09"))
    keys.make_recipient(KeyName("recipient", "2025-04-10"))
    return tmp_path / "keys"


def refusal(attempt: Callable[[], object], error: type[SteerclearError]) -> str:
    with pytest.raises(error) as refused:
        attempt()
    assert refused.value.remedy
    return refused.value.code


def test_signing_keys_come_back_as_they_were(reopen: Callable[[], Keystore]) -> None:
    names = [KeyName(purpose) for purpose in ("authority", "node", "witness")]
    names += [KeyName("duty", "air"), KeyName("duty", "sea"), KeyName("root", "1"), KeyName("root", "2")]
    made = {name: reopen().make_signer(name) for name in names}
    keys = reopen()
    assert keys.names() == tuple(sorted(names))
    for name, signer in made.items():
        again = keys.signer(name)
        assert again.keyid == signer.keyid
        assert is_signature(again.sign(b"entry"), b"entry", signer.public)
    assert len({signer.keyid for signer in made.values()}) == len(names)


def test_recipient_keys_are_held_by_day_and_forgotten(reopen: Callable[[], Keystore]) -> None:
    days = ("2025-04-09", "2025-04-10")
    made = {day: reopen().make_recipient(KeyName("recipient", day)).public for day in days}
    assert {day: key.public for day, key in reopen().recipients().items()} == made
    reopen().forget(KeyName("recipient", days[0]))
    reopen().forget(KeyName("recipient", days[0]))
    assert set(reopen().recipients()) == {days[1]}


def test_the_storage_key_comes_back(reopen: Callable[[], Keystore]) -> None:
    made = reopen().make_storage_key()
    assert len(made) == 32
    assert reopen().storage_key() == made
    assert reopen().has(KeyName("storage"))


def test_a_key_is_made_once_and_a_missing_one_is_said_to_be_missing(reopen: Callable[[], Keystore]) -> None:
    reopen().make_signer(KeyName("node"))
    assert refusal(lambda: reopen().make_signer(KeyName("node")), Refused) == "key-exists"
    assert refusal(lambda: reopen().signer(KeyName("witness")), Unreachable) == "key-missing"
    assert refusal(lambda: reopen().storage_key(), Unreachable) == "key-missing"


def test_a_key_is_used_for_its_purpose_alone(reopen: Callable[[], Keystore]) -> None:
    reopen().make_storage_key()
    assert refusal(lambda: reopen().signer(KeyName("storage")), BadInput) == "key-purpose"
    assert refusal(lambda: reopen().make_recipient(KeyName("node")), BadInput) == "key-purpose"
    assert refusal(lambda: reopen().make_signer(KeyName("recipient", "x")), BadInput) == "key-purpose"


@pytest.mark.parametrize("label", ["Air", "a/../b", "-", "a-", "ä", "a" * 33, "a b"])
def test_a_label_that_is_no_file_name_is_refused(label: str) -> None:
    assert refusal(lambda: KeyName("duty", label), BadInput) == "key-name"


def test_an_unknown_purpose_is_refused() -> None:
    unknown: Purpose = "master"  # type: ignore[assignment] # that is the point
    assert refusal(lambda: KeyName(unknown), BadInput) == "key-name"


def test_files_are_the_owners_alone_and_say_whose_key_they_hold(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == [
        "node.json",
        "recipient-2025-04-09.json",
        "recipient-2025-04-10.json",
    ]
    told = json.loads((folder / "node.json").read_bytes())
    assert told["keyid"] == FileKeystore(folder, PASSPHRASE, RANDOM).signer(KeyName("node")).keyid


def test_the_private_key_does_not_lie_in_an_encrypted_file(folder: Path) -> None:
    signer = FileKeystore(folder, PASSPHRASE, RANDOM).signer(KeyName("node"))
    assert isinstance(signer, Ed25519Signer)
    spelled = (folder / "node.json").read_bytes()
    assert signer.private_bytes.hex().encode() not in spelled
    assert PASSPHRASE.text not in repr(PASSPHRASE)


def test_one_salt_serves_the_folder_and_no_nonce_is_used_twice(folder: Path) -> None:
    sealed = [json.loads(path.read_bytes())["sealed"] for path in folder.iterdir()]
    assert len({one["salt"] for one in sealed}) == 1
    assert len({one["nonce"] for one in sealed}) == len(sealed)


def test_a_wrong_passphrase_is_noticed_at_once(folder: Path) -> None:
    wrong = Passphrase("correct horse batterz", log_n=14)
    assert refusal(lambda: FileKeystore(folder, wrong, RANDOM), Refused) == "passphrase-wrong"


def test_a_missing_passphrase_is_noticed_at_once(folder: Path) -> None:
    assert refusal(lambda: FileKeystore(folder, Unencrypted(), RANDOM), Refused) == "passphrase-missing"


def test_the_same_letters_are_the_same_passphrase_however_they_are_typed(tmp_path: Path) -> None:
    composed, decomposed = "Güvenlik şifresi", "Gu\u0308venlik s\u0327ifresi"
    keys = FileKeystore.create(tmp_path / "keys", Passphrase(composed, log_n=14), RANDOM)
    made = keys.make_signer(KeyName("node"))
    again = FileKeystore(tmp_path / "keys", Passphrase(decomposed, log_n=14), RANDOM)
    assert again.signer(KeyName("node")).keyid == made.keyid


def test_an_unencrypted_key_among_encrypted_ones_is_refused(folder: Path, tmp_path: Path) -> None:
    FileKeystore.create(tmp_path / "other", Unencrypted(), RANDOM).make_signer(KeyName("witness"))
    (tmp_path / "other" / "witness.json").rename(folder / "witness.json")
    assert refusal(lambda: FileKeystore(folder, PASSPHRASE, RANDOM), Refused) == "key-not-encrypted"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_reach_is_refused(folder: Path, mode: int) -> None:
    (folder / "node.json").chmod(mode)
    assert refusal(lambda: FileKeystore(folder, PASSPHRASE, RANDOM), Refused) == "keys-too-open"


def test_a_folder_that_others_may_reach_is_refused(folder: Path) -> None:
    folder.chmod(0o750)
    with pytest.raises(Refused) as refused:
        FileKeystore(folder, PASSPHRASE, RANDOM)
    assert refused.value.code == "keys-too-open"
    assert "chmod 700" in refused.value.remedy


def test_a_renamed_key_does_not_open(folder: Path) -> None:
    (folder / "node.json").rename(folder / "authority.json")
    assert refusal(lambda: FileKeystore(folder, PASSPHRASE, RANDOM), NotVerified) == "key-file-damaged"


def test_a_key_edited_to_claim_another_purpose_does_not_open(folder: Path) -> None:
    claimed = (folder / "node.json").read_bytes().replace(b'"purpose":"node"', b'"purpose":"authority"')
    (folder / "authority.json").write_bytes(claimed)
    (folder / "authority.json").chmod(0o600)
    # The first file, by name, is the forged one: what proves the passphrase fails.
    assert refusal(lambda: FileKeystore(folder, PASSPHRASE, RANDOM), Refused) == "passphrase-wrong"


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b'"private":"', b'"private":"00'),
        (b'"form":"steerclear key 1"', b'"form":"steerclear key 2"'),
        (b'"log-n":14', b'"log-n":40'),
        (b'"log-n":14', b'"log-n":true'),
        (b'"label":""', b'"label": ""'),
        (b'"label":""', b'"label":"/"'),
        (b'"keyid"', b'"key"'),
        (b"{", b""),
    ],
)
def test_a_damaged_file_is_noticed(folder: Path, found: bytes, instead: bytes) -> None:
    path = folder / "recipient-2025-04-10.json"
    spelled = path.read_bytes()
    spoiled = spelled.replace(found, instead, 1)
    if spoiled == spelled:
        spoiled = spelled.replace(b'"label":"2025-04-10"', instead, 1)
    path.write_bytes(spoiled)

    def use() -> object:
        return FileKeystore(folder, PASSPHRASE, RANDOM).recipients()

    assert refusal(use, NotVerified) == "key-file-damaged"


def test_an_edited_keyid_of_an_unencrypted_key_is_noticed(tmp_path: Path) -> None:
    keys = FileKeystore.create(tmp_path / "keys", Unencrypted(), RANDOM)
    signer = keys.make_signer(KeyName("node"))
    path = tmp_path / "keys" / "node.json"
    path.write_bytes(path.read_bytes().replace(signer.keyid.encode(), b"0" * 64))
    assert refusal(lambda: keys.signer(KeyName("node")), NotVerified) == "key-file-damaged"


def test_a_file_that_names_no_key_is_noticed(folder: Path) -> None:
    (folder / "readme.json").write_bytes(b"{}")
    assert refusal(lambda: FileKeystore(folder, PASSPHRASE, RANDOM), NotVerified) == "key-file-damaged"


def test_keys_are_never_made_over_others_nor_out_of_nothing(folder: Path, tmp_path: Path) -> None:
    assert refusal(lambda: FileKeystore.create(folder, PASSPHRASE, RANDOM), Refused) == "keys-exist"
    nowhere = tmp_path / "nowhere"
    assert refusal(lambda: FileKeystore(nowhere, PASSPHRASE, RANDOM), Unreachable) == "keys-missing"


def test_a_key_that_cannot_be_written_is_not_made(folder: Path) -> None:
    (folder / "witness.json.new").mkdir()  # in the way of the file that would be renamed into place
    keys = FileKeystore(folder, PASSPHRASE, RANDOM)
    assert refusal(lambda: keys.make_signer(KeyName("witness")), NotKept) == "key-not-kept"
    assert not keys.has(KeyName("witness"))


def test_a_forgotten_key_is_gone_from_memory_too(folder: Path) -> None:
    keys = FileKeystore(folder, PASSPHRASE, RANDOM)
    assert len(keys.recipients()) == 2
    keys.forget(KeyName("recipient", "2025-04-09"))
    assert set(keys.recipients()) == {"2025-04-10"}


def test_a_key_that_another_process_made_is_seen(folder: Path) -> None:
    keys = FileKeystore(folder, PASSPHRASE, RANDOM)
    made = FileKeystore(folder, PASSPHRASE, RANDOM).make_recipient(KeyName("recipient", "2025-04-11"))
    assert keys.recipients()["2025-04-11"].keyid == made.keyid


def test_a_passphrase_that_protects_nothing_is_refused() -> None:
    assert refusal(lambda: Passphrase("short"), BadInput) == "passphrase-short"
    assert refusal(lambda: Passphrase("long enough", log_n=4), BadInput) == "scrypt-cost"
    assert refusal(lambda: Passphrase("long enough", log_n=40), BadInput) == "scrypt-cost"


def secrets_of(folder: Path, protection: Passphrase | Unencrypted) -> dict[KeyName, bytes]:
    shelf = FolderShelf(folder, protection)
    return {name: shelf.get(name) for name in shelf.names()}


def test_bare_keys_are_put_under_a_passphrase_and_under_another(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys = FileKeystore.create(folder, Unencrypted(), RANDOM)
    keys.make_signer(KeyName("node"))
    keys.make_storage_key()
    keys.make_pin("12")
    before = secrets_of(folder, Unencrypted())
    reprotect(folder, Unencrypted(), PASSPHRASE, RANDOM)
    assert secrets_of(folder, PASSPHRASE) == before
    other = Passphrase("another battery", log_n=14)
    reprotect(folder, PASSPHRASE, other, RANDOM)
    assert secrets_of(folder, other) == before
    assert FileKeystore(folder, other, RANDOM).pin() == "12"
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
    assert refusal(lambda: reprotect(folder, PASSPHRASE, other, RANDOM), Refused) == "passphrase-wrong"
    assert secrets_of(folder, other) == before


def test_a_change_of_passphrase_that_was_broken_off_is_gone_on_with(folder: Path) -> None:
    other = Passphrase("another battery", log_n=14)
    before = secrets_of(folder, PASSPHRASE)
    FileKeystore.create(folder.with_name("keys.new"), other, RANDOM)
    reprotect(folder, PASSPHRASE, other, RANDOM)  # an earlier try had begun to write
    assert secrets_of(folder, other) == before
    for name, path in (("keys.old", folder), ("keys.new", None)):
        if path is not None:
            path.rename(folder.with_name(name))
        else:
            FileKeystore.create(folder.with_name(name), PASSPHRASE, RANDOM)
            shelf = FolderShelf(folder.with_name(name), PASSPHRASE)
            for key, secret in before.items():
                shelf.put(key, secret)
    reprotect(folder, other, PASSPHRASE, RANDOM)  # … or was cut off between the two renames
    assert secrets_of(folder, PASSPHRASE) == before
    assert [path.name for path in folder.parent.iterdir()] == ["keys"]


def test_a_successor_takes_over_once_its_keyid_is_named(reopen: Callable[[], Keystore]) -> None:
    name = KeyName("authority")
    old = reopen().make_signer(name)
    new = reopen().make_successor(name)
    assert reopen().make_successor(name).keyid == new.keyid != old.keyid
    reopen().take_over(name, old.keyid)
    assert reopen().signer(name).keyid == old.keyid
    reopen().take_over(name, new.keyid)
    assert reopen().signer(name).keyid == new.keyid
    reopen().take_over(name, new.keyid)
    assert reopen().names() == (name,)


def test_a_key_has_one_companion_beside_it(reopen: Callable[[], Keystore]) -> None:
    reopen().make_signer(KeyName("witness"))
    companion = reopen().companion(KeyName("witness"))
    assert companion.keyid == reopen().companion(KeyName("witness")).keyid
    assert companion.keyid != reopen().signer(KeyName("witness")).keyid


def test_a_key_has_one_second_key_beside_it(reopen: Callable[[], Keystore]) -> None:
    reopen().make_signer(KeyName("root", "1"))
    assert reopen().second(KeyName("root", "1")).keyid == reopen().second(KeyName("root", "1")).keyid


def test_a_key_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "root-1.json"
    secret = bytes(range(32))
    write_key_file(path, KeyName("root", "1"), secret, PASSPHRASE)
    assert read_key_file(path, PASSPHRASE) == (KeyName("root", "1"), secret)
    assert secret.hex().encode() not in path.read_bytes()
    write = lambda: write_key_file(path, KeyName("root", "1"), secret, PASSPHRASE)  # noqa: E731
    assert refusal(write, Refused) == "key-exists"
    path.chmod(0o644)
    assert refusal(lambda: read_key_file(path, PASSPHRASE), Refused) == "keys-too-open"
    gone = tmp_path / "none" / "root-1.json"
    assert refusal(lambda: read_key_file(gone, PASSPHRASE), Unreachable) == "keys-missing"
    unwritten = lambda: write_key_file(gone, KeyName("root", "1"), secret, PASSPHRASE)  # noqa: E731
    assert refusal(unwritten, NotKept) == "key-not-kept"
