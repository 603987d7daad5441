# SPDX-License-Identifier: Apache-2.0
"""What keeps a node when its machine is lost: a backup, its way back, and going on with nobody to ask."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, PassphraseFile, Unencrypted, as_json_value, do, protection

if TYPE_CHECKING:
    from steerclear.client import NodeClient
    from steerclear.record.report import Progress
    from steerclear.services.backup import Backup, TakeBackup
    from steerclear.services.backup_check import CheckedBackup

__all__ = ["backup", "confirm_log", "restore"]

PATIENCE_S: Final = 3_600.0
"""A node of a million entries copies for minutes, on a slow stick for many."""

ENTRIES_A_TICK: Final = 1_000


def backup(
    *,
    node: NodeFolder,
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the backup goes; a new folder.")],
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Leave out keys/ and tls/; keep them elsewhere.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Back up a node, running or not, into a new folder, and read the backup back."""
    from steerclear.client import NodeClient
    from steerclear.node import back_up_at_rest
    from steerclear.services.backup import TakeBackup

    request = TakeBackup(to=str(to.absolute()), keys=not without_keys, bare=unencrypted)
    shown = sys.stderr.isatty() and not as_json
    with _progress(shown=shown) as progress, NodeClient(node, patience_s=PATIENCE_S) as client:
        if client.is_running():
            checked = _of_running(client, request, progress)
        else:
            keys = protection(passphrase_file, unencrypted=unencrypted)
            checked = back_up_at_rest(node, request, keys, progress)
    if as_json:
        show.print_json(as_json_value(checked))
        return
    _say_contents(checked.backup)
    show.say(f"Read back: every file has its sum, the record verifies, {checked.openings:,} openings open.")
    show.say("Carry it to another place than the node's. What is sealed to its days it can read: see")
    show.say("docs/operating.md on how long to keep it.")


def restore(
    *,
    folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder that backup wrote.")],
    node: NodeFolder,
    mark: Annotated[
        Path | None,
        typer.Option("--mark", help="The file high-water of the folder that was lost, if it is left."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Bring a node back from a backup. It asks the others before it writes anything."""
    from steerclear.node import Unencrypted as WithoutPassphrase
    from steerclear.node import restore_node
    from steerclear.services.backup_check import named_backup

    has_keys = named_backup(folder).keys != "none"
    keys = protection(passphrase_file, unencrypted=unencrypted) if has_keys else WithoutPassphrase()
    with _progress(shown=sys.stderr.isatty() and not as_json) as progress:
        restored = restore_node(folder, node.absolute(), keys, mark=mark, progress=progress)
    if as_json:
        show.print_json(as_json_value(restored))
        return
    found = restored.backup
    show.say(f"Restored {found.member} as of {found.at} in {restored.node}.")
    for member, (generation, size) in sorted(found.logs.items()):
        show.say(f"    log {member} generation {generation}: {size:,} entries")
    if restored.openings is None:
        show.say("The backup holds no keys: put keys/ and tls/ into the folder before you serve it.")
    else:
        show.say(f"Every file has its sum, the record verifies, {restored.openings:,} openings open.")
    show.say("Make sure that the lost node is off for good: two nodes with its keys sign two histories.")
    show.say("Then serve it. It writes nothing before every member has told it how far its log went;")
    show.say("STOP goes out all the same. steerclear status says whom it waits for.")
    show.say("Nobody signs in at its console before you have confirmed his place: steerclear console list.")


def confirm_log(
    *,
    node: NodeFolder,
    reason: Annotated[
        str, typer.Option("--reason", help="Why nobody can be asked; one line, and it stands in the record.")
    ],
    as_json: show.Json = False,
) -> None:
    """Confirm that the node's own log ends where it stands here, when no other member can be asked."""
    from steerclear.services.requests import ConfirmLog

    do(node, ConfirmLog(reason=reason), as_json=as_json)


def _of_running(client: NodeClient, request: TakeBackup, progress: Progress) -> CheckedBackup:
    """The node copies itself; this process verifies the copy, so that the node's own work goes on."""
    from steerclear.services.backup_check import checked_backup

    client.back_up(request)
    checked_backup(Path(request.to), progress)
    return client.note_backup(Path(request.to))


def _say_contents(found: Backup) -> None:
    lie = {
        "encrypted": "keys/ and tls/, the keys under the node's passphrase, tls/private.pem without one",
        "bare": "keys/ and tls/, all of them WITHOUT a passphrase: who has this folder is this member",
        "none": "no keys",
    }
    show.say(f"Backed up {found.member} as of {found.at} to {found.folder}. In it:")
    show.say("    the record, and what was opened of it, under the storage key (node.db)")
    for member, (generation, size) in sorted(found.logs.items()):
        show.say(f"        log {member} generation {generation}: {size:,} entries")
    show.say("    the settings and the member's card")
    show.say(f"    {lie[found.keys]}")
    show.say("Not in it:")
    for line in found.left_out:
        show.say(f"    {line}")


@contextmanager
def _progress(*, shown: bool) -> Iterator[Progress]:
    def tell(done: int) -> None:
        if shown and done % ENTRIES_A_TICK == 0:
            sys.stderr.write(f"\r{done:,} entries verified")

    try:
        yield tell
    finally:
        if shown:
            sys.stderr.write("\r\033[K")
