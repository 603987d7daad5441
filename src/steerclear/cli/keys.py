# SPDX-License-Identifier: Apache-2.0
"""Who may sign for this member, and who says so? The root's ceremony on one side, the node on the other.

    at a machine that is connected to nothing     root, sign
    at the node, running or not                   delegate, revoke, succeed, take, show
    at the node, not running                      carry-away, passphrase

What passes between the two is one file, on a stick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, PassphraseFile, Unencrypted, as_json_value, protection, tell
from steerclear.cli.founding import bytes_of, write_file

if TYPE_CHECKING:
    from steerclear.node import Protection
    from steerclear.record.root import RootKeys
    from steerclear.services.answers import KeyRow, KeysShown, Receipt, RootAsked
    from steerclear.services.requests import KeyRole, NameKeys, RevokeKeys, Succeed

__all__ = ["keys"]

keys = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The root's ceremony, and which keys hold.",
)

_Request = Annotated[Path, typer.Argument(metavar="REQUEST", help="The request to the root.")]
_Output = Annotated[Path, typer.Option("--output", "-o", help="Where the request to the root goes.")]
_DEFAULT_OUTPUT = Path("root-request.json")


class _KeyDesk(Protocol):
    """A running node behind its socket, or the workings of one that rests."""

    def ask_root(self, request: NameKeys | RevokeKeys | Succeed) -> RootAsked: ...
    def take_signed(self, request: bytes) -> tuple[Receipt, ...]: ...
    def keys(self, member: str | None) -> KeysShown: ...


# ---- at a machine that is connected to nothing ----------------------------------------------------------


@keys.command("root")
def root_(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="STICK", help="A folder of its own.")],
    count: Annotated[int, typer.Option("--keys", help="How many keys there are.")] = 3,
    threshold: Annotated[int, typer.Option("--threshold", help="How many of them must sign.")] = 2,
    second_keys: Annotated[
        bool, typer.Option("--second-keys", help="Each signs twice: ML-DSA-65 beside Ed25519.")
    ] = False,
    passphrase_file: Annotated[
        list[Path] | None,
        typer.Option(
            "--passphrase-file", help="Once for all keys, or once for each; else they are asked for."
        ),
    ] = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Make root keys, each in a file under the passphrase of its holder."""
    from steerclear.services.ceremony import make_root

    protections = _protections(passphrase_file or [], count, unencrypted=unencrypted)
    made = make_root(output, threshold=threshold, protections=protections, signs_twice=second_keys)
    _say_root(made, output, as_json=as_json)


