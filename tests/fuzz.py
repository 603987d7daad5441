# SPDX-License-Identifier: Apache-2.0
"""``python -m tests.fuzz [SECONDS] [SEED] [NAME …]``: does any parser of strangers' bytes break in a minute?

    forms   the files of ``formats/``, as ``tests/formats/test_mutated_files.py`` bends them
    feeds   the readers of ``tracking/``, as ``tests/tracking/test_mutated_feeds.py`` does
    words   places as typed, annexes as documents, catalogues, JSON

Each gets real examples, bent. A crash, one that takes longer than ten seconds, or 300 MB more memory ends it
with 1; the example is written to build/fuzz/ and belongs among the seeds. One seed repeats a run, as far as
the clock lets it go.
"""

from __future__ import annotations

import hashlib
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.formats.test_mutated_files import SEEDS as FORMS
from tests.formats.test_mutated_files import files, is_read
from tests.interop.mutations import mutated
from tests.tracking.bent_feeds import SEEDS as FEEDS
from tests.tracking.bent_feeds import read

from steerclear.errors import BadInput
from steerclear.formats.annex_document import read_document
from steerclear.formats.coordinates import parse_position
from steerclear.formats.po import read_po
from steerclear.formats.strict_json import read_json
from steerclear.tracking.picture import Picture

Try = Callable[[bytes], object]

LONGEST_S: Final = 10
GROWN_BY_KB: Final = 300_000
HERE: Final = Path(__file__).parent
BUILD: Final = HERE.parent / "build" / "fuzz"

PLACES: Final = (b"35.366N 40.176E", b"34 31 21 N 037 37 37 E", b"37S BT 12345 67890", b"34-31.5N 037-37.5E")
DOCUMENT: Final = (b'{"annex": "minima", "version": 3, "lateral_mm": 9260000, "rows": [{"kind": "hazard"}]}',)
WORDS: Final[dict[str, tuple[tuple[bytes, ...], Try]]] = {
    "position": (PLACES, lambda data: parse_position(data.decode("utf-8", "replace"))),
    "annex": (DOCUMENT, lambda data: read_document(data.decode("utf-8", "replace"))),
    "json": (DOCUMENT, lambda data: read_json(data, limit_bytes=1_000_000)),
    "catalogue": (
        tuple(path.read_bytes() for path in sorted((HERE.parent / "web" / "catalogues").glob("*.ar.po"))),
        lambda data: read_po(data.decode("utf-8", "replace"), where="x"),
    ),
}


def parsers(seed: int) -> Iterator[tuple[str, Iterator[bytes], Try]]:
    """Name, examples and what is tried with each."""
    for kind, seeds in FEEDS.items():
        picture = Picture()
        yield kind, mutated(seeds, seed=seed), lambda data, k=kind, p=picture: read(k, data, p)  # type: ignore[misc]  # bound now
    for name, (seeds, reader) in WORDS.items():
        yield name, mutated(seeds, seed=seed), reader
    for form in FORMS:
        examples = files(form) if seed == 1 else mutated(FORMS[form], seed=seed)
        yield form, examples, lambda data, form=form: is_read(form, data)  # type: ignore[misc]  # bound now


def fuzz(seconds: float, seed: int, names: tuple[str, ...]) -> bool:
    """Whether nothing broke. Prints a line for each parser."""
    good = True
    for name, examples, reader in parsers(seed):
        if names and name not in names:
            continue
        before_kb, ends_s, count = _memory_kb(), time.monotonic() + seconds, 0
        while time.monotonic() < ends_s:
            data = next(examples)
            count += 1
            fault = _fault(reader, data)
            if fault:
                good = False
                print(f"{name}: {_written(name, data)}: {fault}", flush=True)
        grown = _memory_kb() - before_kb
        good = good and grown < GROWN_BY_KB
        print(f"{name}: {count:,} examples in {seconds:g} s, {grown / 1024:.0f} MB more", flush=True)
    return good


def _fault(reader: Try, data: bytes) -> str:
    try:
        with _bounded():
            reader(data)
    except BadInput:
        return ""
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return repr(error)[:200]
    return ""


@contextmanager
def _bounded() -> Iterator[None]:
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)


def _too_long(_number: int, _frame: object) -> None:
    raise TimeoutError(f"longer than {LONGEST_S} s")


def _memory_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _written(name: str, data: bytes) -> Path:
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, _too_long)
    told = sys.argv[1:]
    whole = fuzz(float(told[0]) if told else 60.0, int(told[1]) if len(told) > 1 else 1, tuple(told[2:]))
    sys.exit(0 if whole else 1)
