# SPDX-License-Identifier: Apache-2.0
"""What does a signal say, in one language? The one rendering of every face: pure, total, never a guess.

    code + slot values ──► sentence of the catalogue, its slots filled, and the slots once more in full
    unknown code       ──► shown as unknown, with its slots      wrong slots ──► shown as not understood

Numbers, times and positions stand in the same form in every language: ``2025-04-09T08:00:00Z``,
``3000 ft AMSL``, decimal degrees with MGRS. In right-to-left text each slot is isolated (U+2068 … U+2069,
Unicode UAX #9), so that no neighbour can turn its digits round; elsewhere, where the slot itself runs so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from steerclear.formats.coordinates import spell
from steerclear.formats.languages import (
    ENGLISH,
    FACES,
    KIND_LABELS,
    Direction,
    Language,
    awaits_review,
    catalogue,
    language,
    translations,
)
from steerclear.model.catalogue import SIGNALS
from steerclear.model.signal import FREE_TEXT, Message, Signal, kind_of_value
from steerclear.model.slots import (
    AltitudeSlot,
    AreaSlot,
    CallsignSlot,
    DeskSlot,
    DistanceSlot,
    DurationSlot,
    FrequencySlot,
    HeadingSlot,
    ItemSlot,
    MemberSlot,
    MovementSlot,
    NumberSlot,
    PlaceSlot,
    SlotValue,
    TimeSlot,
)
from steerclear.model.space import Altitude, Datum
from steerclear.model.time import Instant, format_instant, format_zulu

__all__ = ["NameOf", "Rendered", "ShownSlot", "face_words", "meaning", "render", "said_to", "shown"]

NameOf = Callable[[str], str]
"""How an id is shown: ``TUR-0042``, where the node holds its entry."""

ISOLATE: Final = "\u2068"
END_OF_ISOLATE: Final = "\u2069"
_RIGHT_TO_LEFT: Final = frozenset(("R", "AL", "AN", "RLE", "RLO", "RLI"))
_GAP: Final = re.compile(r"\{([a-z]+)\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """A slot on its own line: ``value`` in full (a position three ways), never translated."""

    name: str
    kind: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in one language. ``text`` runs in ``direction``; ``standing`` says what it is worth."""

    code: str
    language: str
    direction: Direction
    text: str
    slots: tuple[ShownSlot, ...]
    standing: Literal["known", "unknown", "misfit", "free-text"]
    read_back: bool
    awaits_review: bool


def render(message: Message, code: str, *, name_of: NameOf = str) -> Rendered:
    """``message`` in the language ``code``. Raises ``BadInput`` (``language-unknown``) and nothing else."""
    spoken = language(code)
    signal = SIGNALS.get(message.code)
    if message.code == FREE_TEXT:
        context, text, standing = "face free-text", _framed(spoken, "free-text", message), "free-text"
    elif signal is None:
        context, text, standing = "face unknown", _framed(spoken, "unknown", message), "unknown"
    elif signal.why_not(message.slots) is not None:
        context, text, standing = "face misfit", _framed(spoken, "misfit", message), "misfit"
    else:
        context, standing = f"signal {signal.code}", "known"
        text = _sentence(signal, message.slots, spoken, name_of)
    return Rendered(
        code=message.code,
        language=spoken.code,
        direction=spoken.direction,
        text=text,
        slots=_echo(message, signal if standing == "known" else None, spoken, name_of),
        standing=standing,  # type: ignore[arg-type]  # one of the four words above
        read_back=message.read_back,
        awaits_review=awaits_review(spoken.code, context),
    )


def said_to(
    message: Message, code: str, reviewed: Mapping[str, str], *, name_of: NameOf = str
) -> tuple[Rendered, ...]:
    """What a reader of the language ``code`` sees, in order: their own language and English.

    ``reviewed`` names by language the hash of the catalogue that the reader's own reviewer has signed.
    A language that is not signed, or whose catalogue has changed since, stands behind English.
    """
    own = render(message, code, name_of=name_of)
    if code == ENGLISH.code:
        return (own,)
    english = render(message, ENGLISH.code, name_of=name_of)
    signed = reviewed.get(code) == catalogue(code).hash
    return (own, english) if signed else (english, own)


