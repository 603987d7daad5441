# SPDX-License-Identifier: Apache-2.0
"""Do the ways of the settings reach the bells of a node, and is a way that failed shown?"""

from __future__ import annotations

from pathlib import Path

import pytest

from steerclear.errors import BadInput
from steerclear.node import read_settings

WAYS = """
member = "TUR"
listen = "127.0.0.1:1"

[[ways]]
name = "chief-mail"
sort = "smtp"
desk = "air"
rung = 2
server = "127.0.0.1:1"
security = "none"
from = "node@a.example"
to = "chief@b.example"
tested = "2025-04-01"
"""


def test_ways_stand_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "steerclear.toml").write_text(WAYS, encoding="utf-8")
    (way,) = read_settings(tmp_path).ways
    assert (way.name, way.sort, way.desk, way.rung, way.tested) == (
        "chief-mail",
        "smtp",
        "air",
        2,
        "2025-04-01",
    )


def test_ways_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "steerclear.toml").write_text(WAYS.replace("smtp", "pigeon"), encoding="utf-8")
    with pytest.raises(BadInput, match="no sort of way"):
        read_settings(tmp_path)
