# SPDX-License-Identifier: Apache-2.0
"""From nothing to a mechanism: init at each member, found at one of them, join at the others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, PassphraseFile, Unencrypted, first_line, protection

if TYPE_CHECKING:
    from steerclear.model.space import Position
    from steerclear.record.charter import Charter
    from steerclear.services.answers import RootAsked

__all__ = ["bytes_of", "found", "init", "join", "read_charter", "write_file"]


_EVERYWHERE: Final = frozenset({"0.0.0.0", "[::]", "::"})  # noqa: S104 - to be told from an address


def init(
    *,
    node: NodeFolder,
    member: Annotated[str, typer.Option("--member", "-m", help="Short name in capitals, as TUR.")],
    role: Annotated[str, typer.Option("--role", help="party, host, notifier or observer.")] = "party",
    desk: Annotated[
        list[str] | None, typer.Option("--desk", "-d", help="A desk of yours; repeat it.")
    ] = None,
    listen: Annotated[
        str, typer.Option("--listen", help="Host and port for the other nodes.")
    ] = "0.0.0.0:7443",
    address: Annotated[
        list[str] | None, typer.Option("--address", help="How others reach it, as https://host:port.")
    ] = None,
    drill_origin: Annotated[
        str | None, typer.Option("--drill-origin", help="Time that a drill clock shows at --drill-started.")
    ] = None,
    drill_started: Annotated[
        str | None, typer.Option("--drill-started", help="The real time of that moment (now, if left out).")
    ] = None,
    drill_speed: Annotated[float, typer.Option("--drill-speed", help="How much faster it runs.")] = 1.0,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="root.json of a root that was made offline (steerclear keys root)."),
    ] = None,
    second_keys: Annotated[
        bool, typer.Option("--second-keys", help="The root made here signs twice: ML-DSA-65 beside Ed25519.")
    ] = False,
    token_module: Annotated[
        Path | None, typer.Option("--token-module", help="PKCS#11 library of a token for signing keys.")
    ] = None,
    token_label: Annotated[
        str | None, typer.Option("--token-label", help="Label of the token (steerclear, if left out).")
    ] = None,
    token_key: Annotated[
        list[str] | None,
        typer.Option("--token-key", help="What lies in it: node, authority, duty, witness; repeat it."),
    ] = None,
    pin_file: Annotated[
        Path | None, typer.Option("--pin-file", help="A file whose first line is the token's PIN.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Make a node: its keys, its certificate, its empty record, and the card to hand over."""
    from steerclear.errors import BadInput
    from steerclear.model.member import Role, member_id
    from steerclear.node import Settings, TokenSettings, create_node, drill_time
    from steerclear.record.root import parse_root

    if role not in {one.value for one in Role}:
        raise BadInput(
            "role-unknown",
            f"“{role[:20]}” is not a role.",
            where="--role",
            remedy="Give party, host, notifier or observer.",
        )
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise BadInput(
            "listen-form",
            f"“{listen[:60]}” is not a host and a port.",
            where="--listen",
            remedy="Write it as 0.0.0.0:7443.",
        )
    if not address and host in _EVERYWHERE:
        raise BadInput(
            "address-missing",
            f"Others cannot call {host}: that is where this node listens, not where it is.",
            where="--address",
            remedy=f"Add --address https://HOST:{port}, as the other members reach this machine.",
        )
    drill = drill_time(drill_origin, drill_started, drill_speed) if drill_origin is not None else None
    token = None
    if token_module is not None:
        token = TokenSettings(
            module=token_module, label=token_label or "steerclear", purposes=tuple(token_key or ["node"])
        )
    card = create_node(
        node,
        settings=Settings(member_id(member), host, int(port), drill, token),
        role=Role(role),
        desks=desk or [],
        addresses=address or [f"https://{host}:{port}"],
        protection=protection(passphrase_file, unencrypted=unencrypted, new=True),
        root=None if root is None else parse_root(bytes_of(root)),
        signs_twice=second_keys,
        pin=None if token is None else _pin(pin_file),
    )
    path = node / f"{member}.member.json"
    if as_json:
        show.print_json({"member": card.member, "role": card.role, "card": str(path)})
        return
    show.say(f"Made the node of {card.member} ({card.role}) in {node}.")
    show.say(f"Hand over {path}. Read its root key aloud when you do:")
    for keyid in card.root_keyids:
        show.say(f"    {keyid}")


