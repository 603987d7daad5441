# SPDX-License-Identifier: Apache-2.0
"""What becomes of a deed? It is said, or the gate holds it as a draft, or a rule refuses it.

files ──gate is content──→ said
  └──gate warns──→ draft ──overrides──→ said
  └──gate blocks, or it cannot even be read──→ refused
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import Refused, SteerclearError
from steerclear.formats.geojson import read_notices
from steerclear.mechanism.quality import examine
from steerclear.model.member import DeskName, MemberId
from steerclear.replay import deeds
from steerclear.replay.acting import Say, Scene, spoken, voice_log_of
from steerclear.replay.station import Station
from steerclear.services.answers import GateRow
from steerclear.services.requests import FileNotices
from steerclear.services.speak import by_authority, by_desk

__all__ = ["Desk", "Done"]

GATE_CODES: Final = ("gate-blocks", "gate-warns")


@dataclass(frozen=True, slots=True)
class Done:
    """``id`` of what was said, and its ``name`` in the play; or ``refused``: why it was not said."""

    id: str | None
    name: str | None = None
    refused: SteerclearError | None = None


@dataclass(slots=True)
class Desk:
    """One desk's own state: what the gate last said to it, and the draft that waits there."""

    station: Station
    name: DeskName
    stations: Mapping[MemberId, Station]
    gate: tuple[GateRow, ...] = ()
    draft: FileNotices | None = None
    draft_name: str | None = None
    draft_gate: tuple[GateRow, ...] = ()

    def do(self, deed: object, scene: Scene, words: str) -> Done:
        """Do it. A refusal is an answer, and the gate's words about it are kept for whoever looks."""
        self.gate = ()
        try:
            if scene.manner.by_voice:
                return self._enter_by_voice(deed, scene, words)
            if isinstance(deed, deeds.Override):
                return self._send_draft(deed, scene)
            return self._say(deed, scene)
        except SteerclearError as error:
            return self.refuse(error)

    def refuse(self, error: SteerclearError) -> Done:
        """Keep what was refused, and why, for whoever looks; the gate's own words say more than its error."""
        if error.code not in GATE_CODES:
            self.gate = (GateRow(code=error.code, severity="block", words=error.what),)
        return Done(None, refused=error)

    def _say(self, deed: object, scene: Scene) -> Done:
        said = spoken(deed, scene)
        if isinstance(said, Say):
            return Done(self._file(said, scene), scene.manner.named)
        if isinstance(said.request, FileNotices):
            return self._offer(said.request, scene.manner.named)
        return Done(self.station.ask(said.request)[0].id, scene.manner.named)

    def _offer(self, request: FileNotices, name: str | None) -> Done:
        """What a console does: the gate speaks, and what it holds back stays on the desk as a draft."""
        self.draft, self.draft_name = request, name
        try:
            receipt = self.station.ask(request)[0]
        except Refused as refusal:
            if refusal.code in GATE_CODES:
                self.gate = self.draft_gate = tuple(_gate_rows(self.station, request))
            raise
        self.draft, self.gate = None, receipt.gate
        return Done(receipt.id, name)

    def _send_draft(self, deed: deeds.Override, scene: Scene) -> Done:
        if self.draft is None:
            raise Refused(
                "play-no-draft",
                "No draft waits at this desk.",
                remedy="Overrides follow a line that files, at the same desk, that the gate warned.",
            )
        warned = [row.code for row in self.draft_gate if row.code in deed.codes]
        reasons = dict(self.draft.overrides) | dict.fromkeys(warned, scene.because)
        return self._offer(replace(self.draft, overrides=reasons), self.draft_name)

    def _file(self, said: Say, scene: Scene) -> str:
        voice = by_authority() if said.by_authority else by_desk(scene.desk)
        readers = said.to if said.sealed else None
        filed = self.station.say(said.body, voice=voice, to=said.to, readers=readers)
        why = self.station.view.why_without_effect(filed.id)
        if why is not None:
            raise Refused(
                "play-without-effect",
                f"It was said and counts for nothing: {why}.",
                remedy="Let somebody say it who may, about something that it can be about.",
            )
        return filed.id

    def _enter_by_voice(self, deed: object, scene: Scene, words: str) -> Done:
        """Whoever was spoken to enters what it heard, at its first desk."""
        listener = self.stations[scene.to[0]]
        body = voice_log_of(deed, scene, listener.member, words).body
        heard_at = next(name.label for name in listener.ledger.keys.names() if name.purpose == "duty")
        filed = listener.say(body, voice=by_desk(heard_at), to=(scene.member,))
        return Done(filed.id)


def _gate_rows(station: Station, request: FileNotices) -> Iterator[GateRow]:
    """Everything that the gate says of a draft, as a console shows it while one draws."""
    view = station.view
    for notice in read_notices(request.geojson.encode(), where=request.where):
        place = station.places.resolve(notice.near) if notice.near is not None else None
        for finding in examine(
            notice, annexes=view.annexes, reference=place, view=view, now=station.ledger.now()
        ):
            yield GateRow(
                code=finding.code,
                severity=finding.severity.value,
                words=finding.words,
                overridden_because=request.overrides.get(finding.code),
            )
