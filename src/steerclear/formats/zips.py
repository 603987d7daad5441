# SPDX-License-Identifier: Apache-2.0
"""What is in this zip file, and will it stay small when it is opened?

A few kilobytes can unpack to gigabytes. A member is never given out beyond the size that it declares, and
what all of them declare is bounded before the first is opened; so are their number and the sizes of their
names.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput

__all__ = ["Unzipped"]

LARGEST_UNPACKED_BYTES: Final = 40_000_000
MOST_MEMBERS: Final = 500
_DEFLATED_OR_STORED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Unzipped:
    """A zip file that was looked over; its members are read one by one."""

    archive: zipfile.ZipFile

    @classmethod
    def of(cls, data: bytes) -> Unzipped:
        """Raises ``BadInput``: ``not-a-zip``, ``zip-too-large``."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, RuntimeError, OSError) as error:
            raise _not_a_zip() from error
        members = archive.infolist()
        if (
            len(members) > MOST_MEMBERS
            or sum(member.file_size for member in members) > LARGEST_UNPACKED_BYTES
            or any(member.compress_type not in _DEFLATED_OR_STORED for member in members)
        ):
            raise BadInput(
                "zip-too-large",
                f"It unpacks to more than {LARGEST_UNPACKED_BYTES:,} bytes or {MOST_MEMBERS} files, or in a "
                "way that is not opened here.",
                remedy="Send the one file that matters, without pictures and icons.",
            )
        return cls(archive)

    def names(self) -> tuple[str, ...]:
        return tuple(self.archive.namelist())

    def size(self, name: str) -> int:
        """Bytes that the member declares."""
        return self.archive.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """Raises ``BadInput`` (``not-a-zip``) for a member that is damaged, sealed or larger than it says."""
        try:
            return self.archive.read(name)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            RuntimeError,
            KeyError,
            ValueError,
            OSError,
        ) as error:
            raise _not_a_zip() from error


def _not_a_zip() -> BadInput:
    return BadInput(
        "not-a-zip",
        "The file is not a zip file, or it is damaged or sealed with a password.",
        remedy="Save it again, and check that it was not cut off on the way.",
    )
