# SPDX-License-Identifier: Apache-2.0
"""WGS84 in numbers: distances, gaps, insides, datums. Every bound is rounded to the safe side."""
