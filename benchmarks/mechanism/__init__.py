# SPDX-License-Identifier: Apache-2.0
"""How long does it take to know what is owed, kept up and folded anew?"""