def _pin(path: Path | None) -> str:
    """From a file, or asked for on the terminal."""
    from steerclear.errors import BadInput

    if path is not None:
        return first_line(path)
    if not sys.stdin.isatty():
        raise BadInput(
            "pin-not-given",
            "Keys are to lie in a token, and its PIN was not given.",
            where="--pin-file",
            remedy="Give --pin-file FILE.",
        )
    return str(typer.prompt("PIN of the token", hide_input=True, err=True))


def found(
    *,
    node: NodeFolder,
    name: Annotated[str, typer.Option("--name", help="What the mechanism is called.")],
    card: Annotated[
        list[Path], typer.Option("--card", "-c", help="MEMBER.member.json of each member, yours included.")
    ],
    theatre: Annotated[Path, typer.Option("--theatre", help="GeoJSON with the one polygon of the theatre.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the charter goes.")] = Path(
        "charter.json"
    ),
    drill: Annotated[
        bool, typer.Option("--drill", help="Mark it as a drill: drill clocks are accepted.")
    ] = False,
    sign_twice: Annotated[
        bool, typer.Option("--sign-twice", help="Roots and ratifications count only with a second signature.")
    ] = False,
    seal_hybrid: Annotated[
        bool, typer.Option("--seal-hybrid", help="Seal to MLKEM768-X25519 keys alone, against later years.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Put the members' cards into a charter, and begin this node's log with it."""
    from steerclear.node import begin
    from steerclear.record.card import parse_card
    from steerclear.record.charter import mechanism_of, print_charter
    from steerclear.services.found import charter_of

    cards = [parse_card(bytes_of(one)) for one in card]
    charter = charter_of(
        cards,
        name=name,
        drill=drill,
        theatre=_theatre(theatre),
        signs_twice=sign_twice,
        seals_hybrid=seal_hybrid,
    )
    # Written before anything is begun, and put in its place when it was: a charter is never lost half-way.
    draft = output.with_name(f"{output.name}.new")
    write_file(draft, print_charter(charter))
    try:
        asked = begin(node, charter, protection(passphrase_file, unencrypted=unencrypted), founds=True)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    _say_joined("Founded", charter.name, mechanism_of(charter), output, _kept(node, asked), as_json=as_json)


def join(
    *,
    node: NodeFolder,
    charter: Annotated[Path, typer.Argument(help="The charter that the founder handed over.")],
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Accept a charter: begin this node's log with its hash."""
    from steerclear.node import begin
    from steerclear.record.charter import mechanism_of

    accepted = read_charter(charter)
    asked = begin(node, accepted, protection(passphrase_file, unencrypted=unencrypted), founds=False)
    _say_joined("Joined", accepted.name, mechanism_of(accepted), charter, _kept(node, asked), as_json=as_json)


def read_charter(path: Path) -> Charter:
    """The charter in a file. Raises ``NotVerified``, or ``Unreachable`` when there is none."""
    from steerclear.record.charter import parse_charter

    return parse_charter(bytes_of(path))


def _theatre(path: Path) -> tuple[Position, ...]:
    """The corners of the one polygon in a GeoJSON file."""
    from steerclear.formats.area import read_area
    from steerclear.services.found import theatre_corners

    return theatre_corners(read_area(bytes_of(path), where=str(path)))


def bytes_of(path: Path) -> bytes:
    from steerclear.errors import Unreachable

    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreachable(
            "file-unreadable",
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error


def write_file(path: Path, data: bytes) -> None:
    """Raises ``Unreachable`` (``file-not-written``)."""
    from steerclear.errors import Unreachable

    try:
        path.write_bytes(data)
    except OSError as error:
        raise Unreachable(
            "file-not-written",
            f"The file cannot be written: {error.strerror}.",
            where=str(path),
            remedy="Check the folder, its permissions and the room on the disk; nothing was done.",
        ) from error


def _kept(node: Path, asked: RootAsked | None) -> Path | None:
    """Where the request to a root that is kept elsewhere was put; ``None`` if the root signed here."""
    if asked is None:
        return None
    path = node / "root-request.json"
    write_file(path, asked.request.encode())
    return path


def _say_joined(
    done: str, name: str, mechanism: str, charter: Path, request: Path | None, *, as_json: bool
) -> None:
    if as_json:
        asked = {} if request is None else {"request": str(request)}
        show.print_json({"name": name, "mechanism": mechanism, "charter": str(charter), **asked})
        return
    show.say(f"{done} “{show.printable(name)}”. The mechanism is")
    show.say(f"    {mechanism}")
    show.say("Every member compares this hash by voice before it serves.")
    if request is not None:
        show.say(f"The log is not begun yet. Carry {request} to the root, have it signed there with")
        show.say("steerclear keys sign, and bring it back with steerclear keys take.")
