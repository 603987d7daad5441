# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.blind``: what a check costs, beside its peers on the same work in the same run.

python -m benchmarks.blind [--only cover|exchanges] [--quick] [--up-to N] [--cap S]
"""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import version

from benchmarks.blind import cover, exchanges


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blind", description=__doc__)
    parser.add_argument("--only", choices=("cover", "exchanges"), help="one half only")
    parser.add_argument(
        "--quick", action="store_true", help="exchanges of 2,000 cells: does everything work?"
    )
    parser.add_argument(
        "--up-to", type=int, default=exchanges.SIZES[-1], metavar="N", help="the largest exchange"
    )
    parser.add_argument("--cap", type=float, default=600, metavar="S", help="seconds for one exchange")
    asked = parser.parse_args()
    if asked.only != "exchanges":
        _cover()
    if asked.only != "cover":
        sizes = (2_000,) if asked.quick else tuple(size for size in exchanges.SIZES if size <= asked.up_to)
        exchanges.run(sizes, standing=10 if asked.quick else exchanges.STANDING, cap_s=asked.cap)
    return 0


def _cover() -> None:
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("steerclear", "numba", "numpy", "h3", "openmined-psi")
    )
    print(f"Python {platform.python_version()}, {platform.machine()}; {versions}; seconds of one processor")
    print(f"{'cells listed':44}{'who':12}{'volumes':>9}{'cells':>12}{'s':>9}{'cells/s':>13}")
    for row in cover.measure():
        print(
            f"{row.what:44}{row.who:12}{row.volumes:>9,}{row.cells:>12,}{row.seconds:>9.3f}"
            f"{row.cells / row.seconds:>13,.0f}"
        )
    print()


if __name__ == "__main__":
    sys.exit(main())
