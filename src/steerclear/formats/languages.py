# SPDX-License-Identifier: Apache-2.0
"""In which languages do the signals speak, which way does each run, and what must each say?

English is the source: its texts are the messages that the catalogues translate. Every other language is one
file, ``catalogues/tr.po``. A message stands under a context: ``signal area-hot`` a signal, ``face unknown``
what a face says around signals, ``kind place`` the label of a slot.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

from steerclear.errors import BadInput
from steerclear.formats.po import Catalogue, read_po
from steerclear.formats.quoting import quoted
from steerclear.model.catalogue import SIGNALS
from steerclear.model.signal import SlotKind

__all__ = [
    "ENGLISH", "FACES", "KIND_LABELS", "LANGUAGES", "Language", "Source", "awaits_review", "catalogue",
    "language", "sources", "translations",
]  # fmt: skip

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` by ISO 639-1; ``name`` in the language itself."""

    code: str
    name: str
    english_name: str
    direction: Direction


ENGLISH: Final = Language("en", "English", "English", "ltr")

LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        one.code: one
        for one in (
            ENGLISH,
            Language("tr", "Türkçe", "Turkish", "ltr"),
            Language("he", "עברית", "Hebrew", "rtl"),
            Language("ar", "العربية", "Arabic", "rtl"),
            Language("az", "Azərbaycanca", "Azerbaijani", "ltr"),
            Language("ru", "Русский", "Russian", "ltr"),
        )
    }
)
"""Those of design and console, in the order of their menus."""

FACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unknown": "Unknown signal {code}. Do not guess its meaning. Ask by voice.",
        "misfit": "Signal {code} is not filled as its meaning requires. "
        "It does not count as understood. Ask by voice.",
        "free-text": "Free text, without safety meaning: {text}",
        "awaiting-review": "This translation was made by a machine and awaits a native reviewer. "
        "English and the code count.",
        "read-back": "Read back code and slots. Until then it does not count as understood.",
    }
)
"""What stands around signals."""

KIND_LABELS: Final[Mapping[SlotKind, str]] = MappingProxyType(
    {
        SlotKind.PLACE: "Position",
        SlotKind.TIME: "Time",
        SlotKind.AREA: "Area",
        SlotKind.TRACK: "Track",
        SlotKind.NUMBER: "Number",
        SlotKind.DESK: "Desk",
        SlotKind.MOVEMENT: "Movement",
        SlotKind.ITEM: "Entry",
        SlotKind.ALTITUDE: "Altitude",
        SlotKind.MEMBER: "Member",
        SlotKind.CALLSIGN: "Callsign",
        SlotKind.DURATION: "Duration",
        SlotKind.HEADING: "Heading (true)",
        SlotKind.DISTANCE: "Distance",
        SlotKind.FREQUENCY: "Frequency",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """One English message that every catalogue must translate; ``plural`` where it counts."""

    context: str
    english: str
    plural: str | None = None


def language(code: str) -> Language:
    """Raises ``BadInput`` (``language-unknown``)."""
    if code not in LANGUAGES:
        raise BadInput(
            "language-unknown",
            f"{quoted(code)} is not a language of the signals.",
            where="language",
            remedy=f"Choose one of {', '.join(LANGUAGES)}.",
        )
    return LANGUAGES[code]


def sources() -> Iterator[Source]:
    """Every message, in the order of the catalogue files."""
    for one in SIGNALS.values():
        counted = one.singular is not None
        yield Source(f"signal {one.code}", one.singular or one.text, one.text if counted else None)
    yield from (Source(f"face {name}", text) for name, text in FACES.items())
    yield from (Source(f"kind {kind.value}", label) for kind, label in KIND_LABELS.items())


@cache
def catalogue(code: str) -> Catalogue:
    """The translations into a language other than English; read once."""
    name = f"{language(code).code}.po"
    path = files("steerclear.formats").joinpath("catalogues", name)
    return read_po(path.read_text(encoding="utf-8"), where=name)


def translations(code: str) -> gettext.NullTranslations:
    """gettext's own lookup for a language; English translates nothing."""
    return gettext.NullTranslations() if code == ENGLISH.code else catalogue(code).translations


def awaits_review(code: str, context: str) -> bool:
    """No native speaker has read this message in this language."""
    if code == ENGLISH.code:
        return False
    return catalogue(code).messages[context].awaits_review
