# SPDX-License-Identifier: Apache-2.0
"""Attacks on the record play in the same small mechanism as the record's own tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_PLACE = Path(__file__).parent.parent / "record" / "conftest.py"


@pytest.fixture(scope="session")
def _record_world() -> Any:
    spec = importlib.util.spec_from_file_location("record_world", _PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def world(_record_world: Any) -> Any:
    """Every log begun: TUR, ISR and the host AZE, which carries MSF."""
    return _record_world.World().begin()


@pytest.fixture
def talking(_record_world: Any) -> Any:
    """Logs with notices in clear, sealed notices and beats."""
    return _record_world.World().begin().talk(3)
