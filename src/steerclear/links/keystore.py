# SPDX-License-Identifier: Apache-2.0
"""Where a node's private keys are held, and what one may ask of whoever holds them.

root       k of n, offline: says which key holds which role        (trusted as ``record.keys`` says of each)
node  authority  duty  witness                                     sign
recipient                                                          opens what was sealed to us on its day
storage                                                            guards, on this disk alone, what was opened
pin                                                                unlocks the token that holds signing keys
next                                                               what a signing key is to be replaced by
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from steerclear.errors import BadInput, NotKept, Refused, Unreachable
from steerclear.links.files import sync_folder
from steerclear.links.keyfile import FolderShelf, KeyName, Passphrase, Protection, Purpose, Unencrypted
from steerclear.record.companion import CompanionSigner
from steerclear.record.keys import Ed25519Signer, KeySigner
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.record.second import SecondSigner

__all__ = [
    "FileKeystore",
    "KeyName",
    "Keystore",
    "MemoryKeystore",
    "Passphrase",
    "Protection",
    "Purpose",
    "ShelvedKeystore",
    "Unencrypted",
    "reprotect",
]

_KEY_BYTES: Final = 32


class Keystore(Protocol):
    """Gives keys that can sign or open; private bytes leave it only for the store's own key and a PIN."""

    def names(self) -> tuple[KeyName, ...]:
        """Every key held, sorted."""

    def has(self, name: KeyName) -> bool: ...

    def make_signer(self, name: KeyName) -> KeySigner:
        """Make and keep a signing key. Raises ``Refused`` (``key-exists``)."""

    def signer(self, name: KeyName) -> KeySigner:
        """Raises ``Unreachable`` (``key-missing``)."""

    def second(self, name: KeyName) -> SecondSigner:
        """The ML-DSA-65 key beside a signing key. Raises ``Refused`` (``second-in-token``)."""

    def companion(self, name: KeyName) -> CompanionSigner:
        """The ML-DSA-44 key beside a witness key. Raises ``Refused`` (``second-in-token``)."""

    def make_successor(self, name: KeyName) -> KeySigner:
        """The key that shall replace ``name``, made when first asked for. Raises ``Refused``."""

    def take_over(self, name: KeyName, keyid: str) -> None:
        """If the successor of ``name`` has this keyid, it is ``name`` from now on; the old key is gone."""

    def make_recipient(self, name: KeyName) -> RecipientPrivateKey:
        """Make and keep a key that opens. Raises ``Refused`` (``key-exists``)."""

    def recipients(self) -> Mapping[str, RecipientPrivateKey]:
        """All keys that open, by label."""

    def make_storage_key(self) -> bytes:
        """Make and keep the 32 bytes under which the store seals openings. Raises ``Refused``."""

    def storage_key(self) -> bytes:
        """Raises ``Unreachable`` (``key-missing``)."""

    def forget(self, name: KeyName) -> None:
        """Destroy a key: what only it could open is gone. Forgetting what is not held is no error."""


class Shelf(Protocol):
    """Where a keystore puts its keys: 32 bytes under a name."""

    def names(self) -> tuple[KeyName, ...]: ...

    def put(self, name: KeyName, private: bytes) -> None: ...

    def get(self, name: KeyName) -> bytes: ...

    def remove(self, name: KeyName) -> None: ...


class ShelvedKeystore:
    """A keystore over a shelf. ``random`` makes the keys; outside plays it must be the machine's own."""

    def __init__(self, shelf: Shelf, random: Callable[[int], bytes]) -> None:
        self._shelf = shelf
        self._random = random
        self._taken: dict[KeyName, bytes] = {}  # a node signs and opens all day: each file is read once
        self._opening: dict[KeyName, RecipientPrivateKey] = {}
        self._signers: dict[KeyName, Ed25519Signer] = {}
        self._companions: dict[KeyName, CompanionSigner] = {}

    def names(self) -> tuple[KeyName, ...]:
        return tuple(sorted(self._shelf.names(), key=lambda name: (name.purpose, name.label)))

    def has(self, name: KeyName) -> bool:
        return name in self._shelf.names()

    def make_signer(self, name: KeyName) -> KeySigner:
        return Ed25519Signer.from_private_bytes(self._make(_signing(name)))

    def signer(self, name: KeyName) -> KeySigner:
        if name not in self._signers:
            self._signers[name] = Ed25519Signer.from_private_bytes(self._take(_signing(name)))
        return self._signers[name]

    def second(self, name: KeyName) -> SecondSigner:
        return SecondSigner.beside(self._take(_signing(name)))

    def companion(self, name: KeyName) -> CompanionSigner:
        if name not in self._companions:
            self._companions[name] = CompanionSigner.beside(self._take(_signing(name)))
        return self._companions[name]

    def make_successor(self, name: KeyName) -> KeySigner:
        successor = _successor(_signing(name))
        return self.signer(successor) if self.has(successor) else self.make_signer(successor)

    def take_over(self, name: KeyName, keyid: str) -> None:
        successor = _successor(_signing(name))
        if not self.has(successor) or self.signer(successor).keyid != keyid:
            return
        private = self._take(successor)
        # Put before anything is taken away: a power cut between leaves two names of one key, and none lost.
        self._shelf.put(name, private)
        self._taken[name] = private
        self._signers.pop(name, None)
        self._companions.pop(name, None)
        self.forget(successor)

    def make_recipient(self, name: KeyName) -> RecipientPrivateKey:
        return RecipientPrivateKey.from_private_bytes(self._make(_opening(name)))

    def recipients(self) -> Mapping[str, RecipientPrivateKey]:
        held = [name for name in self.names() if name.purpose == "recipient"]
        return {name.label: self._recipient(name) for name in held}

    def make_storage_key(self) -> bytes:
        return self._make(_STORAGE)

    def storage_key(self) -> bytes:
        return self._take(_STORAGE)

    def root_secrets(self) -> Mapping[KeyName, bytes]:
        """The 32 bytes of each root key, to be carried away; by name, in order."""
        return {name: self._take(name) for name in self.names() if name.purpose == "root"}

    def make_pin(self, pin: str) -> None:
        """Keep the PIN of the token in which other keys lie. Raises ``Refused`` (``key-exists``)."""
        self._require_new(_PIN)
        self._shelf.put(_PIN, pin.encode())

    def pin(self) -> str:
        """Raises ``Unreachable`` (``key-missing``)."""
        return self._take(_PIN).decode()

    def forget(self, name: KeyName) -> None:
        self._taken.pop(name, None)
        self._opening.pop(name, None)
        self._companions.pop(name, None)
        self._shelf.remove(name)

    def _recipient(self, name: KeyName) -> RecipientPrivateKey:
        if name not in self._opening:
            self._opening[name] = RecipientPrivateKey.from_private_bytes(self._take(name))
        return self._opening[name]

    def _make(self, name: KeyName) -> bytes:
        self._require_new(name)
        private = self._random(_KEY_BYTES)
        self._shelf.put(name, private)
        return private

    def _require_new(self, name: KeyName) -> None:
        if self.has(name):
            raise Refused(
                "key-exists",
                f"There is a key {name} already.",
                remedy="Choose another label, or forget the old key first.",
                where=str(name),
            )

    def _take(self, name: KeyName) -> bytes:
        if name in self._taken:
            return self._taken[name]
        if not self.has(name):
            raise Unreachable(
                "key-missing",
                f"The keystore holds no key {name}.",
                remedy="Bring the key's file back from its backup, or make and delegate a new one.",
                where=str(name),
            )
        self._taken[name] = self._shelf.get(name)
        return self._taken[name]


