# SPDX-License-Identifier: Apache-2.0
"""Where a node keeps the record: the only SQL in the house."""
