# SPDX-License-Identifier: Apache-2.0
"""The command line: parse, call, show."""

from __future__ import annotations

from steerclear.cli.app import main

__all__ = ["main"]
