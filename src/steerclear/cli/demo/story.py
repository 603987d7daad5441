# SPDX-License-Identifier: Apache-2.0
"""What happens in the demo? One morning of the channel: found, file, meet, move, STOP, lose the host, verify.

Everything is done through the nodes' own API, by the same requests as the commands make; the story only
decides who does what next, and waits until the other side has seen it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

from steerclear.cli.demo.nodes import HOST, PARTIES, Scene, area, until
from steerclear.cli.demo.stage import Teller
from steerclear.errors import Refused
from steerclear.record.report import VerifyReport
from steerclear.services.answers import FindingRow, NoticeRow, Receipt, StageRow, Status, StopRow
from steerclear.services.requests import (
    Acknowledge,
    Answer,
    CallStop,
    CloseStop,
    Disseminate,
    FileNotices,
    Propose,
    Ratify,
    TakeAlternative,
)
from steerclear.services.verbs import Request
from steerclear.services.verify import verify_path

__all__ = ["EVERYONE", "ISR", "TUR", "Story", "Summary", "play"]

TUR, ISR = PARTIES
EVERYONE: Final = (TUR, ISR, HOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the demo measured. Seconds are real ones; minutes are the mechanism's."""

    mechanism: str
    annexes_in_force: int
    conflict_told_both_after_s: float
    rescreened_clean_after_s: float
    minutes_to_authority: float
    minutes_to_halt: float
    rungs_called_before_answer: int
    logs_caught_up_by_host: int
    entries_verified: dict[str, int]
    recorded: dict[str, int]
    verified: bool


def play(story: Story) -> Summary:
    """Play it all. Raises ``Unreachable`` (``demo-stalled``) when something does not happen."""
    annexes = story.found_and_ratify()
    told_s = story.meet()
    clean_s = story.move()
    story.pass_on()
    stop = story.call_stop()
    exchanged = story.lose_the_host()
    reports = story.verify()
    summary = Summary(
        mechanism=story.mechanism,
        annexes_in_force=annexes,
        conflict_told_both_after_s=round(told_s, 2),
        rescreened_clean_after_s=round(clean_s, 2),
        minutes_to_authority=round(stop.minutes_to_authority or 0.0, 1),
        minutes_to_halt=round(stop.minutes_to_halt or 0.0, 1),
        rungs_called_before_answer=story.climbed_to,
        logs_caught_up_by_host=exchanged,
        entries_verified={member: report.counts.entries for member, report in reports.items()},
        recorded={member: _recorded(report) for member, report in reports.items()},
        verified=all(report.is_verified for report in reports.values()),
    )
    story.sum_up(summary)
    return summary


