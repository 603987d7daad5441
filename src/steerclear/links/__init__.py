# SPDX-License-Identifier: Apache-2.0
"""How a node meets the world: other nodes, keys, clocks, bells."""
