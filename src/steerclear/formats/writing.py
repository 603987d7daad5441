# SPDX-License-Identifier: Apache-2.0
"""How are notices written in another form? One door for all of them, as ``reading`` is for the way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.cap import print_cap
from steerclear.formats.geojson import write_notices
from steerclear.formats.gpx import print_gpx
from steerclear.formats.hns_print import print_hns_csv, print_hns_xlsx
from steerclear.formats.kml import print_kml
from steerclear.formats.notam_print import print_notam
from steerclear.formats.openair import print_openair
from steerclear.formats.quoting import quoted
from steerclear.model.notice import Notice

__all__ = ["WRITTEN", "Envelope", "write_form"]

Notices = tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a text for a civil authority needs beside the notice.

    ``fir``      the designator of the FIR, for a NOTAM
    ``number``   the authority's own number, where it gave one
    ``contact``  whom a CAP alert is addressed to
    ``sent_s``   when it is sent, seconds since 1970
    """

    sent_s: int
    fir: str = ""
    number: str | None = None
    contact: str = ""


def write_form(notices: Notices, form: str, envelope: Envelope) -> bytes:
    """The file. Raises ``BadInput``: ``form-not-written``, ``one-notice``, and what the form cannot say."""
    if form not in _WRITERS:
        raise BadInput(
            "form-not-written",
            f"{quoted(form)} is not the name of a form that is written here.",
            remedy=f"Give one of: {', '.join(WRITTEN)}.",
        )
    return _WRITERS[form](notices, envelope)


def _notam(notices: Notices, envelope: Envelope) -> bytes:
    notice = _only(notices)
    return print_notam(notice, fir=envelope.fir, number=envelope.number).encode()


def _cap(notices: Notices, envelope: Envelope) -> bytes:
    return print_cap(_only(notices), sent_s=envelope.sent_s, contact=envelope.contact).encode()


def _only(notices: Notices) -> Notice:
    if len(notices) != 1:
        raise BadInput(
            "one-notice",
            f"{len(notices)} notices were given; a text for an authority is about one.",
            remedy="Write them one by one.",
        )
    return notices[0]


_WRITERS: Final[dict[str, Callable[[Notices, Envelope], bytes]]] = {
    "geojson": lambda notices, _: write_notices(notices).encode(),
    "notam": _notam,
    "cap": _cap,
    "kml": lambda notices, _: print_kml(notices).encode(),
    "gpx": lambda notices, _: print_gpx(notices).encode(),
    "openair": lambda notices, _: print_openair(notices).encode(),
    "hns-csv": lambda notices, _: print_hns_csv(notices),
    "hns-xlsx": lambda notices, _: print_hns_xlsx(notices),
}
WRITTEN: Final = tuple(_WRITERS)
