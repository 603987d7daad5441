# SPDX-License-Identifier: Apache-2.0
"""Three real nodes on one machine, and a story that they play."""

from steerclear.cli.demo.command import demo

__all__ = ["demo"]