class MemoryKeystore(ShelvedKeystore):
    """Keys that live as long as the process, for plays and tests."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        super().__init__(_MemoryShelf(), random)


class FileKeystore(ShelvedKeystore):
    """The keys in ``folder``, which ``create`` made.

    Raises ``Unreachable`` (``keys-missing``), ``Refused`` (``keys-too-open``, ``passphrase-missing``,
    ``passphrase-wrong``, ``key-not-encrypted``), ``NotVerified`` (``key-file-damaged``).
    """

    def __init__(self, folder: Path, protection: Protection, random: Callable[[int], bytes]) -> None:
        super().__init__(FolderShelf(folder, protection), random)

    @classmethod
    def create(cls, folder: Path, protection: Protection, random: Callable[[int], bytes]) -> FileKeystore:
        """Make an empty keys folder. Raises ``Refused`` (``keys-exist``) if there is one."""
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError as error:
            raise Refused(
                "keys-exist",
                "There is a keys folder already.",
                remedy="Use it, or choose another node folder; keys are never overwritten.",
                where=str(folder),
            ) from error
        return cls(folder, protection, random)


def reprotect(folder: Path, old: Protection, new: Protection, random: Callable[[int], bytes]) -> None:
    """Put every key of ``folder`` under another protection. The node must not run.

    All are written beside the old ones, read back, and put in their place; only then the old ones go. Broken
    off, it is gone on with when it is called again. Raises what opening and creating a folder raise.
    """
    fresh, spent = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    if folder.exists():
        shelf = FolderShelf(folder, old)
        if fresh.exists():
            shutil.rmtree(fresh)  # half of an earlier try; the old keys are all there
        FileKeystore.create(fresh, new, random)
        target = FolderShelf(fresh, new)
        for name in shelf.names():
            target.put(name, shelf.get(name))
        _require_same(shelf, FolderShelf(fresh, new))
        folder.rename(spent)
    FolderShelf(fresh, new)
    fresh.rename(folder)
    sync_folder(folder.parent)
    _destroy(spent, old)


def _require_same(one: FolderShelf, other: FolderShelf) -> None:
    if {name: one.get(name) for name in one.names()} != {name: other.get(name) for name in other.names()}:
        raise NotKept(
            "keys-not-copied",
            "The keys do not read back from their new files as they were.",
            remedy="Look at the disk; the old files are untouched.",
        )


def _destroy(folder: Path, protection: Protection) -> None:
    shelf = FolderShelf(folder, protection)
    for name in shelf.names():
        shelf.remove(name)
    folder.rmdir()


class _MemoryShelf:
    def __init__(self) -> None:
        self._keys: dict[KeyName, bytes] = {}

    def names(self) -> tuple[KeyName, ...]:
        return tuple(self._keys)

    def put(self, name: KeyName, private: bytes) -> None:
        self._keys[name] = private

    def get(self, name: KeyName) -> bytes:
        return self._keys[name]

    def remove(self, name: KeyName) -> None:
        self._keys.pop(name, None)


_STORAGE: Final = KeyName("storage")
_PIN: Final = KeyName("pin")


def _successor(name: KeyName) -> KeyName:
    return KeyName("next", str(name))


def _signing(name: KeyName) -> KeyName:
    return _checked(name, name.purpose not in ("recipient", "storage", "pin"))


def _opening(name: KeyName) -> KeyName:
    return _checked(name, name.purpose == "recipient")


def _checked(name: KeyName, fits: bool) -> KeyName:  # noqa: FBT001 - read only two lines above
    if not fits:
        raise BadInput(
            "key-purpose",
            f"A {name.purpose} key cannot be used for this.",
            remedy="Signing keys sign, recipient keys open, and the storage key does neither.",
            where=str(name),
        )
    return name
