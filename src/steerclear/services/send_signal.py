# SPDX-License-Identifier: Apache-2.0
"""A desk sends a coded message, reads one back, or answers one. Codes and slot values travel, no text.

What is typed is read by the catalogue before anything is filed: a code that nobody knows, a slot that is
missing or of another kind, and a read-back that repeats something else are refused at the desk that typed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steerclear.errors import BadInput, Refused
from steerclear.formats.slots import ThingOf, differences, fill, signal_named
from steerclear.mechanism.bodies import SignalAnswer, SignalReadBack, SignalSend, SlotValue
from steerclear.mechanism.said import Said
from steerclear.model.annex import AnnexName
from steerclear.model.catalogue import CATALOGUE_HASH, SIGNALS
from steerclear.model.member import Role
from steerclear.model.signal import FREE_TEXT, Message
from steerclear.model.terms import Vocabulary
from steerclear.services.answers import Receipt
from steerclear.services.audience import for_answer, members_to
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about
from steerclear.services.receipts import receipt
from steerclear.services.requests import AnswerSignal, ReadBack, SendSignal
from steerclear.services.speak import by_desk, speak

__all__ = ["answer_signal", "message_of", "read_back", "send_signal"]


def send_signal(ledger: Ledger, request: SendSignal) -> tuple[Receipt, ...]:
    """To the members named, or to every other party; only they can read it. Raises ``BadInput``."""
    to = members_to(ledger, request.to, roles=frozenset({Role.PARTY}))
    slots = _slots(ledger, request.code, request.slots, request.free_text)
    body = SignalSend(
        code=request.code,
        slots=slots,
        read_back=_asks_for_read_back(ledger, request.code),
        vocabulary=None if request.code == FREE_TEXT else CATALOGUE_HASH,
        free_text=request.free_text,
    )
    return (receipt(ledger, speak(ledger, body, voice=by_desk(request.desk), to=to, readers=to)),)


def read_back(ledger: Ledger, request: ReadBack) -> tuple[Receipt, ...]:
    """Repeat code and slot values as they were understood; what differs is said, and nothing is filed.

    Raises ``BadInput`` and ``Refused`` (``read-back-differs``).
    """
    said = _signal(ledger, request.about)
    sent = message_of(said.body)
    _require_understandable(sent)
    repeated = fill(signal_named(request.code), request.slots, thing_of=_naming(ledger))
    if wrong := differences(sent, request.code, repeated):
        raise Refused(
            "read-back-differs",
            f"The read-back does not repeat what was sent: {', '.join(wrong)}.",
            where="read-back",
            remedy="Look at the signal again, and read back what it says; ask with say-again if in doubt.",
        )
    body = SignalReadBack(signal=said.id, code=sent.code, slots=sent.slots)
    return _answer(ledger, request.desk, said, body)


def answer_signal(ledger: Ledger, request: AnswerSignal) -> tuple[Receipt, ...]:
    """Answer a signal with a signal. Raises ``BadInput``."""
    said = _signal(ledger, request.about)
    slots = _slots(ledger, request.code, request.slots, request.free_text)
    body = SignalAnswer(signal=said.id, code=request.code, slots=slots, free_text=request.free_text)
    return _answer(ledger, request.desk, said, body)


def message_of(body: SignalSend | SignalAnswer) -> Message:
    """What travelled, as the renderer takes it."""
    marked = isinstance(body, SignalSend) and body.read_back
    return Message(body.code, body.slots, marked, body.free_text)


def _slots(
    ledger: Ledger, code: str, typed: Mapping[str, str], free_text: str | None
) -> tuple[SlotValue, ...]:
    if (code == FREE_TEXT) != bool(free_text) or (code == FREE_TEXT and typed):
        raise BadInput(
            "free-text-form",
            f"Free words stand with the code {FREE_TEXT} alone, and that code has nothing else.",
            where="free_text",
            remedy=f"Send {FREE_TEXT} with its words and no slots, or a signal with its slots and no words.",
        )
    return () if code == FREE_TEXT else fill(signal_named(code), typed, thing_of=_naming(ledger))


def _asks_for_read_back(ledger: Ledger, code: str) -> bool:
    """The catalogue's mark, or that of the ratified annex: the more careful of the two."""
    terms = ledger.view.annexes.terms(AnnexName.VOCABULARY, ledger.now())
    ratified = isinstance(terms, Vocabulary) and code in terms.read_back
    return ratified or (code in SIGNALS and SIGNALS[code].read_back)


def _require_understandable(sent: Message) -> None:
    """Nobody reads back what this node cannot say in words."""
    signal = SIGNALS.get(sent.code)
    if signal is None or signal.why_not(sent.slots) is not None:
        raise Refused(
            "signal-not-understood",
            "This node does not know what that signal means, so it cannot be read back.",
            where="about",
            remedy="Answer with not-understood, or ask by voice.",
        )


def _signal(ledger: Ledger, about: str) -> Said[SignalSend]:
    said: Said[Any] = said_about(ledger, about)
    if not isinstance(said.body, SignalSend):
        raise BadInput(
            "not-a-signal",
            f"“{about[:40]}” is a {said.kind} and no signal.",
            where="about",
            remedy="Name a signal as steerclear signals received shows it.",
        )
    return said


def _naming(ledger: Ledger) -> ThingOf:
    return lambda about: said_about(ledger, about).id


def _answer(
    ledger: Ledger, desk: str, about: Said[SignalSend], body: SignalReadBack | SignalAnswer
) -> tuple[Receipt, ...]:
    audience = for_answer(ledger, about)
    filed = speak(ledger, body, voice=by_desk(desk), to=audience.to, readers=audience.readers)
    return (receipt(ledger, filed),)
