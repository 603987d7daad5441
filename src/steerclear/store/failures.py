# SPDX-License-Identifier: Apache-2.0
"""What a store says when it cannot keep or read: one sentence for each way."""

from __future__ import annotations

from steerclear.errors import NotKept

__all__ = ["closed", "corrupt", "disk_error", "entry_missing", "full", "read_only"]


def full(where: str | None = None) -> NotKept:
    return NotKept(
        "store-full",
        "The disk is full: nothing more can be filed.",
        remedy="Make room on the disk, then repeat the command; STOP and distress still go out.",
        where=where,
    )


def read_only(where: str | None = None) -> NotKept:
    return NotKept(
        "store-read-only",
        "The database can only be read.",
        remedy="Make the file and its folder writable for the node, or use the node that writes it.",
        where=where,
    )


def corrupt(how: str, *, where: str) -> NotKept:
    return NotKept(
        "store-corrupt",
        f"The database is damaged: {how}.",
        remedy="Do not write to it. Restore a backup; missing entries come back from the other members.",
        where=where,
    )


def disk_error(how: str, *, where: str) -> NotKept:
    return NotKept(
        "store-disk-error",
        f"The database's disk cannot be used: {how}.",
        remedy="Check the disk and the system's log, then start the node again; nothing was acknowledged.",
        where=where,
    )


def closed(where: str | None = None) -> NotKept:
    return NotKept(
        "store-closed",
        "The store was closed.",
        remedy="Start the node again, then repeat the command.",
        where=where,
    )


def entry_missing(place: str) -> NotKept:
    return NotKept(
        "entry-missing",
        f"Entry {place} is not kept here.",
        remedy="Append the entry before its opening.",
        where=place,
    )
