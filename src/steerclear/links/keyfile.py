# SPDX-License-Identifier: Apache-2.0
"""How private keys lie in a folder: one file for each key, encrypted, bound to what it claims to be.

    keys/ (0700)  ── node.json  duty-air.json  recipient-2025-04-09.json  storage.json …
    a stick       ── root-1.json, a passphrase of its own

Each file (0600) holds 32 bytes, or a PIN, encrypted with AES-256-GCM under a key that scrypt (RFC 7914) makes
of the passphrase. Its parameters and what the file claims to be (purpose, label, keyid) stand beside and are
bound as associated data: a file that was renamed or edited does not open. The salt is one for the folder, so
that a start costs one scrypt and not one for each key. Without a passphrase only on the explicit word
``Unencrypted``.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from steerclear.errors import BadInput, NotKept, NotVerified, Refused, Unreachable
from steerclear.links.files import replace_durably, sync_folder
from steerclear.record.ijson import JsonObject, parse_ijson, print_ijson
from steerclear.record.keys import Ed25519Signer
from steerclear.record.recipient import RecipientPrivateKey

__all__ = [
    "FolderShelf",
    "KeyName",
    "Passphrase",
    "Protection",
    "Purpose",
    "Unencrypted",
    "check_private",
    "read_key_file",
    "write_key_file",
]

Purpose = Literal["root", "node", "authority", "duty", "witness", "recipient", "storage", "pin", "next"]

_FORM: Final = "steerclear key 1"
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", re.ASCII)
_SHORTEST_PASSPHRASE: Final = 8
_STRONG_LOG_N: Final = 17  # 128 MiB and about half a second: OWASP's advice of 2023
_LEAST_LOG_N: Final = 14
_MOST_LOG_N: Final = 20


@dataclass(frozen=True, slots=True, order=True)
class KeyName:
    """``label`` tells keys of one purpose apart: the desk of a duty key, the UTC day of a recipient key,
    a number among several roots. Raises ``BadInput`` (``key-name``)."""

    purpose: Purpose
    label: str = ""

    def __post_init__(self) -> None:
        if self.purpose not in get_args(Purpose) or (self.label and not _LABEL.fullmatch(self.label)):
            raise BadInput(
                "key-name",
                f"“{self.purpose} {self.label[:40]}” does not name a key.",
                remedy="Use a known purpose and a label of lower-case letters, digits and hyphens.",
            )

    def __str__(self) -> str:
        return f"{self.purpose}-{self.label}" if self.label else self.purpose


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Whoever has it and the files has the keys. ``log_n`` is scrypt's cost for files written from now on."""

    text: str = field(repr=False)
    log_n: int = _STRONG_LOG_N

    def __post_init__(self) -> None:
        if len(self.text) < _SHORTEST_PASSPHRASE:
            raise BadInput(
                "passphrase-short",
                f"A passphrase has at least {_SHORTEST_PASSPHRASE} characters.",
                remedy="Use a longer one; several words are easy to remember and hard to guess.",
            )
        if not _LEAST_LOG_N <= self.log_n <= _MOST_LOG_N:
            raise BadInput(
                "scrypt-cost",
                f"scrypt's cost 2^{self.log_n} is not between 2^{_LEAST_LOG_N} and 2^{_MOST_LOG_N}.",
                remedy="Leave it at its default.",
            )


@dataclass(frozen=True, slots=True)
class Unencrypted:
    """On purpose without a passphrase: whoever reads the files has the keys. For drills, say."""


Protection = Passphrase | Unencrypted


def write_key_file(path: Path, name: KeyName, private: bytes, protection: Protection) -> None:
    """A key in a file of its own, under a passphrase of its own. Raises ``Refused`` (``key-exists``) or
    ``NotKept`` (``key-not-kept``)."""
    if path.exists():
        raise Refused(
            "key-exists",
            "There is a key file already.",
            remedy="Choose another folder; keys are never overwritten.",
            where=str(path),
        )
    _keep(path, _sealed(name, private, protection, os.urandom(_SALT_BYTES), _Ciphers(protection, path)))


