# SPDX-License-Identifier: Apache-2.0
"""What does a check cost that shows nobody the plans?"""
