# SPDX-License-Identifier: Apache-2.0
"""What is done at the table with the root keys, on a machine that is connected to nothing?

    make_root     draws n root keys, each into a file under a passphrase of its own holder
    sign_request  one holder reads what a node asks for, compares its hash by voice, and signs it
    save_root     … or keeps one that was made at a node and leaves it now

All that goes in and out is files on a stick; nothing here needs a network, a node or a clock that is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from steerclear.errors import BadInput, NotKept, Refused
from steerclear.links.files import replace_durably
from steerclear.links.keyfile import KeyName, Protection, check_private, read_key_file, write_key_file
from steerclear.links.randomness import SystemRandomness
from steerclear.model.time import Instant, format_instant
from steerclear.record.card import MOST_ROOT_KEYS
from steerclear.record.keys import (
    Delegation,
    Ed25519Signer,
    KeyRole,
    Signer,
    read_delegate_body,
    read_revoke_body,
)
from steerclear.record.request import RootRequest
from steerclear.record.root import RootKeys, print_root
from steerclear.record.second import SecondSigner, second_hash
from steerclear.record.statement import Statement
from steerclear.record.succession import read_succeed_body

__all__ = ["PUBLIC_FILE", "make_root", "save_root", "sign_request", "spoken", "words_of"]

PUBLIC_FILE: Final = "root.json"
_SECRET_BYTES: Final = 32


def make_root(
    folder: Path,
    *,
    threshold: int,
    protections: Sequence[Protection],
    signs_twice: bool = False,
    random: Callable[[int], bytes] | None = None,
) -> RootKeys:
    """Draw one root key for each of ``protections``, and keep them as ``root-1.json`` … in ``folder``.

    ``random`` is the machine's own unless a test gives another. Raises ``BadInput`` (``root-form``),
    ``Refused`` (``key-exists``, ``keys-too-open``) and ``NotKept``; then no file is left.
    """
    if not 1 <= threshold <= len(protections) <= MOST_ROOT_KEYS:
        raise BadInput(
            "root-form",
            f"{threshold} of {len(protections)} keys cannot be a root.",
            remedy=f"Give 1 to {MOST_ROOT_KEYS} keys, and a threshold within them.",
        )
    draw = random or SystemRandomness().bytes
    secrets = [draw(_SECRET_BYTES) for _ in protections]
    root = RootKeys(
        threshold=threshold,
        keys=tuple(Ed25519Signer.from_private_bytes(one).public for one in secrets),
        seconds=tuple(second_hash(SecondSigner.beside(one).public) for one in secrets) if signs_twice else (),
    )
    save_root(folder, root, secrets, protections)
    return root


def save_root(
    folder: Path, root: RootKeys, secrets: Sequence[bytes], protections: Sequence[Protection]
) -> None:
    """The key files and the public one beside them; each key is read back before anybody relies on it."""
    _make_folder(folder)
    made: list[Path] = []
    try:
        for number, (secret, protection) in enumerate(zip(secrets, protections, strict=True), start=1):
            name = KeyName("root", str(number))
            path = folder / f"{name}.json"
            write_key_file(path, name, secret, protection)
            made.append(path)
            if read_key_file(path, protection) != (name, secret):
                raise _not_kept(path, "it does not read back as it was written")
        replace_durably(folder / PUBLIC_FILE, print_root(root))
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _not_kept(folder, str(error.strerror)) from error
        raise


def sign_request(
    request: RootRequest, key: Path, unlock: Callable[[Path], Protection]
) -> tuple[RootRequest, str]:
    """``request`` signed by the root key in the file as well, and that key's id.

    The key's second signature stands beside it where the card names one. Raises ``Refused`` (``not-a-root``,
    ``request-other-root``, ``request-signed-already``) and what reading a key file raises.
    """
    name, secret = read_key_file(key, unlock(key))
    if name.purpose != "root":
        raise Refused(
            "not-a-root",
            f"The file holds a {name.purpose} key, not a root key.",
            where=str(key),
            remedy="Give one of the files root-N.json.",
        )
    signer = Ed25519Signer.from_private_bytes(secret)
    signers: list[Signer] = [signer]
    if request.card.root_seconds:
        signers.append(SecondSigner.beside(secret))
    return request.with_signatures(signers), signer.keyid


@dataclass(frozen=True, slots=True)
class _Days:
    """Days that follow each other, of one key, or of recipient keys one a day: said in one line."""

    role: str
    keyid: str
    desk: str | None
    begin: int
    end: int
    count: int = 1

    def goes_on(self, row: Delegation) -> bool:
        follows = (self.role, self.desk, self.end) == (row.role.value, row.desk, row.valid_from)
        return follows and (row.role is KeyRole.RECIPIENT or self.keyid == row.keyid)

    @property
    def words(self) -> str:
        times = f"from {_shown(self.begin)} until {_shown(self.end)}"
        if self.role == KeyRole.RECIPIENT.value:
            several = "a recipient key" if self.count == 1 else f"{self.count} recipient keys, one a day"
            return f"name {several}, {times}"
        desk = f" for the {self.desk} desk" if self.desk is not None else ""
        return f"name {self.keyid[:16]}… as {self.role} key{desk}, {times}"


def words_of(request: RootRequest) -> tuple[str, ...]:
    """Everything that the root is asked to say, a line each, for whoever signs it."""
    return tuple(line for said in request.statements for line in _words(said))


def spoken(digits: str) -> tuple[str, ...]:
    """Hex digits as words for a voice line, four a group: the ICAO alphabet, figures as figures are said."""
    words = [_SPOKEN[digit] for digit in digits]
    return tuple(" ".join(words[start : start + 4]) for start in range(0, len(words), 4))


_SPOKEN: Final = {
    "0": "ZERO",
    "1": "ONE",
    "2": "TWO",
    "3": "THREE",
    "4": "FOUR",
    "5": "FIVE",
    "6": "SIX",
    "7": "SEVEN",
    "8": "EIGHT",
    "9": "NINER",
    "a": "ALFA",
    "b": "BRAVO",
    "c": "CHARLIE",
    "d": "DELTA",
    "e": "ECHO",
    "f": "FOXTROT",
}


def _words(said: Statement) -> Iterator[str]:
    if said.kind == "key.delegate":
        yield from (days.words for days in _runs(said))
    elif said.kind == "key.revoke":
        revocation = read_revoke_body(said.body)
        for keyid in revocation.keyids:
            yield f"revoke {keyid[:16]}… for ever: {revocation.reason}"
    elif said.kind == "log.succeed":
        named = read_succeed_body(said.body)
        yield (
            f"begin generation {named.generation} of the log; of the one before {named.size} entries stand, "
            f"root {named.root[:16]}…: {named.reason}"
        )
    else:
        yield f"{'found' if said.kind == 'charter.found' else 'join'} the mechanism {said.mechanism}"


def _runs(said: Statement) -> Iterator[_Days]:
    first, *others = read_delegate_body(said.body)
    run = _run_of(first)
    for row in others:
        if run.goes_on(row):
            run = replace(run, end=row.valid_until, count=run.count + 1)
        else:
            yield run
            run = _run_of(row)
    yield run


def _run_of(row: Delegation) -> _Days:
    return _Days(row.role.value, row.keyid, row.desk, row.valid_from, row.valid_until)


def _shown(at: int) -> str:
    return format_instant(Instant(at))[:16] + "Z"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_kept(folder, f"the folder cannot be made ({error.strerror})") from error
    if (folder / PUBLIC_FILE).exists():
        raise Refused(
            "key-exists",
            "There is a root in this folder already.",
            where=str(folder),
            remedy="Choose another folder; keys are never overwritten.",
        )
    check_private(folder, is_folder=True)


def _not_kept(path: Path, why: str) -> NotKept:
    return NotKept(
        "root-not-kept",
        f"The root was not kept: {why}.",
        where=str(path),
        remedy="Use another stick; nothing of this root is left on it.",
    )