@keys.command()
def sign(
    *,
    request: _Request,
    key: Annotated[Path, typer.Option("--key", "-k", help="root-N.json: the key that signs.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where it goes; the request itself, if left out.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Everything in it was read and compared; do not ask.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Read what a node asks the root to say, and sign it with one root key."""
    from steerclear.record.request import parse_request, print_request
    from steerclear.services.ceremony import sign_request, words_of

    asked = parse_request(bytes_of(request))
    if not yes:
        _confirm(asked.digest, words_of(asked), asked.card.member)

    def unlock(path: Path) -> Protection:
        return protection(passphrase_file, unencrypted=unencrypted, of=f"the root key {path.name}")

    signed, keyid = sign_request(asked, key, unlock)
    write_file(output or request, print_request(signed))
    if as_json:
        show.print_json(
            {
                "member": signed.card.member,
                "mechanism": signed.mechanism,
                "digest": signed.digest,
                "says": list(words_of(signed)),
                "signed_with": keyid,
                "signed_by": list(signed.signed_by),
                "missing": signed.missing,
                "file": str(output or request),
            }
        )
        return
    show.say(f"Signed with {keyid}.")
    if signed.missing:
        show.say(f"{signed.missing} more root keys must sign: carry {output or request} to the next.")
    else:
        show.say(f"That is enough: bring {output or request} back to the node (steerclear keys take).")


# ---- at the node -----------------------------------------------------------------------------------------


@keys.command()
def delegate(
    *,
    node: NodeFolder,
    role: Annotated[
        str,
        typer.Argument(help="ahead (all of the weeks to come), authority, duty, node, witness or recipient."),
    ],
    desk: Annotated[str | None, typer.Option("--desk", "-d", help="For a duty key: its desk.")] = None,
    days: Annotated[int, typer.Option("--days", help="How far ahead a duty key is named.")] = 35,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make a new key; the old one is revoked in the same request.")
    ] = False,
    public: Annotated[
        str | None, typer.Option("--public", help="64 hex digits: a key that somebody else holds.")
    ] = None,
    output: _Output = _DEFAULT_OUTPUT,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Ask the root to name keys. Where it lies at this node it signs at once."""
    from steerclear.services.requests import NameKeys

    wanted = NameKeys(role=_role(role), desk=desk, days=days, fresh=fresh, public=public)
    with _desk_of(node, passphrase_file, unencrypted=unencrypted) as at:
        asked = at.ask_root(wanted)
    _say_asked(asked, output, as_json=as_json)


@keys.command()
def revoke(
    *,
    node: NodeFolder,
    keyid: Annotated[list[str], typer.Argument(metavar="KEYID…", help="Keyids, or how they begin.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; every member reads it.")],
    output: _Output = _DEFAULT_OUTPUT,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Ask the root to revoke keys, from the next place in the log on, for ever."""
    from steerclear.services.requests import RevokeKeys

    with _desk_of(node, passphrase_file, unencrypted=unencrypted) as at:
        asked = at.ask_root(RevokeKeys(keyids=tuple(keyid), reason=reason))
    _say_asked(asked, output, as_json=as_json)


@keys.command("succeed")
def succeed_(
    *,
    node: NodeFolder,
    reason: Annotated[str, typer.Option("--reason", help="Why; every member reads it.")],
    output: _Output = _DEFAULT_OUTPUT,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """End the own log where it stands and begin the next: after a stolen node key, or a damaged log.

    What the root signs names a fresh node key and all that others have covered. Whoever has the old key
    speaks to nobody any more. Name the desks' and recipients' keys anew afterwards: keys delegate ahead.
    """
    from steerclear.services.requests import Succeed

    with _desk_of(node, passphrase_file, unencrypted=unencrypted) as at:
        asked = at.ask_root(Succeed(reason=reason))
    _say_asked(asked, output, as_json=as_json)


@keys.command()
def take(
    *,
    node: NodeFolder,
    request: _Request,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Take in a request that the root has signed: it is filed in the own log."""
    data = bytes_of(request)
    with _desk_of(node, passphrase_file, unencrypted=unencrypted) as at:
        receipts = at.take_signed(data)
    if as_json:
        show.print_json({"receipts": [as_json_value(one) for one in receipts]})
        return
    for one in receipts:
        tell(one)


@keys.command("show")
def show_(
    *,
    node: NodeFolder,
    member: Annotated[str | None, typer.Option("--member", "-m", help="Whose; yours, if left out.")] = None,
    past: Annotated[bool, typer.Option("--past", help="Expired and revoked ones, too.")] = False,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Show which keys hold, until when, and where the root said so."""
    with _desk_of(node, passphrase_file, unencrypted=unencrypted) as at:
        shown = at.keys(member)
    if as_json:
        show.print_json(as_json_value(shown))
        return
    twice = ", each of them twice" if shown.second_keys else ""
    show.say(f"{shown.member}: {shown.root_threshold} of {len(shown.root_keyids)} root keys sign{twice}:")
    for keyid in shown.root_keyids:
        show.say(f"    {_grouped(keyid)}")
    if shown.root_here:
        show.say("Root keys lie at this node: carry them away with steerclear keys carry-away.")
    for line in _lines(shown.keys, past=past):
        show.say(line)


@keys.command("carry-away")
def carry_away(
    *,
    node: NodeFolder,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="STICK", help="A folder of its own.")],
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    root_passphrase_file: Annotated[
        Path | None,
        typer.Option("--root-passphrase-file", help="The passphrase under which the root is carried."),
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Move the root keys of a node that does not run to a stick, and destroy them here."""
    from steerclear.node import carry_root_away

    opened = protection(passphrase_file, unencrypted=unencrypted)
    under = opened
    if not (unencrypted and root_passphrase_file is None):
        under = protection(root_passphrase_file, unencrypted=False, new=True, of="the root")
    _say_root(carry_root_away(node, opened, to=output, under=under), output, as_json=as_json)


@keys.command()
def passphrase(
    *,
    node: NodeFolder,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    new_passphrase_file: Annotated[
        Path | None, typer.Option("--new-passphrase-file", help="A file whose first line is the new one.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Put the keys of a node that does not run under another passphrase."""
    from steerclear.node import change_protection

    old = protection(passphrase_file, unencrypted=unencrypted)
    new = protection(new_passphrase_file, unencrypted=False, new=True, of="the node's keys from now on")
    change_protection(node, old, new)
    if as_json:
        show.print_json({"node": str(node), "encrypted": True})
    else:
        show.say(f"The keys of {node} are encrypted under the new passphrase.")


@contextmanager
def _desk_of(node: Path, passphrase_file: Path | None, *, unencrypted: bool) -> Iterator[_KeyDesk]:
    """A running node opens its own keys; for one that rests the passphrase is needed here."""
    from steerclear.client import NodeClient
    from steerclear.node import node_at_rest

    with NodeClient(node) as client:
        if client.is_running():
            yield client
            return
    with node_at_rest(node, protection(passphrase_file, unencrypted=unencrypted)) as resting:
        yield resting


# ---- words -----------------------------------------------------------------------------------------------


def _protections(files: Sequence[Path], count: int, *, unencrypted: bool) -> list[Protection]:
    from steerclear.errors import BadInput

    if len(files) > 1 and len(files) != count:
        raise BadInput(
            "root-passphrases",
            f"{len(files)} passphrases were given for {count} root keys.",
            where="--passphrase-file",
            remedy="Give one for all, or one for each.",
        )
    if len(files) == 1:
        return [protection(files[0], unencrypted=unencrypted)] * count
    each: list[Path | None] = [*files] if files else [None] * count
    return [
        protection(one, unencrypted=unencrypted, new=True, of=f"root key {number}")
        for number, one in enumerate(each, start=1)
    ]


def _role(typed: str) -> KeyRole:
    from typing import get_args

    from steerclear.errors import BadInput
    from steerclear.services.requests import KeyRole

    if typed not in get_args(KeyRole):
        raise BadInput(
            "key-role",
            f"“{typed[:20]}” is no role that a root gives a key.",
            where="ROLE",
            remedy=f"Give one of {', '.join(get_args(KeyRole))}.",
        )
    return cast("KeyRole", typed)


def _confirm(digest: str, says: Sequence[str], member: str) -> None:
    """On stderr, and only to a person: a script says --yes."""
    from steerclear.errors import BadInput, Refused

    if not sys.stdin.isatty():
        raise BadInput(
            "sign-unread",
            "Nobody can be shown here what the root is to sign.",
            remedy="Run it on a terminal, or say --yes after reading it with --json.",
        )
    for line in (f"The root of {member} is asked to", *(f"    {one}" for one in says), *_voice(digest)):
        typer.echo(show.printable(line), err=True)
    if not typer.confirm("Is that what was agreed, and is the hash the one that the node shows?", err=True):
        raise Refused("sign-declined", "Nothing was signed.", remedy="Have the node ask anew.")


def _say_root(made: RootKeys, folder: Path, *, as_json: bool) -> None:
    from steerclear.services.ceremony import PUBLIC_FILE

    files = [folder / f"root-{number}.json" for number in range(1, len(made.keys) + 1)]
    if as_json:
        rows = [
            {"file": str(file), "keyid": keyid, "public": public.hex()}
            for file, keyid, public in zip(files, made.keyids, made.keys, strict=True)
        ]
        public_file = str(folder / PUBLIC_FILE)
        show.print_json(
            {"root": public_file, "threshold": made.threshold, "keys": rows, "seconds": list(made.seconds)}
        )
        return
    show.say(f"{made.threshold} of these {len(made.keys)} root keys sign. Give each file to its own holder.")
    for file, keyid in zip(files, made.keyids, strict=True):
        show.say(str(file))
        for line in _voice(keyid):
            show.say(line)
    show.say(f"{folder / PUBLIC_FILE} is public: make the node with steerclear init --root.")


def _say_asked(asked: RootAsked, output: Path, *, as_json: bool) -> None:
    if not asked.receipts:
        write_file(output, asked.request.encode())
    if as_json:
        show.print_json(
            {
                "digest": asked.digest,
                "says": list(asked.says),
                "missing": asked.missing,
                "request": None if asked.receipts else str(output),
                "receipts": [as_json_value(one) for one in asked.receipts],
            }
        )
        return
    for line in asked.says:
        show.say(show.printable(line))
    if asked.receipts:
        for one in asked.receipts:
            tell(one)
        return
    show.say(f"{asked.missing} root keys must sign. Carry {output} to them, and read its hash aloud:")
    for line in _voice(asked.digest):
        show.say(line)


def _voice(digits: str) -> Iterator[str]:
    """A hash in figures and in words, a quarter of it a line."""
    from steerclear.services.ceremony import spoken

    yield f"    {_grouped(digits)}"
    words = spoken(digits)
    for start in range(0, len(words), 4):
        yield "    " + " · ".join(words[start : start + 4])


def _grouped(digits: str) -> str:
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _lines(rows: Sequence[KeyRow], *, past: bool) -> Iterator[str]:
    """The keys that hold, one a line; of those that are named ahead for days, until when."""
    for row in rows:
        if row.state == "holds" or (past and row.state != "not yet"):
            yield _line(row)
    ahead: dict[tuple[str, str | None], Any] = {}
    for row in rows:
        if row.state == "not yet":
            count, _ = ahead.get((row.role, row.desk), (0, ""))
            ahead[row.role, row.desk] = (count + 1, row.valid_until)
    for (role, desk), (count, until) in ahead.items():
        yield f"{_called(role, desk):<14} {count} more days are named, until {until}"


def _line(row: KeyRow) -> str:
    by = ", ".join(one[:8] for one in row.signed_by if ":" not in one)  # second keys stand beside their first
    where = f"named at {row.named_at} by {by}"
    gone = f", revoked at {row.revoked_at}" if row.revoked_at else ""
    here = ", held here" if row.held else ""
    called = _called(row.role, row.desk)
    return f"{called:<14} {row.keyid[:16]}… {row.state} until {row.valid_until}, {where}{gone}{here}"


def _called(role: str, desk: str | None) -> str:
    return f"{role} {desk}" if desk else role
