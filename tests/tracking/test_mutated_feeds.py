# SPDX-License-Identifier: Apache-2.0
"""Does anything that comes over a feed break its reader? Real examples of each, bent by slips and attacks.

Always the same bytes in the same order; what breaks a reader is written to build/mutations/, and kept in
``seeds/`` it is read first for ever. An example is read whole and in two pieces, and both must say the same.
``make fuzz`` gives each a minute, ``make soak-parsers`` five million examples.
"""

from __future__ import annotations

import hashlib
import resource
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from tests.effort import effort
from tests.interop.mutations import mutated
from tests.tracking.bent_feeds import READERS, SEEDS, read

from steerclear.tracking.picture import Picture

EXAMPLES: Final = effort(test=200, ci=8_000, soak=5_000_000)
GROWN_BY_KB: Final = 200_000
KEPT: Final = Path(__file__).parent / "seeds"


def test_every_reader_has_examples_and_reads_them() -> None:
    assert set(SEEDS) == set(READERS)
    for kind, examples in SEEDS.items():
        assert sum(read(kind, data, Picture()) for data in examples) > 0


@pytest.mark.parametrize("kind", sorted(READERS))
def test_nothing_that_comes_breaks_a_reader(kind: str) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    picture = Picture()
    for path in sorted((KEPT / kind).glob("*")):
        read_or_keep(kind, path.read_bytes(), picture)
    for data in islice(mutated(SEEDS[kind], seed=len(kind)), EXAMPLES):
        read_or_keep(kind, data, picture)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < GROWN_BY_KB


def read_or_keep(kind: str, data: bytes, picture: Picture) -> None:
    try:
        read(kind, data, picture)
    except Exception as error:
        raise AssertionError(f"{written(kind, data)}: {error!r}") from error


def written(kind: str, data: bytes) -> Path:
    """Where the example lies now, to be looked at and then kept among the seeds."""
    folder = Path(__file__).parents[2] / "build" / "mutations" / kind
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path
