# SPDX-License-Identifier: Apache-2.0
"""Steerclear: a standing de-confliction mechanism for parties that do not trust each other."""
