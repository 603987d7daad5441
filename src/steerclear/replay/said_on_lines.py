# SPDX-License-Identifier: Apache-2.0
"""What does a deed on the line say: ownership, checks, signals, sites and movements?"""

from __future__ import annotations

from steerclear.formats.coordinates import parse_position, spell
from steerclear.formats.slots import read_slot
from steerclear.mechanism import bodies as say
from steerclear.model.annex import AnnexName
from steerclear.model.catalogue import CATALOGUE_HASH, SIGNALS
from steerclear.model.member import desk_name, member_id
from steerclear.model.signal import Slot, SlotKind
from steerclear.model.terms import Vocabulary
from steerclear.replay import deeds
from steerclear.replay.saying import Ask, Say, Scene, Spoken, known, spoken
from steerclear.replay.words import instant_of
from steerclear.services import requests as ask

__all__: list[str] = []


# -- ownership, checks, signals -------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.AskOwnership, scene: Scene) -> Spoken:
    place = spell(deed.at).decimal
    return Ask(ask.AskOwnership(desk=scene.desk, of=deed.of, place=place, seen=deed.seen))


@spoken.register
def _(deed: deeds.AnswerOwnership, scene: Scene) -> Spoken:
    question = scene.id_of(deed.question)
    request = ask.Answer(desk=scene.desk, about=question, answer=deed.word, part=deed.part)
    return Ask(request)


@spoken.register
def _(_deed: deeds.CallCheck, scene: Scene) -> Spoken:
    return Say(say.CheckCall(None, "node"), scene.to)


@spoken.register
def _(deed: deeds.AnswerCheck, scene: Scene) -> Spoken:
    check = scene.id_of(deed.check)
    return Say(say.CheckAnswer(check, deed.readability), scene.authors_of(check))


@spoken.register
def _(deed: deeds.SendSignal, scene: Scene) -> Spoken:
    terms = scene.view.annexes.terms(AnnexName.VOCABULARY, scene.now)
    vocabulary = terms if isinstance(terms, Vocabulary) else None
    body = say.SignalSend(
        code=deed.code,
        slots=_slots(deed.slots, scene),
        read_back=SIGNALS[deed.code].read_back
        or (vocabulary is not None and deed.code in vocabulary.read_back),
        vocabulary=CATALOGUE_HASH,
        free_text=None,
    )
    return Say(body, scene.to)


@spoken.register
def _(deed: deeds.ReadBack, scene: Scene) -> Spoken:
    signal = scene.id_of(deed.signal)
    sent = known(scene.view.signals.get(signal), deed.signal).sent.body
    return Say(say.SignalReadBack(signal, sent.code, sent.slots), scene.authors_of(signal))


@spoken.register
def _(deed: deeds.AnswerSignal, scene: Scene) -> Spoken:
    signal = scene.id_of(deed.signal)
    body = say.SignalAnswer(signal, deed.code, _slots(deed.slots, scene), None)
    return Say(body, scene.authors_of(signal))


def _slots(values: tuple[deeds.SlotValue, ...], scene: Scene) -> tuple[say.SlotValue, ...]:
    return tuple(_slot(value, scene) for value in values)


def _slot(value: deeds.SlotValue, scene: Scene) -> say.SlotValue:
    """A slot is named by its sort, and its text is read as that sort is written in a play."""
    match value.slot:
        case "place":
            return say.PlaceSlot(parse_position(value.text))
        case "time":
            return say.TimeSlot(instant_of(value.text, where="a slot", reference=scene.now))
        case "number":
            return say.NumberSlot(int(value.text))
        case "area":
            return say.AreaSlot(scene.id_named(value.text))
        case "movement":
            return say.MovementSlot(scene.id_named(value.text))
        case "item":
            return say.ItemSlot(scene.id_named(value.text))
        case "desk":
            member, _, desk = value.text.partition(" ")
            return say.DeskSlot(member_id(member), desk_name(desk))
        case kind:
            return read_slot(Slot(kind, SlotKind(kind)), value.text, thing_of=scene.id_named)


# -- sites and movements ------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.RegisterSite, scene: Scene) -> Spoken:
    """Whom the sender chose can read where it stands, and nobody else."""
    body = say.SiteRegister(deed.name, say.SiteCategory(deed.category), deed.footprint, deed.near, None)
    return Say(body, scene.to, sealed=True)


@spoken.register
def _(deed: deeds.RenewSite, scene: Scene) -> Spoken:
    return Say(say.SiteRenew((scene.id_of(deed.site),)), scene.readers_of(deed.site))


@spoken.register
def _(deed: deeds.EndSite, scene: Scene) -> Spoken:
    return Say(say.SiteEnd(scene.id_of(deed.site), scene.manner.because), scene.readers_of(deed.site))


@spoken.register
def _(deed: deeds.ReportMovement, scene: Scene) -> Spoken:
    body = say.MovementReport(
        movement=scene.id_of(deed.movement),
        step=say.MovementStep(deed.what),
        place=deed.at,
        seen_at=scene.now,
        next_at=deed.next_at,
        text=None,
    )
    return Say(body, scene.readers_of(deed.movement))


@spoken.register
def _(deed: deeds.TryContact, scene: Scene) -> Spoken:
    result = say.ContactResult.REACHED if deed.reached else say.ContactResult.NO_CONTACT
    movement = scene.id_of(deed.movement)
    return Say(say.ContactAttempt(movement, deed.way, scene.now, result), scene.everybody_else)