def read_key_file(path: Path, protection: Protection) -> tuple[KeyName, bytes]:
    """What ``write_key_file`` wrote. Raises ``Unreachable``, ``Refused`` (``keys-too-open``,
    ``passphrase-missing``, ``passphrase-wrong``, ``key-not-encrypted``), ``NotVerified``."""
    check_private(path, is_folder=False)
    file = _parsed(path.read_bytes(), path)
    if file.sealing is None:
        _require_may_be_plain(file, path, protection)
        private = file.private
    else:
        cipher = _Ciphers(protection, path).under(file.sealing)
        try:
            private = cipher.decrypt(file.sealing.nonce, file.private, file.header())
        except InvalidTag as error:
            raise _wrong_passphrase(path) from error
    if file.keyid != _keyid(file.name, private):
        raise _damaged(path)
    return file.name, private


class FolderShelf:
    """Keys in the files of one folder; checked when made: permissions, then the passphrase."""

    def __init__(self, folder: Path, protection: Protection) -> None:
        self._folder = folder
        self._protection = protection
        self._ciphers = _Ciphers(protection, folder)
        check_private(folder, is_folder=True)
        self._check_passphrase()

    def names(self) -> tuple[KeyName, ...]:
        return tuple(_name_of(path) for path in sorted(self._folder.glob("*.json")))

    def get(self, name: KeyName) -> bytes:
        file = self._read(name)
        private = self._opened(file)
        if file.keyid != _keyid(name, private):
            raise _damaged(self._path(name))
        return private

    def put(self, name: KeyName, private: bytes) -> None:
        _keep(self._path(name), _sealed(name, private, self._protection, self._salt(), self._ciphers))

    def remove(self, name: KeyName) -> None:
        """Overwrite and unlink. A disk that moves blocks may keep a copy: encrypt the disk as well."""
        path = self._path(name)
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(self._folder)

    def _path(self, name: KeyName) -> Path:
        return self._folder / f"{name}.json"

    def _read(self, name: KeyName) -> _KeyFile:
        path = self._path(name)
        check_private(path, is_folder=False)
        file = _parsed(path.read_bytes(), path)
        if file.name != name:
            raise _damaged(path)
        return file

    def _opened(self, file: _KeyFile) -> bytes:
        if file.sealing is None:
            _require_may_be_plain(file, self._path(file.name), self._protection)
            return file.private
        cipher = self._ciphers.under(file.sealing)
        try:
            return cipher.decrypt(file.sealing.nonce, file.private, file.header())
        except InvalidTag as error:
            raise _damaged(self._path(file.name)) from error

    def _check_passphrase(self) -> None:
        """Every file is read, one is opened: a wrong passphrase shows now and not at the first STOP."""
        files = [self._read(name) for name in self.names()]
        sealed = [file for file in files if file.sealing is not None]
        for file in files:
            if file.sealing is None:
                _require_may_be_plain(file, self._path(file.name), self._protection)
        if not sealed:
            return
        try:
            self._opened(sealed[0])
        except NotVerified as error:
            raise _wrong_passphrase(self._folder) from error

    def _salt(self) -> bytes:
        kept = (self._read(name).sealing for name in self.names())
        return next((sealing.salt for sealing in kept if sealing is not None), os.urandom(_SALT_BYTES))


class _Ciphers:
    """One scrypt for each salt and cost, however many files are opened."""

    def __init__(self, protection: Protection, where: Path) -> None:
        self._protection = protection
        self._where = where
        self._made: dict[tuple[bytes, int], AESGCM] = {}

    def under(self, sealing: _Sealing) -> AESGCM:
        if not isinstance(self._protection, Passphrase):
            raise Refused(
                "passphrase-missing",
                "The keys are encrypted and no passphrase was given.",
                remedy="Give the passphrase, in the way that the operator's manual names.",
                where=str(self._where),
            )
        made_of = (sealing.salt, sealing.log_n)
        if made_of not in self._made:
            # One spelling of each character, so that keyboards of two systems type the same passphrase.
            typed = unicodedata.normalize("NFKC", self._protection.text).encode()
            kdf = Scrypt(salt=sealing.salt, length=_KEY_BYTES, n=1 << sealing.log_n, r=8, p=1)
            self._made[made_of] = AESGCM(kdf.derive(typed))
        return self._made[made_of]


@dataclass(frozen=True, slots=True)
class _Sealing:
    log_n: int
    salt: bytes
    nonce: bytes

    def printed(self) -> JsonObject:
        return {"kdf": "scrypt", "log-n": self.log_n, "salt": self.salt.hex(), "nonce": self.nonce.hex()}


