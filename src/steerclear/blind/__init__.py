# SPDX-License-Identifier: Apache-2.0
"""The check that shows nobody the plans: which cells of two parties are met, and nothing else."""
