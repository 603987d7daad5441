# SPDX-License-Identifier: Apache-2.0
"""How fast is the record written, checked and caught up with, beside the databases that could hold it?"""