@dataclass(frozen=True, slots=True, repr=False)
class _KeyFile:
    """``private`` is ciphertext and tag, or the key itself where ``sealing`` is ``None``."""

    name: KeyName
    keyid: str | None
    sealing: _Sealing | None
    private: bytes

    def header(self) -> bytes:
        return print_ijson(self._claims())

    def printed(self) -> bytes:
        return print_ijson({**self._claims(), "private": self.private.hex()})

    def _claims(self) -> JsonObject:
        return {
            "form": _FORM,
            "purpose": self.name.purpose,
            "label": self.name.label,
            "keyid": self.keyid,
            "sealed": None if self.sealing is None else self.sealing.printed(),
        }


def _sealed(
    name: KeyName, private: bytes, protection: Protection, salt: bytes, ciphers: _Ciphers
) -> _KeyFile:
    keyid = _keyid(name, private)
    if isinstance(protection, Unencrypted):
        return _KeyFile(name, keyid, None, private)
    sealing = _Sealing(protection.log_n, salt, os.urandom(_NONCE_BYTES))
    header = _KeyFile(name, keyid, sealing, b"").header()
    return _KeyFile(name, keyid, sealing, ciphers.under(sealing).encrypt(sealing.nonce, private, header))


def _keep(path: Path, file: _KeyFile) -> None:
    try:
        replace_durably(path, file.printed())
    except OSError as error:
        raise NotKept(
            "key-not-kept",
            f"The key {file.name} cannot be written: {error.strerror}.",
            remedy="Make room on the disk, or make the folder writable for its owner alone.",
            where=str(path),
        ) from error


def _parsed(data: bytes, path: Path) -> _KeyFile:
    """Exact inverse of ``_KeyFile.printed``."""
    try:
        found: Any = parse_ijson(data, where=str(path))
        file = _KeyFile(
            name=KeyName(found["purpose"], found["label"]),
            keyid=found["keyid"],
            sealing=_parsed_sealing(found["sealed"]),
            private=bytes.fromhex(found["private"]),
        )
    except (BadInput, NotVerified, KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error
    if file.printed() != data:
        raise _damaged(path)
    return file


def _parsed_sealing(found: Any) -> _Sealing | None:
    if found is None:
        return None
    log_n = found["log-n"]
    if type(log_n) is not int or not _LEAST_LOG_N <= log_n <= _MOST_LOG_N:
        # A file must not make this node spend gigabytes before it is known to be its own.
        raise ValueError("scrypt cost")
    return _Sealing(log_n, bytes.fromhex(found["salt"]), bytes.fromhex(found["nonce"]))


def _keyid(name: KeyName, private: bytes) -> str | None:
    """What others call the public half; the storage key and a PIN have none."""
    if name.purpose in ("storage", "pin"):
        return None
    if name.purpose == "recipient":
        return RecipientPrivateKey.from_private_bytes(private).keyid
    return Ed25519Signer.from_private_bytes(private).keyid


def _name_of(path: Path) -> KeyName:
    purpose, _, label = path.stem.partition("-")
    if purpose not in get_args(Purpose):
        raise _damaged(path)
    return KeyName(cast("Purpose", purpose), label)


def check_private(path: Path, *, is_folder: bool) -> None:
    """Refuse a folder or a file of keys that others than its owner may reach (``keys-too-open``)."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise Unreachable(
            "keys-missing",
            "There are no keys here.",
            remedy="Check the path; a new node's keys are made with steerclear init.",
            where=str(path),
        ) from error
    if stat.S_ISDIR(found.st_mode) != is_folder or found.st_mode & 0o077 or found.st_uid != os.geteuid():
        raise Refused(
            "keys-too-open",
            "Others than the node's own user may reach its keys.",
            remedy=f"chown it to its user, then chmod {'700' if is_folder else '600'} it (mount a stick with "
            "umask=077); if others may have read it, revoke the keys.",
            where=str(path),
        )


def _require_may_be_plain(file: _KeyFile, path: Path, protection: Protection) -> None:
    if isinstance(protection, Passphrase):
        raise Refused(
            "key-not-encrypted",
            f"The key {file.name} is not encrypted, but a passphrase is set.",
            remedy="Find out who put it there; say “unencrypted” only if that is meant.",
            where=str(path),
        )


def _wrong_passphrase(path: Path) -> Refused:
    return Refused(
        "passphrase-wrong",
        "The passphrase does not open the keys.",
        remedy="Type it again; check the keyboard's language.",
        where=str(path),
    )


def _damaged(path: Path) -> NotVerified:
    return NotVerified(
        "key-file-damaged",
        "A key file is not what it claims to be.",
        remedy="Bring it back from its backup, or make and delegate a new key.",
        where=str(path),
    )
