# SPDX-License-Identifier: Apache-2.0
"""Do the notices in these files keep clear of one another?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steerclear.cli import show


def screen(
    *,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="GeoJSON files; - is stdin.")],
    as_json: show.Json = False,
) -> int:
    """Check the notices in files against each other; needs no node."""
    from steerclear.errors import BadInput

    raise BadInput("file-unreadable", f"x{files}", remedy="y")
