# SPDX-License-Identifier: Apache-2.0
"""Who is measured: one file for each, behind one small protocol."""
