# SPDX-License-Identifier: Apache-2.0
"""Which decisions are listed among the pages? All of docs/adr, under their own titles: none is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LISTED_AS = "Why it was decided so"


def on_config(config: Any) -> Any:
    """MkDocs calls this before it reads the navigation."""
    folder = Path(config["docs_dir"]) / "adr"
    pages = [{_title(path): f"adr/{path.name}"} for path in sorted(folder.glob("*.md"))]
    config["nav"].append({LISTED_AS: pages})
    return config


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").replace("`", "")
