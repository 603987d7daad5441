# SPDX-License-Identifier: Apache-2.0
"""What does a deed of a play say in the record? A request to the node's own services, or a statement's body.

What a face can ask for goes the way of the faces (``Ask``), with gate, receipts and refusals; the rest of the
kinds are said as they are (``Say``). Names of the play become ids here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import TypeVar

from steerclear.errors import Refused
from steerclear.mechanism import bodies as say
from steerclear.mechanism.view import View
from steerclear.model.member import DeskName, MemberId
from steerclear.model.time import Instant
from steerclear.replay.script import Manner, Named
from steerclear.services.verbs import Request

__all__ = ["Ask", "Say", "Scene", "Spoken", "known", "spoken", "voice_log_of"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that the node's services carry out."""

    request: Request


@dataclass(frozen=True, slots=True)
class Say:
    """A body to be signed and filed as it is; ``sealed``: readable by its addressees alone."""

    body: object
    to: tuple[MemberId, ...]
    by_authority: bool = False
    sealed: bool = False


Spoken = Ask | Say


@dataclass(frozen=True, slots=True)
class Scene:
    """Who speaks, when, about what: everything that the words of a deed need to become a statement."""

    member: MemberId
    desk: DeskName
    rung: int
    now: Instant
    manner: Manner
    ids: Mapping[str, str]
    view: View

    def id_of(self, thing: Named) -> str:
        """The record's id of a name. Raises ``Refused`` when nothing was said under it."""
        return self.id_named(thing.name)

    @property
    def to(self) -> tuple[MemberId, ...]:
        """The addressees that the line names, or every other party."""
        others = tuple(MemberId(party) for party in self.view.parties if party != self.member)
        return tuple(member for member in self.manner.to or others if member not in self.manner.without)

    @property
    def everybody_else(self) -> tuple[MemberId, ...]:
        return tuple(MemberId(member) for member in sorted(self.view.members) if member != self.member)

    def authors_of(self, about: str) -> tuple[MemberId, ...]:
        """Who said the statement that an answer is about: the answer goes to them."""
        said = self.view.said(about)
        return self.to if said is None else (MemberId(said.author),)

    def readers_of(self, thing: Named) -> tuple[MemberId, ...]:
        """Whoever the thing was addressed to hears what becomes of it."""
        said = self.view.said(self.id_of(thing))
        return self.to if said is None else tuple(MemberId(member) for member in said.to)

    def id_named(self, name: str) -> str:
        if name not in self.ids:
            raise Refused(
                "play-never-said",
                f"{name[:40]} was never said.",
                remedy="Look at the line that should have said it: it was refused, or waits as a draft.",
                where=name[:40],
            )
        return self.ids[name]

    @property
    def because(self) -> str:
        return self.manner.because or ""


@singledispatch
def spoken(deed: object, scene: Scene) -> Spoken:
    """What ``deed`` says."""
    raise TypeError(f"no words for {type(deed).__name__} at {scene.now}")


def voice_log_of(deed: object, scene: Scene, listener: MemberId, words: str) -> Say:
    """A deed done by voice, as the desk that heard it enters it: shown, and derived from by nobody."""
    body = say.VoiceLog(
        speaker=scene.member,
        listener=listener,
        said_at=scene.now,
        gist=words,
        read_back=False,
        about=None,
        stands_for=type(deed).__name__,
    )
    return Say(body, (scene.member,))


T = TypeVar("T")


def known(record: T | None, thing: Named) -> T:
    """What the speaker's own node holds of the thing. Raises ``Refused`` when it is not there."""
    if record is None:
        raise Refused(
            "play-not-known",
            f"The speaker's node does not know {thing.name}, or cannot read it.",
            where=thing.name,
            remedy="Let it arrive first, or be addressed by it.",
        )
    return record
