# SPDX-License-Identifier: Apache-2.0
"""How fast is the live picture, beside those who do the same?"""
