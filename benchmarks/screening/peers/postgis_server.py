# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server for the length of the benchmark: a temporary folder, a socket in it, no open port.

PostgreSQL refuses to run as root; there it runs as the user ``postgres`` that its package makes.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.screening.peers.registry import Absent

__all__ = ["serving"]

_INSTALLED: Final = Path("/usr/lib/postgresql")
_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "1GB",
    "work_mem": "512MB",
    "maintenance_work_mem": "1GB",
}


@contextlib.contextmanager
def serving(
    *, at_most_s: int, settings: Mapping[str, str] | None = None, extension: str | None = "postgis"
) -> Iterator[str]:
    """Start a server and yield its address; no statement runs longer than ``at_most_s``.

    ``settings`` go before those above, which are for speed and keep nothing safe. Raises ``Absent`` when
    PostgreSQL or the ``extension`` is not installed.
    """
    programs = _programs(extension)
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="steerclear-bench-postgis-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        limits = {"statement_timeout": f"{at_most_s}s"}
        yield from _served(programs, folder, user, _SETTINGS | limits | dict(settings or {}), extension)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(
    programs: Path, folder: Path, user: str | None, settings: Mapping[str, str], extension: str | None
) -> Iterator[str]:
    data = folder / "data"
    owner = user or pwd.getpwuid(os.getuid()).pw_name
    _run(
        [programs / "initdb", "-D", data, "-U", owner, "-A", "trust", "--no-sync", "-E", "UTF8"], user, folder
    )
    given = {**settings, "unix_socket_directories": str(folder)}
    words = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *words],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the benchmark, which then ends its server itself
        )
    try:
        _wait_until_ready(programs, folder, server)
        base = f"host={folder} user={owner} dbname=postgres"
        if extension is not None:
            _run([programs / "psql", base, "-qXc", f"CREATE EXTENSION {extension}"], user, folder)
        yield base
    finally:
        server.send_signal(signal.SIGINT)  # "fast": ends its sessions, waits for nobody
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=30)


def _programs(extension: str | None) -> Path:
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    for initdb in reversed(found):
        version = initdb.parts[-3]
        controls = Path(f"/usr/share/postgresql/{version}/extension")
        if extension is None or (controls / f"{extension}.control").exists():
            return initdb.parent
    what = "PostGIS" if found else "PostgreSQL"
    raise Absent(f"{what} is not installed; on Debian: apt-get install postgresql-postgis")


def _user() -> str | None:
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise Absent("root may not run PostgreSQL, and there is no user postgres") from error


def _wait_until_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise Absent(f"PostgreSQL did not start: {_last_words(folder / 'log')}")
        ready = subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise Absent("PostgreSQL did not answer within 30 s")


def _run(words: Sequence[object], user: str | None, folder: Path) -> None:
    done = subprocess.run(
        [str(word) for word in words], user=user, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Absent(f"{words[0]} failed: {done.stderr.strip().splitlines()[-1:]}")


def _last_words(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
