# SPDX-License-Identifier: Apache-2.0
"""What must this machine have to run a node tonight? Each check says what it found, or the remedy."""

from __future__ import annotations

import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from steerclear.errors import SteerclearError, Unreachable

__all__ = ["Check", "examine", "warm_in_background", "warmed"]

_OLDEST_PYTHON: Final = (3, 11)
_OLDEST_SQLITE: Final = (3, 37, 0)
"""STRICT tables came with SQLite 3.37."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    words: str


def examine(node: Path | None) -> tuple[Check, ...]:
    """Every check, in the order in which one would mend what is missing."""
    machine = (_python, _sqlite, _tls, _sealing, _blind, _clock, _disk)
    at_node = () if node is None else (lambda: _answers(node),)
    return tuple(check() for check in (*machine, *at_node))


def warmed() -> Iterator[Check]:
    """Compile the engine with two processes, then load it: each part is told when it is there."""
    from steerclear.screening.warming import AT_ONCE

    _run_at_once(AT_ONCE)
    for name, work in _every_part():
        began_s = time.perf_counter()
        work()
        took_s = time.perf_counter() - began_s
        yield Check(name, ok=True, words=f"compiled and loaded ({took_s:.1f} s)")


def _every_part() -> Iterator[tuple[str, Callable[[], None]]]:
    from steerclear.blind.warming import PARTS
    from steerclear.screening.warming import stages

    yield from ((stage.name, stage.work) for stage in stages())
    yield from PARTS.items()


def _run_at_once(lots: tuple[tuple[str, ...], ...]) -> None:
    """Each lot of parts is compiled by a process of its own; the cache on disk then has them all."""
    command = (sys.executable, "-m", "steerclear.screening.warming")
    running = [subprocess.Popen((*command, *parts)) for parts in lots]  # noqa: S603 - our own program
    failed = [process.wait() for process in running]
    if any(failed):
        raise Unreachable(
            "engine-not-compiled",
            "The screening engine could not be compiled ahead.",
            remedy="See the lines above; the place where compiled code is kept must be writable.",
        )


def warm_in_background() -> None:
    """So that the first notice need not wait: a node serves while its engine and its gazetteer are loaded."""
    threading.Thread(target=_loaded, name="warm", daemon=True).start()


def _loaded() -> None:
    from steerclear.formats.places import Gazetteer

    Gazetteer.load()
    for _, work in _every_part():
        work()


def _python() -> Check:
    have = sys.version_info[:3]
    words = f"Python {'.'.join(map(str, have))}"
    return _check("python", have >= _OLDEST_PYTHON, words, "install Python 3.11 or newer")


def _sqlite() -> Check:
    words = f"SQLite {sqlite3.sqlite_version}"
    return _check("sqlite", sqlite3.sqlite_version_info >= _OLDEST_SQLITE, words, "it must be 3.37 or newer")


def _tls() -> Check:
    return _check("tls", ssl.HAS_TLSv1_3, ssl.OPENSSL_VERSION, "it must speak TLS 1.3")


def _sealing() -> Check:
    from cryptography import __version__

    try:
        from cryptography.hazmat.primitives import hpke
    except ImportError:
        return Check(
            "sealing", ok=False, words=f"cryptography {__version__} has no HPKE: install 48 or newer"
        )
    return Check(
        "sealing", ok=True, words=f"cryptography {__version__} with {hpke.Suite.__name__} of RFC 9180"
    )


def _blind() -> Check:
    """What L3 and L3p compute with; a node without it serves, and says so where it is asked for."""
    from steerclear.blind.sodium import sodium_version

    try:
        version = sodium_version()
    except Unreachable as missing:
        return Check("blind", ok=False, words=f"{missing.what} {missing.remedy}")
    return Check("blind", ok=True, words=f"libsodium {version} with ristretto255 of RFC 9496{_proofs()}")


def _proofs() -> str:
    """Without libdecaf all works, and proofs cost five times as much: no fault, and worth a word."""
    from ctypes.util import find_library

    if find_library("decaf"):
        return "; libdecaf makes its proofs fast"
    return "; proofs are slow without libdecaf: apt install libdecaf0"


def _clock() -> Check:
    year = time.gmtime().tm_year
    return _check("clock", 2025 <= year < 2100, f"the clock shows {year}", "set it, and run an NTP client")


def _disk() -> Check:
    """A file system that cannot sync cannot keep what it acknowledges."""
    import os

    try:
        with tempfile.NamedTemporaryFile() as probe:
            probe.write(b"steerclear")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return Check("disk", ok=False, words=f"{error.strerror}: free space, or choose another disk")
    return Check("disk", ok=True, words="writes and syncs")


def _answers(node: Path) -> Check:
    from steerclear.client import NodeClient

    try:
        with NodeClient(node) as client:
            status = client.status()
    except Unreachable as error:
        return Check("node", ok=False, words=f"{error.what} {error.remedy}")
    except SteerclearError as error:
        return Check("node", ok=False, words=str(error))
    words = f"{status.member} is {status.regime}; {'; '.join(status.alarms) or 'no alarms'}"
    return _check("node", status.accepting and not status.alarms, words, status.because or "see the alarms")


def _check(name: str, ok: bool, words: str, remedy: str) -> Check:  # noqa: FBT001 - read beside its callers
    return Check(name, ok=ok, words=words if ok else f"{words}: {remedy}")
