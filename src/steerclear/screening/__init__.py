# SPDX-License-Identifier: Apache-2.0
"""The strategic engine: notice against notice, and the nearest alternative without conflict."""
