# SPDX-License-Identifier: Apache-2.0
"""The rules: statements and ``now`` in, duties out. Pure; no clock, no file, no socket."""