class Story:
    """The acts of the morning, as it goes when the host may read what it screens."""

    def __init__(self, scene: Scene, teller: Teller) -> None:
        self._scene = scene
        self._teller = teller
        self.climbed_to = 0

    @property
    def mechanism(self) -> str:
        return self._scene.mechanism

    # ---- the acts --------------------------------------------------------------------------------------

    def found_and_ratify(self) -> int:
        tell = self._teller
        tell.act("1  Three nodes that trust nobody")
        self._scene.found()
        self._scene.start(*EVERYONE)
        self._say(
            HOST, "founds the mechanism; TUR and ISR join. Each has its own database, keys, certificate."
        )
        tell.note(f"mechanism {self._scene.mechanism}")
        proposed = self._do(TUR, Propose(template="syria-2025"))
        self._say(TUR, f"proposes {len(proposed)} annexes from the template syria-2025.")
        self._do(TUR, Ratify())
        until("the proposals reach ISR", self._has_annexes, ISR, "proposed", len(proposed))
        self._do(ISR, Ratify())
        for member in EVERYONE:
            until("the annexes are in force", self._has_annexes, member, "in force", len(proposed))
        self._say("all", f"All {len(proposed)} are in force at all three nodes, signed by both parties.")
        return len(proposed)

    def meet(self) -> float:
        """Both file; the host alone can read both; the conflict is told to both, with the overlap alone."""
        tell = self._teller
        tell.act("2  Two plans that neither side shows the other")
        survey = self._do(TUR, self._file("tur-survey"))
        for receipt in survey:
            self._say(
                TUR, f"FILED {receipt.short} {receipt.ref}: sealed to {' and '.join(receipt.sealed_to)}"
            )
        flight = self._do(ISR, self._file("isr-flight"))[0]
        filed_at = time.monotonic()
        self._say(ISR, f"FILED {flight.short} {flight.ref}: sealed to {' and '.join(flight.sealed_to)}")
        pair = {survey[0].short, flight.short}
        seen = {m: until("the conflict is told", self._pair_finding, m, pair) for m in PARTIES}
        told_s = time.monotonic() - filed_at
        for member, finding in seen.items():
            self._say(member, f"{finding.words}", style="bold")
            tell.note(f"sees the overlap alone: {_extent(finding)}; of the other's plan nothing else")
        hidden = {m: len(self._status(m).sealed) for m in PARTIES}
        tell.note(
            f"told to both {told_s:.2f} s after filing; {hidden[TUR]} and {hidden[ISR]} entries stay sealed"
        )
        return told_s

    def move(self) -> float:
        """The later filer takes the way out that the host found; everybody is re-screened."""
        self._teller.act("3  The nearest way out")
        flight = self._notice(ISR, "flight-area-7")
        for finding in flight.findings:
            for way in finding.alternatives:
                self._say(ISR, f"is offered: {way.words}")
        began = time.monotonic()
        self._do(ISR, TakeAlternative(desk="air", about=flight.short, way="altitude"))
        for member, ref in ((ISR, "flight-area-7"), (TUR, "T4-survey-drones")):
            clean = until("it is screened again", self._clean, member, ref)
            self._say(member, f"{ref}: {clean.screened}", style="bold green")
        return time.monotonic() - began

    def pass_on(self) -> None:
        """An open notice, and the receipt that was missing at Kunduz: it reached the unit."""
        self._teller.act("4  A notice that reaches the unit")
        draft = self._file("tur-hazard")
        try:
            self._do(TUR, draft)
        except Refused as held:
            self._say(TUR, f"the gate holds it: {held.what.partition(': ')[2]}", style="yellow")
        reason = "the field begins beside the runway"
        hazard = self._do(TUR, replace(draft, overrides={"position": reason}))[0]
        self._say(TUR, f"FILED {hazard.short} {hazard.ref}, open to ISR; overridden because {reason}")
        until("it is delivered", self._delivered, TUR, hazard)
        self._do(ISR, Acknowledge(desk="air", about=hazard.id))
        self._do(ISR, Disseminate(desk="air", about=hazard.id, echelon="operator"))
        stage = until("the sender sees it", self._passed_on, TUR, hazard)
        self._say(
            TUR,
            f"sees delivered {_clock(stage.delivered_at)} · acknowledged {_clock(stage.acknowledged_at)} · "
            f"at the {stage.disseminated_to} {_clock(stage.disseminated_at)}, until "
            f"{_clock(stage.disseminated_until)}",
        )

    def call_stop(self) -> StopRow:
        """The first rungs are silent; the ladder climbs by itself until somebody with authority answers."""
        tell = self._teller
        tell.act("5  STOP, and nobody answers")
        call = CallStop(
            desk="ground", place="2 km NE of T4", seen="own team under fire", basis="own-forces", to=(ISR,)
        )
        stop = self._do(TUR, call)[0]
        self._say(TUR, f"STOP {stop.short} to every desk of ISR", style="bold red")
        row = until("ISR is called", self._called, ISR, stop, 2)
        self._say(ISR, f"rungs {_rungs(row)} of {row.rungs} are called at once: silence")
        row = until("the ladder climbs", self._called, ISR, stop, 3)
        self.climbed_to = max(row.called_rungs)
        self._say(ISR, f"rungs {_rungs(row)} of {row.rungs} are called: it climbed by itself")
        for desk in ("air", "ground", "sea"):
            self._do(ISR, Acknowledge(desk=desk, about=stop.id, rung=3))
        self._do(ISR, Answer(desk="air", about=stop.id, answer="stopped"))
        row = until("the outcome is seen", self._halted, stop)
        self._say(
            TUR, f"sees: {row.outcome}; {row.minutes_to_authority:.1f} minutes to authority", style="bold"
        )
        self._do(TUR, CloseStop(desk="ground", about=stop.id))
        return row

    def lose_the_host(self) -> int:
        """The host's process is killed; the parties go on, and what only it could do is Undetermined."""
        tell = self._teller
        tell.act("6  The host is gone")
        self._scene.kill(HOST)
        self._say(HOST, "killed, with no farewell")
        hazard = self._do(ISR, self._file("isr-hazard"))[0]
        until("it is delivered directly", self._delivered, ISR, hazard)
        self._do(TUR, Acknowledge(desk="air", about=hazard.id))
        until("it is acknowledged", self._acknowledged, ISR, hazard)
        self._say(ISR, f"FILED {hazard.short} {hazard.ref}; TUR acknowledged it: delivered without the host")
        until("the line is seen to be down", self._line_is, TUR, HOST, "line down")
        self._do(TUR, self._file("tur-medevac"))
        screened = self._notice(TUR, "Hama-T4-medevac").screened
        self._say(TUR, "shows AZE as line down")
        self._say(TUR, f"Hama-T4-medevac, sealed to it: {screened}", style="yellow")
        sizes = {log.member: log.size for log in self._status(TUR).logs}
        self._scene.start(HOST)
        until("the host has caught up", self._has_all, HOST, sizes)
        clean = until("it is screened after all", self._clean, TUR, "Hama-T4-medevac")
        self._say(HOST, "is back, and has taken in what it missed")
        self._say(TUR, f"Hama-T4-medevac: {clean.screened}", style="bold green")
        return len(sizes)

    def verify(self) -> dict[str, VerifyReport]:
        """Stop everything, and check each database with the record's own verifier, offline."""
        self._teller.act("7  Does the record hold?")
        for member in EVERYONE:
            until("everything is recorded", self._all_recorded, member)
        clock = _clock(self._status(TUR).now)
        self._scene.stop(*EVERYONE)
        reports: dict[str, VerifyReport] = {
            member: verify_path(self._scene.path(member) / "node.db") for member in EVERYONE
        }
        for name, report in reports.items():
            verdict = "VERIFIED" if report.is_verified else "NOT VERIFIED"
            counts = report.counts
            self._teller.line(
                clock,
                name,
                f"{verdict} offline: {counts.entries} entries, {counts.signatures} signatures, "
                f"{counts.cosignatures} cosignatures, {counts.heads} heads of others",
                style="bold green" if report.is_verified else "bold red",
            )
            for failure in report.failures:
                self._teller.note(str(failure))
        return reports

    def sum_up(self, summary: Summary) -> None:
        self._teller.table(
            "What it came to",
            [
                ("conflict told to both after filing", f"{summary.conflict_told_both_after_s:.2f} s"),
                ("screened again after the alternative", f"{summary.rescreened_clean_after_s:.2f} s"),
                ("minutes to authority", f"{summary.minutes_to_authority:.1f}"),
                ("minutes to halt", f"{summary.minutes_to_halt:.1f}"),
                ("entries verified at each node", " · ".join(map(str, summary.entries_verified.values()))),
                ("record", "verified at all three" if summary.verified else "NOT VERIFIED"),
            ],
        )

    # ---- looking and doing -----------------------------------------------------------------------------

    def _file(self, name: str) -> FileNotices:
        return FileNotices(desk="air", geojson=area(name), where=f"{name}.geojson")

    def _do(self, member: str, request: Request) -> tuple[Receipt, ...]:
        with self._scene.node(member) as node:
            return node.do(request)

    def _status(self, member: str) -> Status:
        with self._scene.node(member) as node:
            return node.status()

    def _say(self, who: str, words: str, *, style: str = "") -> None:
        seen_at = HOST if who == "all" else who
        alive = seen_at if self._scene.is_up(seen_at) else TUR
        self._teller.line(_clock(self._status(alive).now), who, words, style=style)

    def _has_annexes(self, member: str, state: str, count: int) -> bool:
        return sum(annex.state == state for annex in self._status(member).annexes) == count

    def _notice(self, member: str, ref: str) -> NoticeRow:
        return next(row for row in self._status(member).notices if row.ref == ref)

    def _clean(self, member: str, ref: str) -> NoticeRow | None:
        row = self._notice(member, ref)
        return row if row.screened.startswith("NO CONFLICT KNOWN") else None

    def _pair_finding(self, member: str, pair: set[str]) -> FindingRow | None:
        """What ``member`` was told about these two notices, of which it can read one."""
        for row in self._status(member).notices:
            for finding in row.findings:
                if set(finding.about) == pair and finding.finding == "CONFLICT":
                    return finding
        return None

    def _stage(self, filer: str, receipt: Receipt) -> StageRow:
        with self._scene.node(filer) as node:
            return node.notice(receipt.id).stages[0]

    def _delivered(self, filer: str, receipt: Receipt) -> bool:
        return self._stage(filer, receipt).delivered_at is not None

    def _acknowledged(self, filer: str, receipt: Receipt) -> bool:
        return self._stage(filer, receipt).acknowledged_at is not None

    def _passed_on(self, filer: str, receipt: Receipt) -> StageRow | None:
        stage = self._stage(filer, receipt)
        return stage if stage.disseminated_at is not None else None

    def _called(self, member: str, stop: Receipt, rung: int) -> StopRow | None:
        with self._scene.node(member) as node:
            rows = [row for row in node.status().stops if row.id == stop.id]
        return rows[0] if rows and rung in rows[0].called_rungs else None

    def _halted(self, stop: Receipt) -> StopRow | None:
        with self._scene.node(TUR) as node:
            row = node.stop(stop.id)
        return row if row.minutes_to_halt is not None else None

    def _line_is(self, member: str, other: str, state: str) -> bool:
        return any(line.member == other and line.state == state for line in self._status(member).lines)

    def _has_all(self, member: str, sizes: dict[str, int]) -> bool:
        held = {log.member: log.size for log in self._status(member).logs}
        return all(held[name] >= size for name, size in sizes.items())

    def _all_recorded(self, member: str) -> bool:
        return all(log.recorded for log in self._status(member).logs)


def _clock(at: str | None) -> str:
    """The mechanism's time as an officer reads it: ``08:14Z``."""
    return f"{at[11:16]}Z" if at is not None else "–"


def _rungs(row: StopRow) -> str:
    return " and ".join(map(str, row.called_rungs))


def _extent(finding: FindingRow) -> str:
    """How large the overlap is that was shown, and from when."""
    corners = sum(len(ring) for part in finding.overlap for ring in part)
    return f"a shape of {corners} corners from {_clock(finding.first_at)}"


def _recorded(report: VerifyReport) -> int:
    return sum(log.recorded for log in report.logs)
