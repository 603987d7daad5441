# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.blind``: what covering costs, beside its peer on the same work in the same run."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

from benchmarks.blind import cover


def main() -> int:
    versions = ", ".join(f"{name} {version(name)}" for name in ("steerclear", "numba", "numpy", "h3"))
    print(f"Python {platform.python_version()}, {platform.machine()}; {versions}; seconds of one processor")
    print(f"{'cells listed':44}{'who':12}{'volumes':>9}{'cells':>12}{'s':>9}{'cells/s':>13}")
    for row in cover.measure():
        print(
            f"{row.what:44}{row.who:12}{row.volumes:>9,}{row.cells:>12,}{row.seconds:>9.3f}"
            f"{row.cells / row.seconds:>13,.0f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
