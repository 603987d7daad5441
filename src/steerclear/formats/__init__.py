# SPDX-License-Identifier: Apache-2.0
"""Other people's words: translated, never decided upon."""
