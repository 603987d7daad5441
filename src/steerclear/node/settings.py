# SPDX-License-Identifier: Apache-2.0
"""What does a node's ``steerclear.toml`` say? Who, where, its doors, its drill clock, its token, its ways."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steerclear.errors import BadInput, Unreachable
from steerclear.formats.languages import LANGUAGES
from steerclear.links.clock import DrillClock, SystemClock
from steerclear.links.token import TokenSettings
from steerclear.links.ways import WaySettings, read_ways
from steerclear.model.member import MemberId, member_id
from steerclear.model.time import Instant, format_instant, parse_instant, parse_typed_instant_us
from steerclear.node.doors import ConsoleSettings, MachineSettings, read_console, read_machines
from steerclear.node.feed_settings import LiveSettings, read_live
from steerclear.services.blind_offline import KEEP_DAYS, OfflineKeys

__all__ = ["DrillTime", "Settings", "drill_time", "print_settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class DrillTime:
    """A clock that shows ``origin`` at the real instant ``started`` and runs ``speed`` times as fast.

    Trusted with every time that this node writes; accepted only under a charter marked *drill*.
    """

    origin: Instant
    speed: float
    started: Instant


@dataclass(frozen=True, slots=True)
class Settings:
    """``steerclear.toml``. ``listen`` is host and port of the peers' listener; who reaches it still needs a
    member's certificate. ``token`` names the PKCS#11 token in which some of the signing keys lie.
    ``reviewed`` names, by language, the translation of the signals that our own reviewer has signed for.
    ``cosigns_twice``: ``[witness] mldsa44 = true``, cosign with an ML-DSA-44 key beside the Ed25519 one.
    ``offline``: ``[blind] offline = ["…"]`` and ``needed = 2``: the keys to which openings of blind checks
    are sealed; ``needed`` of their holders together read every cell that this node listed in the last
    ``keep_days``."""

    member: MemberId
    host: str
    port: int
    drill_time: DrillTime | None = None
    token: TokenSettings | None = None
    reviewed: Mapping[str, str] = field(default_factory=dict)
    ways: tuple[WaySettings, ...] = ()
    console: ConsoleSettings | None = None
    machines: MachineSettings | None = None
    cosigns_twice: bool = False
    offline: OfflineKeys | None = None
    live: LiveSettings = field(default_factory=LiveSettings)


def read_settings(folder: Path) -> Settings:
    """Raises ``Unreachable`` (``node-missing``) or ``BadInput`` (``settings-form``)."""
    path = folder / "steerclear.toml"
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Unreachable(
            "node-missing",
            "There is no node in this folder.",
            where=str(folder),
            remedy="Make one with steerclear init, or name the right folder.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad_settings(path, str(error)) from error
    try:
        host, _, port = str(found["listen"]).rpartition(":")
        return Settings(
            member_id(found["member"]),
            host,
            int(port),
            _read_drill(found.get("drill")),
            _read_token(found.get("token")),
            _read_reviewed(found.get("signals")),
            read_ways(found.get("ways")),
            read_console(found.get("console"), member=str(found["member"]), folder=folder),
            read_machines(found.get("machines"), folder=folder),
            cosigns_twice=_read_witness(found.get("witness")),
            offline=_read_blind(found.get("blind")),
            live=read_live(found.get("live"), folder=folder),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _bad_settings(path, f"{type(error).__name__} {error}") from error


def _read_drill(found: Mapping[str, Any] | None) -> DrillTime | None:
    if found is None:
        return None
    return DrillTime(parse_instant(found["origin"]), float(found["speed"]), parse_instant(found["started"]))


def _read_token(found: Mapping[str, Any] | None) -> TokenSettings | None:
    if found is None:
        return None
    purposes = tuple(str(one) for one in found["keys"])
    return TokenSettings(module=Path(str(found["module"])), label=str(found["label"]), purposes=purposes)


def _read_reviewed(found: Mapping[str, Any] | None) -> Mapping[str, str]:
    reviewed = dict(found["reviewed"]) if found is not None else {}
    for code, signed in reviewed.items():
        if code not in LANGUAGES or not isinstance(signed, str):
            raise ValueError(f"signals.reviewed.{code} is no translation's hash")
    return reviewed


def _read_witness(found: Mapping[str, Any] | None) -> bool:
    twice = found["mldsa44"] if found is not None else False
    if not isinstance(twice, bool):
        raise TypeError("witness.mldsa44 is neither true nor false")
    return twice


def _read_blind(found: Mapping[str, Any] | None) -> OfflineKeys | None:
    if found is None:
        return None
    publics = tuple(base64.b64decode(str(line), validate=True) for line in found["offline"])
    return OfflineKeys(publics, int(found["needed"]), int(found.get("keep_days", KEEP_DAYS)))


def _bad_settings(path: Path, why: str) -> BadInput:
    return BadInput(
        "settings-form",
        f"The settings cannot be read: {why}.",
        where=str(path),
        remedy="Correct the file; docs/operating.md lists every setting.",
    )


def drill_time(origin: str, started: str | None, speed: float) -> DrillTime:
    """A drill clock as people type it; ``started`` ``None`` is this moment. Raises ``BadInput``."""
    real = SystemClock().now() if started is None else _typed(started)
    drill = DrillTime(_typed(origin), speed, real)
    DrillClock(origin=drill.origin, speed=drill.speed, started=drill.started)  # said now, not at the start
    return drill


def _typed(text: str) -> Instant:
    return Instant(parse_typed_instant_us(text) // 1_000)


def print_settings(settings: Settings) -> str:
    lines = [f'member = "{settings.member}"', f'listen = "{settings.host}:{settings.port}"']
    if settings.drill_time is not None:
        drill = settings.drill_time
        lines += [
            "",
            "# Accepted only under a charter marked drill.",
            "[drill]",
            f'origin = "{format_instant(drill.origin)}"',
            f"speed = {drill.speed}",
            f'started = "{format_instant(drill.started)}"',
        ]
    if settings.token is not None:
        token = settings.token
        lines += [
            "",
            "# These keys lie in a PKCS#11 token; its PIN lies in keys/, under the passphrase.",
            "[token]",
            f"module = {json.dumps(str(token.module))}",
            f"label = {json.dumps(token.label)}",
            f"keys = {json.dumps(list(token.purposes))}",
        ]
    return "\n".join(lines) + "\n"
