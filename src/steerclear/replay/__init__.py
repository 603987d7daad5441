# SPDX-License-Identifier: Apache-2.0
"""Plays: a scripted clock and a whole mechanism of nodes in memory."""
