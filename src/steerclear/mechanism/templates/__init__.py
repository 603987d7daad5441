# SPDX-License-Identifier: Apache-2.0
"""Whole sets of annexes to start from, one file of values each."""

from steerclear.mechanism.templates.making import NAMES, Template, described, template

__all__ = ["NAMES", "Template", "described", "template"]
