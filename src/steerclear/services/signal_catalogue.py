# SPDX-License-Identifier: Apache-2.0
"""What can be said in signals, in every language? The catalogue as rows, for the console and for scripts.

A face that puts a signal together shows these texts while it is typed; what was sent is rendered by the node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steerclear.formats.languages import FACES, KIND_LABELS, LANGUAGES, awaits_review, catalogue, translations
from steerclear.formats.signals import face_words, meaning
from steerclear.formats.slots import FORMS
from steerclear.model.catalogue import CATALOGUE_HASH, CATALOGUE_VERSION, SIGNALS
from steerclear.model.signal import Signal

__all__ = [
    "CatalogueShown", "LanguageRow", "MeaningRow", "SignalMeaningRow", "SlotRow", "matching",
    "signal_catalogue",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRow:
    """``catalogue`` is the hash that a reviewer's signature names; English is the source and has none.

    ``plural_rule`` chooses among the texts of a count, in gettext's notation. ``faces`` and ``kinds`` are the
    words around signals and the labels of slots.
    """

    code: str
    name: str
    direction: str
    catalogue: str | None
    plural_rule: str
    faces: Mapping[str, str]
    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningRow:
    """A signal in one language: one text, or one for each plural form, with gaps as ``{time}``."""

    texts: tuple[str, ...]
    awaits_review: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """A slot; ``form`` says how it is typed."""

    name: str
    kind: str
    form: str
    smallest: int | None
    largest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalMeaningRow:
    """A code, its slots, and its meaning by language."""

    code: str
    group: str
    read_back: bool
    slots: tuple[SlotRow, ...]
    meanings: Mapping[str, MeaningRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueShown:
    """``hash`` is what the annex *vocabulary* ratifies."""

    version: int
    hash: str
    languages: tuple[LanguageRow, ...]
    signals: tuple[SignalMeaningRow, ...]


def signal_catalogue(chosen: Iterable[Signal] | None = None) -> CatalogueShown:
    """The whole catalogue, or some signals of it."""
    return CatalogueShown(
        version=CATALOGUE_VERSION,
        hash=CATALOGUE_HASH,
        languages=tuple(_language(code) for code in LANGUAGES),
        signals=tuple(_signal(one) for one in (SIGNALS.values() if chosen is None else chosen)),
    )


def matching(words: Iterable[str]) -> tuple[Signal, ...]:
    """The signals that hold every one of ``words`` in code, group or meaning, in any language."""
    wanted = [word.casefold() for word in words]
    return tuple(one for one in SIGNALS.values() if all(word in _haystack(one) for word in wanted))


def _haystack(signal: Signal) -> str:
    texts = (text for language in LANGUAGES for text in meaning(signal, language))
    return " ".join((signal.code, signal.group.value, *texts)).casefold()


def _language(code: str) -> LanguageRow:
    spoken = LANGUAGES[code]
    source = code == "en"
    return LanguageRow(
        code=code,
        name=spoken.name,
        direction=spoken.direction,
        catalogue=None if source else catalogue(code).hash,
        plural_rule="nplurals=2; plural=(n != 1);" if source else catalogue(code).header["Plural-Forms"],
        faces={name: face_words(name, code) for name in FACES},
        kinds={
            kind.value: translations(code).pgettext(f"kind {kind.value}", label)
            for kind, label in KIND_LABELS.items()
        },
    )


def _signal(signal: Signal) -> SignalMeaningRow:
    return SignalMeaningRow(
        code=signal.code,
        group=signal.group.value,
        read_back=signal.read_back,
        slots=tuple(
            SlotRow(
                name=slot.name,
                kind=slot.kind.value,
                form=FORMS[slot.kind],
                smallest=slot.smallest,
                largest=slot.largest,
            )
            for slot in signal.slots
        ),
        meanings={
            language: MeaningRow(
                texts=meaning(signal, language),
                awaits_review=awaits_review(language, f"signal {signal.code}"),
            )
            for language in LANGUAGES
        },
    )
