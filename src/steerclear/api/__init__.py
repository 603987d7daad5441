# SPDX-License-Identifier: Apache-2.0
"""The node over HTTP: thin faces that turn requests into verbs and errors into problem documents."""
