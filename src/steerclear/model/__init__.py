# SPDX-License-Identifier: Apache-2.0
"""The nouns: frozen, stdlib only, checked when made."""
