# SPDX-License-Identifier: Apache-2.0
"""Attacks on the record play in its own small mechanism, attacks over the wire between running nodes."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.wire import Ground, Wire, running

_TESTS = Path(__file__).parent.parent


def _borrowed(room: str) -> Any:
    """The fixtures of another room, under a name of their own."""
    name = f"{room}_world"
    spec = importlib.util.spec_from_file_location(name, _TESTS / room / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def _record_world() -> Any:
    return _borrowed("record")


@pytest.fixture(scope="session")
def services_world() -> Any:
    """The channel of three whole nodes: ``area``, ``collection``, ``copy_of`` …"""
    return _borrowed("services")


@pytest.fixture(scope="session")
def _ratified(services_world: Any) -> Any:
    return services_world.ratified()


@pytest.fixture
def channel(services_world: Any, _ratified: Any) -> Any:
    """Three whole nodes, founded and ratified; 05:10 on 10 April 2025."""
    return services_world.copy_of(_ratified)


@pytest.fixture
def world(_record_world: Any) -> Any:
    """Every log begun: TUR, ISR and the host AZE, which carries MSF."""
    return _record_world.World().begin()


@pytest.fixture
def talking(_record_world: Any) -> Any:
    """Logs with notices in clear, sealed notices and beats."""
    return _record_world.World().begin().talk(3)


@pytest.fixture(scope="session")
def _ground() -> Iterator[Ground]:
    ground = Ground()
    yield ground
    ground.close()


@pytest.fixture
def wire(_ground: Ground, tmp_path: Path) -> Iterator[Wire]:
    """Three running nodes, founded and ratified, on real sockets; 05:10 on 10 April 2025."""
    with running(_ground, tmp_path) as wire:
        yield wire