def meaning(signal: Signal, code: str) -> tuple[str, ...]:
    """The sentences of a signal with their gaps: one, or the language's plural forms in gettext's order."""
    if code == ENGLISH.code:
        return (signal.text,) if signal.singular is None else (signal.singular, signal.text)
    return catalogue(code).messages[f"signal {signal.code}"].forms


def face_words(name: str, code: str) -> str:
    """What a face says around signals, in one language; ``name`` is one of ``FACES``."""
    return translations(language(code).code).pgettext(f"face {name}", FACES[name])


def shown(value: SlotValue, name_of: NameOf = str) -> tuple[str, ...]:
    """A slot value as every language shows it: one way, or a position decimal, in DMS and in MGRS."""
    match value:
        case PlaceSlot(place):
            ways = spell(place)
            return ways.decimal, ways.dms, ways.mgrs
        case TimeSlot(at):
            return (_zulu(at),)
        case AreaSlot(id_) | MovementSlot(id_) | ItemSlot(id_):
            return (name_of(id_),)
        case NumberSlot(number):
            return (str(number),)
        case DeskSlot(member, desk):
            return (f"{member} {desk}",)
        case AltitudeSlot(altitude):
            return (_height(altitude),)
        case MemberSlot(word) | CallsignSlot(word):
            return (word,)
        case DurationSlot(seconds):
            return (_long(seconds),)
        case HeadingSlot(degrees):
            return (f"{degrees:03d}°T",)
        case DistanceSlot(metres):
            return (f"{metres} m",)
        case FrequencySlot(kilohertz):
            return (f"{kilohertz // 1000}.{kilohertz % 1000:03d} MHz",)
        case _:
            return (value.track,)


def _sentence(signal: Signal, values: Sequence[SlotValue], spoken: Language, name_of: NameOf) -> str:
    found, context = translations(spoken.code), f"signal {signal.code}"
    count = signal.count_in(values)
    if count is None or signal.singular is None:
        template = found.pgettext(context, signal.text)
    else:
        template = found.npgettext(context, signal.singular, signal.text, count)
    filling = {
        slot.name: _inline(shown(value, name_of)) for slot, value in zip(signal.slots, values, strict=True)
    }
    return _filled(template, filling, spoken)


def _framed(spoken: Language, name: str, message: Message) -> str:
    filling = {"code": message.code, "text": message.free_text or ""}
    return _filled(face_words(name, spoken.code), filling, spoken)


def _filled(template: str, filling: Mapping[str, str], spoken: Language) -> str:
    """One pass: what fills a gap is never read as a gap."""
    return _GAP.sub(lambda gap: _isolated(filling[gap[1]], spoken), template)


def _isolated(value: str, spoken: Language) -> str:
    turns = any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in value)
    return f"{ISOLATE}{value}{END_OF_ISOLATE}" if turns or spoken.direction == "rtl" else value


def _inline(ways: tuple[str, ...]) -> str:
    """Within a sentence a position stands decimal and in MGRS; all three ways stand below it."""
    return ways[0] if len(ways) == 1 else f"{ways[0]} ({ways[-1]})"


def _echo(
    message: Message, signal: Signal | None, spoken: Language, name_of: NameOf
) -> tuple[ShownSlot, ...]:
    kinds = [kind_of_value(value) for value in message.slots]
    names = [slot.name for slot in signal.slots] if signal is not None else [kind.value for kind in kinds]
    say = translations(spoken.code).pgettext
    return tuple(
        ShownSlot(
            name, kind.value, say(f"kind {kind.value}", KIND_LABELS[kind]), " · ".join(shown(value, name_of))
        )
        for name, kind, value in zip(names, kinds, message.slots, strict=True)
    )


def _zulu(at: Instant) -> str:
    return format_zulu(at // 1000) if at % 1000 == 0 else format_instant(at)


def _height(altitude: Altitude) -> str:
    level = f" (FL{altitude.feet // 100:03d})" if _is_level(altitude) else ""
    return f"{altitude.feet} ft {altitude.datum.value}{level}"


def _is_level(altitude: Altitude) -> bool:
    return altitude.datum is Datum.STD and altitude.feet >= 0 and altitude.feet % 100 == 0


def _long(seconds: int) -> str:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [f"{size} {unit}" for size, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if size]
    return " ".join(parts) or "0 s"
