# SPDX-License-Identifier: Apache-2.0
"""What is said to and about civil traffic: texts offered to its contacts, declined, and an airliner ahead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from steerclear.model.forms import Id, Label, Text

__all__ = ["CivilAct", "CivilAnswer", "CivilDecline", "CivilForm", "CivilOffer"]


class CivilForm(Enum):
    """In which form a civil contact gets it."""

    NOTAM = "notam"
    CAP = "cap"
    NAVAREA = "navarea"
    VOICE = "voice"


class CivilAct(Enum):
    """What the filer does about an airliner that is predicted inside a hot area."""

    HELD = "held"
    ATC_WARNED = "atc-warned"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class CivilOffer:
    """A text about a hazard was offered to a civil contact of the annex, which decides about it alone."""

    notice: Annotated[Id, "The notice.file that it is about."]
    contact: Annotated[Label, "The contact, as the civil annex names it."]
    form: Annotated[CivilForm, "NOTAM, CAP, navigational warning, or by voice."]
    text: Annotated[Text, "What was offered."]


@dataclass(frozen=True, slots=True)
class CivilDecline:
    """The filer offers nothing to civil contacts, and says why."""

    notice: Annotated[Id, "The notice.file that it is about."]
    because: Annotated[Text, "Why."]


@dataclass(frozen=True, slots=True)
class CivilAnswer:
    """What the filer does about an airliner that is predicted inside its hot area."""

    notice: Annotated[Id, "The notice.file whose area is hot."]
    flight: Annotated[Label | None, "The flight, as it calls itself, if known."]
    act: Annotated[CivilAct, "Held, ATC warned, cannot."]
    because: Annotated[Text | None, "Why it cannot."]
