# SPDX-License-Identifier: Apache-2.0
"""Can a party that trusts nobody verify with ``record/``, ``errors.py``, ``cryptography`` and nothing else?

Each runs in a process of its own, in which no other package can be imported.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.record.conftest import World

import steerclear
from steerclear.errors import NotVerified
from steerclear.record import (
    Bundle,
    Held,
    LogPart,
    delegate_body,
    parse_charter,
    print_bundle,
    print_charter,
    print_note,
    prove,
    write_replica,
)
from steerclear.services.verify import verify_path
from steerclear.store.port import StoredEntry
from steerclear.store.sqlite import SqliteStore

HERE = Path(steerclear.__file__).parent

# What the process below may import: Python, and cryptography with what it stands on.
ALONE = """
import sys
class Only:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names | {"steerclear", "cryptography", "cffi", "_cffi_backend"}:
            raise ModuleNotFoundError(f"{name} is not to be had here")
sys.meta_path.insert(0, Only())
sys.path.insert(0, sys.argv[1])
import json
from pathlib import Path
from MODULE import FUNCTION as verify
from steerclear.record.charter import parse_charter
charter = parse_charter(Path(sys.argv[2]).read_bytes())
told = []
for path in sys.argv[3:]:
    report = verify(Path(path), told.append, charter=charter)
    print(json.dumps([report.kind, report.is_verified, report.counts.entries, len(report.failures)]))
assert told == sorted(told) or len(sys.argv) > 4
assert "steerclear.links" not in sys.modules and "steerclear.mechanism" not in sys.modules
"""


@pytest.fixture
def kept(world: World, tmp_path: Path) -> Path:
    """The record of a talk as a replica folder, a bundle, a proof and a database."""
    world.talk(3)
    write_replica(tmp_path / "replica", world.charter, world.replica())
    parts = tuple(
        LogPart(member, 0, 0, tuple(entries), print_note(world.note(member, "AZE", "ISR", "TUR")))
        for member, entries in sorted(world.entries.items())
    )
    bundle = Bundle(world.mechanism, "AZE", world.now, {"AZE": Held(0, 4)}, parts)
    (tmp_path / "by-hand.steerclear").write_bytes(print_bundle(bundle))
    delegations = [
        world.say(member, "key.delegate", delegate_body(world.keys[member].delegations(world.now)))
        for member in world.logs
    ]
    proof = prove(world.logs["TUR"], 3, world.entries["TUR"][3], world.note("TUR", "AZE", "ISR"), delegations)
    (tmp_path / "notice.tlog-proof").write_bytes(proof)
    (tmp_path / "charter.json").write_bytes(print_charter(world.charter))
    SqliteStore.create(tmp_path / "node.db", bytes(32))
    with SqliteStore(tmp_path / "node.db", bytes(32)) as store:
        store.keep_charter(print_charter(world.charter))
        for member, entries in world.entries.items():
            store.append([StoredEntry(member, 0, seq, entry, None) for seq, entry in enumerate(entries)])
    return tmp_path


def verified(root: Path, module: str, function: str, kept: Path, *names: str) -> list[list[Any]]:
    program = ALONE.replace("MODULE", module).replace("FUNCTION", function)
    paths = [str(kept / name) for name in names]
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(root), str(kept / "charter.json"), *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_record_alone_verifies_a_replica_a_bundle_and_a_proof(kept: Path, tmp_path: Path) -> None:
    """A copy of the two, as an auditor carries it away."""
    copy = tmp_path / "copy"
    shutil.copytree(
        HERE / "record", copy / "steerclear" / "record", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("__init__.py", "errors.py"):
        shutil.copy(HERE / name, copy / "steerclear" / name)
    names = ("replica", "by-hand.steerclear", "notice.tlog-proof")
    assert verified(copy, "steerclear.record.verify_path", "verify_replica", kept, *names) == [
        ["replica", True, 17, 0],
        ["bundle", True, 17, 0],
        ["proof", True, 1, 0],
    ]


def test_one_module_verifies_a_database_too(kept: Path) -> None:
    names = ("replica", "by-hand.steerclear", "notice.tlog-proof", "node.db")
    found = verified(HERE.parent, "steerclear.services.verify", "verify_path", kept, *names)
    assert [row[:2] for row in found] == [
        ["replica", True],
        ["bundle", True],
        ["proof", True],
        ["store", True],
    ]


def test_a_flipped_bit_is_found_alone_too(kept: Path) -> None:
    file = kept / "replica" / "TUR.0" / "entries-000000000000.jsonl"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    [[_, is_verified, _, failures]] = verified(
        HERE.parent, "steerclear.record.verify_path", "verify_replica", kept, "replica"
    )
    assert not is_verified
    assert failures


def test_no_record_is_verified_against_the_charter_of_another(kept: Path) -> None:
    """Whoever gives a charter has compared it by voice: nothing else may take its place."""
    other = parse_charter(print_charter(World("another").charter))
    assert verify_path(kept / "node.db").is_verified
    for name in ("replica", "by-hand.steerclear", "node.db"):
        with pytest.raises(NotVerified) as refused:
            verify_path(kept / name, charter=other)
        assert refused.value.code == "verify-other-mechanism"
