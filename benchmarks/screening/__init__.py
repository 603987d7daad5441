# SPDX-License-Identifier: Apache-2.0
"""How fast is the screening engine beside the indexes that a Python user could take instead?"""
