# SPDX-License-Identifier: Apache-2.0
"""A random talk at the table: what do the rules make of people who do not keep to their turn?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies import Echelon, body_of
from steerclear.model.member import MemberId
from steerclear.model.notice import NoticeKind
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

MINUTES = [f"{hour:02d}:{minute:02d}" for hour in range(12, 16) for minute in range(60)]


class Babble:
    """A random talk: mostly sensible, partly out of turn, repeated, damaged, in doubt, or by strangers."""

    def __init__(self, table: Table, speech: type[Speech], rng: random.Random) -> None:
        self.table, self.speech, self.rng = table, speech, rng
        self.ids: list[str] = ["9" * 32]

    def run(self, length: int) -> None:
        if self.rng.random() < 0.5:
            self.table.found()
        for when in sorted(self.rng.sample(MINUTES, length)):
            self.step(when)
        for log in ("TUR", "ISR"):
            for by in ("TUR", "ISR", "AZE"):
                row = (log, self.rng.randrange(40), by, self.speech.at("15:59"))
                self.table.cosigned.append(row)

    def step(self, when: str) -> None:
        rng, table = self.rng, self.table
        author = rng.choice(["TUR", "ISR", "TUR", "ISR", "AZE", "MSF", "OBS", "XXX"])
        if rng.random() < 0.4:
            if author in table.roles:
                table.beat(author, when, unreadable=tuple(rng.sample(self.ids, rng.random() < 0.2)))
            return
        if author in table.roles and rng.random() < 0.7:
            table.look(author)
        body = rng.choice(self.bodies(when, author))
        options: dict[str, Any] = {"when": when, "to": self.some_members(author)}
        if rng.random() < 0.1:
            options["doubt"] = "key expired"
        if rng.random() < 0.1:
            options["signed_as"] = frozenset({"node"})
        if rng.random() < 0.15:
            options["sealed_to"] = tuple(rng.sample(["TUR", "ISR", "AZE"], 2))
        if rng.random() < 0.08:
            options["id_"] = rng.choice(self.ids)
        if rng.random() < 0.05:
            options["log"] = rng.choice(["TUR", "ISR"])
        if rng.random() < 0.06:
            damaged = dict(body_of(body))
            damaged[rng.choice(sorted(damaged))] = rng.choice([None, 7, "x", [], {}])
            options["raw"] = damaged
        if rng.random() < 0.03:
            options["kind"] = rng.choice(["notice.foretell", "reseal", "stop.call", "notice.amend"])
        self.ids.append(table.say(author, body, **options))

    def some_members(self, author: str) -> list[str]:
        others = [member for member in ("TUR", "ISR", "AZE", "MSF") if member != author]
        return self.rng.sample(others, self.rng.randrange(1, 4))

    def any_id(self, kind: str | None = None) -> str:
        said = [
            entry.content.id
            for entry in self.table.entries
            if kind is not None and getattr(entry.content, "kind", None) == kind
        ]
        return self.rng.choice(said) if said and self.rng.random() < 0.85 else self.rng.choice(self.ids)

    def bodies(self, when: str, author: str) -> list[object]:
        speech, rng, any_id = self.speech, self.rng, self.any_id
        now = speech.at(when)
        party = author if author in ("TUR", "ISR", "MSF") else "TUR"
        notice, stop = any_id("notice.file"), any_id("stop.call")
        kind = rng.choice([NoticeKind.HAZARD, NoticeKind.MOVEMENT, NoticeKind.SITE])
        file = speech.file("14:00", "15:00", kind=kind, party=party)
        versions = [(notice, notice), (any_id("notice.file"), any_id("notice.amend"))][
            : rng.choice([1, 1, 2])
        ]
        finding: Any = rng.choice(
            [say.NoConflictFound(2), speech.conflict(), say.UndeterminedFound("no terrain")]
        )
        soon = Instant(now + 60_000)
        covers = {"TUR": rng.randrange(30), "ISR": rng.randrange(30)}
        everything: list[object] = [
            file, file, file,
            speech.amend(notice, kind=kind, party=party),
            say.NoticeWithdraw(notice, None), say.NoticeActivate(notice, now), say.NoticeCold(notice, now),
            speech.ack(any_id("notice.file"), rng.randrange(4)), speech.ack(any_id("notice.amend"), 1),
            speech.ack(stop, rng.randrange(4)), speech.ack(any_id("screen.result"), 2),
            say.Disseminate(notice, Echelon.OPERATOR, now), say.Unable(notice, None, None, None),
            say.Hold(any_id("receipt.unable"), None, None), say.Proceed(any_id("receipt.unable"), "it must"),
            say.Unreadable(any_id(), "no key"),
            speech.result(*versions, finding=finding, covers=covers),
            say.ConflictPropose((notice, any_id()), say.Evidence.OWN_CHECK, "later?", None, None),
            say.ConflictAccept(any_id("conflict.propose"), None),
            say.ConflictClose((notice, any_id()), "done"),
            speech.stop(35.1 + rng.random() / 10), speech.stop(),
            speech.answer(stop, rng.choice(list(say.StopOutcome)), when), say.StopClose(stop, None),
            say.StopRenew(stop, say.StopOutcome.STOPPED, now, None),
            say.DistressCall(speech.stop().place, None, now, say.InDistress.PEOPLE, None, None, None),
            say.DistressAnswer(any_id("distress.call"), say.DistressOutcome.HELPING, None),
            say.DistressClose(any_id("distress.call"), None),
            say.OwnershipAsk(speech.stop().place, None, now, "a column", None),
            say.OwnershipAnswer(any_id("ownership.ask"), say.Ownership.NOT_OURS, None),
            say.SiteRegister("school", say.SiteCategory.SCHOOL, speech.disc(), None, None),
            say.SiteRenew((any_id("site.register"), any_id())), say.SiteEnd(any_id("site.register"), None),
            say.MovementReport(notice, rng.choice(list(say.MovementStep)), None, now, soon, None),
            say.ContactAttempt(notice, "phone", now, rng.choice(list(say.ContactResult))),
            say.StandstillPropose(speech.disc(), "flights", now, Instant(now + 3_600_000)),
            say.StandstillAccept(any_id("standstill.propose")),
            say.StandstillEnd(any_id("standstill.propose"), now, "broken"),
            say.IncidentOpen("shots", now, None, (MemberId("TUR"), MemberId("ISR"))),
            say.IncidentState(any_id("incident.open"), "we saw", ()),
            say.IncidentClose(any_id("incident.open"), "x"),
            say.ViolationClaim(now, None, "a flight", None, ()),
            say.ViolationAnswer(any_id("violation.claim"), say.Claimed.CONTEST, None),
            say.SignalSend("area-hot", (), True, None, None),
            say.SignalReadBack(any_id("signal.send"), "area-hot", ()),
            say.CheckCall(None, "radio"), say.CheckAnswer(any_id("check.call"), 5),
            say.Suspend(None), say.Resume(any_id("mechanism.suspend")), say.End("done"),
            say.WatchTake(None), say.WatchHandOver(None),
            say.Waive(any_id(), "acknowledgement", MemberId(rng.choice(["TUR", "ISR"])), None),
            say.DrillStart("spring", None), say.DrillEnd(any_id("drill.start"), None),
        ]  # fmt: skip
        return everything


def babbled(new_table: type[Table], speech: type[Speech], seed: int, length: int = 40) -> Any:
    table = new_table()
    Babble(table, speech, random.Random(seed)).run(length)
    return table
