# SPDX-License-Identifier: Apache-2.0
"""How soon is a console of use after its page was asked for, and how much does it load?"""
