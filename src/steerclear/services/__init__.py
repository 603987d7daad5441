# SPDX-License-Identifier: Apache-2.0
"""One file per verb: each brings the rooms together for one thing that somebody does."""
