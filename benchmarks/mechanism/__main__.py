# SPDX-License-Identifier: Apache-2.0
"""What does it cost to know what is owed? Kept up, beside everything folded anew, in one run.

    python -m benchmarks.mechanism [--open N]

Each row says how many duties it gave, so that nobody wins by doing less; before the figures count, both ways
must give the same.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
from collections.abc import Callable
from functools import partial
from time import process_time

from benchmarks.mechanism.work import ROLES, Talk
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.view import View
from steerclear.model.time import Instant

UPDATES = 300


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mechanism", description=__doc__)
    parser.add_argument(
        "--open", type=int, default=100_000, metavar="N", help="open duties (default 100,000)"
    )
    asked = parser.parse_args()
    talk, view = Talk(), View("ISR", ROLES)
    entries = list(talk.until_open(asked.open))
    read_ms = _ms(lambda: _witness(view, entries))
    duties = Duties(view)
    now = Instant(talk.now + 3_600_000)
    first_ms = _ms(lambda: duties.next_due_at(now))
    anew: list[object] = []
    anew_ms = _ms(lambda: anew.extend(obligations(view, now)))
    if anew != list(duties.all(now)):
        print("The two ways differ: no figure counts.")
        return 1
    is_open = sum(1 for _ in duties.owed(now))
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print(f"{len(entries):,} entries, {len(anew):,} duties, {is_open:,} of them open")
    _row("a view from its entries", read_ms, len(entries))
    _row("everything folded for the first time", first_ms, len(anew))
    _row("everything folded anew", anew_ms, len(anew))
    later = [Instant(now + 60_000 * minute) for minute in range(1, 31)]
    turns = [_ms(partial(duties.due, at)) for at in later]
    _row("due ones, a minute later (median of 30)", statistics.median(turns), len(duties.due(later[-1])))
    same = [_ms(lambda: duties.due(later[-1])) for _ in range(30)]
    _row("due ones, asked again (median)", statistics.median(same), len(duties.due(later[-1])))
    notices = [one for one in entries if one.author == "TUR" and one.content.id and _is_notice(one)]
    updates = []
    for notice in notices[:UPDATES]:
        talk.now = max(talk.now, later[-1])
        entry = talk.acknowledgement(notice.content.id, "ISR")
        updates.append(_ms(partial(_update, view, duties, entry, later[-1])))
    _row(f"an update (median of {len(updates)})", statistics.median(updates), 1)
    _row("an update (worst)", max(updates), 1)
    _row("everything folded anew, after them", _ms(lambda: list(obligations(view, later[-1]))), len(anew))
    return 0


def _witness(view: View, entries: list[Entry]) -> None:
    for entry in entries:
        view.witness(entry)


def _update(view: View, duties: Duties, entry: Entry, now: Instant) -> None:
    """An entry comes, and the node asks when to wake: what it touches is folded again."""
    view.witness(entry)
    duties.next_due_at(now)


def _is_notice(entry: object) -> bool:
    return getattr(getattr(entry, "content", None), "kind", "") == "notice.file"


def _ms(work: Callable[[], object]) -> float:
    """Time of this process's processor: what else the machine does is not measured."""
    begun = process_time()
    work()
    return (process_time() - begun) * 1_000


def _row(what: str, ms: float, gave: int) -> None:
    print(f"{what:45} {ms:12,.3f} ms   {gave:>9,}")


if __name__ == "__main__":
    sys.exit(main())
