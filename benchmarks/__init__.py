# SPDX-License-Identifier: Apache-2.0
"""How fast is it, beside others, on the same work in the same run?"""
