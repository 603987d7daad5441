# SPDX-License-Identifier: Apache-2.0
"""Does a node cosign twice when its settings say so, and only then?"""

from __future__ import annotations

from pathlib import Path

import pytest

from steerclear.errors import BadInput
from steerclear.node import read_settings

PLAIN = 'member = "TUR"\nlisten = "127.0.0.1:1"\n'


@pytest.mark.parametrize(
    ("more", "twice"),
    [("", False), ("[witness]\nmldsa44 = true\n", True), ("[witness]\nmldsa44 = false\n", False)],
)
def test_the_setting_is_read(tmp_path: Path, more: str, twice: bool) -> None:
    (tmp_path / "steerclear.toml").write_text(PLAIN + more, encoding="utf-8")
    assert read_settings(tmp_path).cosigns_twice is twice


@pytest.mark.parametrize("wrong", ['[witness]\nmldsa44 = "yes"\n', "[witness]\n"])
def test_a_setting_that_says_neither_stops_the_start(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "steerclear.toml").write_text(PLAIN + wrong, encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be read"):
        read_settings(tmp_path)
