# SPDX-License-Identifier: Apache-2.0
"""The same commands as ``steerclear``, for ``python -m steerclear.cli``."""

from __future__ import annotations

from steerclear.cli import main

if __name__ == "__main__":
    main()
