# SPDX-License-Identifier: Apache-2.0
"""How soon does one desk hear of what the other files, with many consoles and many notices about?"""
