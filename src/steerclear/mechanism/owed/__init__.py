# SPDX-License-Identifier: Apache-2.0
"""Who owes what about each kind of thing: one file for each."""
