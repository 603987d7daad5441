# SPDX-License-Identifier: Apache-2.0
"""From where is a play recorded? A node that runs, a node that rests, a bundle, or a replica folder."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from steerclear.cli import show
from steerclear.cli.at_node import protection

if TYPE_CHECKING:
    from steerclear.replay.recording import Recorded

__all__ = ["record_play"]

MOST_SHOWN: Final = 10


def record_play(
    source: Path, out: Path | None, passphrase_file: Path | None, *, unencrypted: bool, as_json: bool
) -> int:
    """Write the play of a record to ``out``, or to standard output; say what it leaves out."""
    from steerclear.cli.founding import write_file

    recorded = _recorded(source, passphrase_file, unencrypted=unencrypted)
    if out is not None:
        write_file(out, recorded.text.encode())
    if as_json:
        show.print_json(_document(recorded, out))
        return 0
    if out is None:
        sys.stdout.write(recorded.text)
    _tell(recorded, out)
    return 0


def _recorded(source: Path, passphrase_file: Path | None, *, unencrypted: bool) -> Recorded:
    from steerclear.cli.founding import bytes_of
    from steerclear.client import NodeClient
    from steerclear.model.member import MemberId
    from steerclear.node import node_at_rest
    from steerclear.record.bundle import parse_bundle
    from steerclear.replay.recording import play_of
    from steerclear.replay.reopened import reopen_bundle, reopen_folder
    from steerclear.services.openings import read_openings

    if not source.is_dir():
        ledger = reopen_bundle(parse_bundle(bytes_of(source)))
        return play_of(ledger.view, ledger.charter, holder="whoever holds the bundle")
    if not any((source / name).exists() for name in ("api.sock", "steerclear.toml")):
        ledger = reopen_folder(source)
        return play_of(ledger.view, ledger.charter, holder="whoever holds the replica")
    with NodeClient(source) as client:
        if client.is_running():
            bundle = parse_bundle(client.replica())
            ledger = reopen_bundle(
                bundle, me=MemberId(bundle.sender), openings=read_openings(client.openings())
            )
            return play_of(ledger.view, ledger.charter, holder=f"the node of {ledger.me}")
    with node_at_rest(source, protection(passphrase_file, unencrypted=unencrypted)) as resting:
        ledger = resting.ledger
        return play_of(ledger.view, ledger.charter, holder=f"the node of {ledger.me}")


def _document(recorded: Recorded, out: Path | None) -> dict[str, object]:
    from steerclear.model.time import format_instant

    return {
        "file": None if out is None else str(out),
        "play": recorded.text if out is None else None,
        "statements": recorded.lines,
        "in_part": recorded.in_part,
        "by_machines": recorded.machines,
        "of_founding": recorded.founding,
        "left_out": [
            {**dataclasses.asdict(left), "at": format_instant(left.at)} for left in recorded.left_out
        ],
    }


def _tell(recorded: Recorded, out: Path | None) -> None:
    """Beside the play where that goes to standard output, so that the file stays a play."""
    words = [
        f"{recorded.lines} statements as lines, {recorded.in_part} of them in part.",
        f"{len(recorded.left_out)} left out, each in a comment that says why.",
        *(f"  {left}" for left in recorded.left_out[:MOST_SHOWN]),
    ]
    if len(recorded.left_out) > MOST_SHOWN:
        words.append(f"  … and {len(recorded.left_out) - MOST_SHOWN} more; the play names each.")
    if out is not None:
        words.append(f"Saved to {out}. Run it: steerclear play {out}")
        words.append(
            "Whoever has the file can read what was sealed: hand it to nobody else than you mean to."
        )
    for line in words:
        print(show.printable(line), file=sys.stdout if out is not None else sys.stderr)
