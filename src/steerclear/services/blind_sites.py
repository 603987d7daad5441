# SPDX-License-Identifier: Apache-2.0
"""What does this node do about protected sites that nobody shows: who asks, who holds some, who compares?

    own notice ──► ask ──► hold ──► list, remask ──► remask ──► result ──► what lies in which area
                    └────────── stop: refused, or begun before a start; asked anew a minute later
                                            midnight after window and 24 h ──► met ──► the holder's access log

Secrets are in memory alone: whoever was started again stops the checks of before. What was answered is kept
by the asker; in which slots its sites stood, by the holder; the host keeps nothing, and compares again from
the log when it tells. A holder that registers another site stops what it answered that day, so that nobody
takes an older answer for the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import structlog

from steerclear.blind.grid import GRID_VERSION, day_of
from steerclear.blind.site_check import (
    Compared,
    Masked,
    SiteAsker,
    SiteHolder,
    areas_of,
    columns_of_site,
    compared,
    held_slots,
    sizes_of,
    whole_power,
)
from steerclear.blind.tokens import TOKEN_BYTES
from steerclear.errors import Refused, SteerclearError
from steerclear.mechanism.bodies import (
    BlindSiteAsk,
    BlindSiteHold,
    BlindSiteList,
    BlindSiteMet,
    BlindSiteRemask,
    BlindSiteResult,
    BlindSiteStop,
)
from steerclear.mechanism.judge import effective
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.model.space import Footprint
from steerclear.model.time import Instant
from steerclear.record.ijson import JsonObject
from steerclear.services.blind_site_terms import (
    CAP,
    SiteTerms,
    asks,
    holders,
    is_checked,
    require_ask,
    require_cap,
    site_day,
    site_terms,
    spent,
    stops,
    widened_mm,
)
from steerclear.services.blind_sites_kept import ASKED, HELD, keep, kept
from steerclear.services.ledger import Ledger
from steerclear.services.speak import by_node, draft

__all__ = ["Asked", "SiteDesk"]

AGAIN_AFTER_MS: Final = 60_000
MOST_ASKS_A_DAY: Final = 4
"""About one version of a notice, to one holder."""
LONGEST_WINDOW_MS: Final = 62 * 86_400_000
"""So long after it was asked the host tells the holder, whatever the asker names."""
_KEPT_DAYS: Final = 64
_DAY_MS: Final = 86_400_000
_TURNS: Final = 8
_RESTARTED: Final = "blind-restarted"
_NEWER: Final = "blind-site-newer"
_UNANSWERED: Final = "blind-site-unanswered"

_log = structlog.get_logger("steerclear.blind-sites")
_B = TypeVar("_B")


@dataclass(slots=True)
class Asked:
    """One check of ours: of which version, when, and of each area whether a site lies in it."""

    ask: Said[BlindSiteAsk]
    version: str
    met: tuple[bool, ...] | None


@dataclass(slots=True)
class _Areas:
    """Of one version: its areas, or why it has none that could be asked."""

    widened_mm: int
    found: tuple[bytes, ...] = ()
    why_not: str | None = None


class SiteDesk:
    """One node's part in checks of protected sites. Called from its writer thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asking: dict[str, SiteAsker] = {}
        self._holding: dict[str, SiteHolder] = {}
        self._areas: dict[str, _Areas] = {}
        self._done_at: tuple[int, int] | None = None
        self._refused: dict[tuple[str, str], str] = {}
        """Why a check could not be asked for, by version and holder."""

    # ---- what is known ---------------------------------------------------------------------------------

    def asked(self) -> Iterator[Asked]:
        """Every check of ours, in the order in which we asked."""
        rows = kept(self._ledger, ASKED)
        for ask in asks(self._view):
            row = rows.get(ask.id)
            if ask.author == self._ledger.me and isinstance(row, dict):
                met = row["met"]
                yield Asked(
                    ask, str(row["version"]), tuple(map(bool, met)) if isinstance(met, list) else None
                )

    def why_not_asked(self, version: str, holder: str) -> str | None:
        """Why nothing was asked, where something was to be."""
        return self._refused.get((version, holder))

    def next_at(self) -> Instant | None:
        """When to look again: a day begins, and a check that was stopped is asked anew; ``None``: never."""
        now = self._ledger.now()
        return Instant((now // AGAIN_AFTER_MS + 1) * AGAIN_AFTER_MS) if site_terms(self._view, now) else None

    # ---- what it does ----------------------------------------------------------------------------------

    def step(self) -> int:
        """Say what is due; how many statements were filed. Raises what filing raises."""
        now, filed = self._ledger.now(), 0
        if self._done_at == (self._view.book.size, now // AGAIN_AFTER_MS):
            return 0
        terms = site_terms(self._view, now)
        for _ in range(_TURNS):
            said = sum(self._attend(terms, ask, now) for ask in self._open(now))
            said += self._ask_due(terms, now) if terms is not None else 0
            filed += said
            if not said:
                break
        filed += self._tell_due(now)
        self._done_at = (self._view.book.size, now // AGAIN_AFTER_MS)
        return filed

    # ---- every check -----------------------------------------------------------------------------------

    @property
    def _view(self) -> View:
        return self._ledger.view

    def _open(self, now: Instant) -> Sequence[Said[BlindSiteAsk]]:
        """Those of today and yesterday that nobody stopped, as far as they are ours to do something about."""
        yesterday = day_of(now // 1_000) - 1
        return [
            one for one in asks(self._view) if one.body.day >= yesterday and not stops(self._view, one.id)
        ]

    def _attend(self, terms: SiteTerms | None, ask: Said[BlindSiteAsk], now: Instant) -> int:
        try:
            if ask.author == self._ledger.me:
                return self._go_on(ask, now)
            if ask.body.holder == self._ledger.me:
                return self._hold(terms, ask, now)
            if self._ledger.me == self._view.host:
                return self._compare(terms, ask, now)
        except SteerclearError as error:
            if not error.code.startswith("blind-"):
                raise
            return self._stop(ask, error.code)
        return 0

    def _stop(self, ask: Said[BlindSiteAsk], code: str) -> int:
        others = {ask.author, ask.body.holder, *((self._view.host,) if self._view.host else ())}
        _log.warning("blind-site-stopped", ask=ask.id, of=ask.author, code=code)
        self._say(BlindSiteStop(ask.id, code), others - {self._ledger.me})
        self._asking.pop(ask.id, None)
        self._holding.pop(ask.id, None)
        return 1

    def _say(self, body: object, to: Collection[str]) -> str:
        return self._say_all([(body, to)])[0]

    def _say_all(self, said: Sequence[tuple[object, Collection[str]]]) -> list[str]:
        """Each to those who may read it, all or none; their ids."""
        drafts = [
            draft(self._ledger, body, voice=by_node(), to=sorted(to), readers=sorted(to)) for body, to in said
        ]
        return [filed.id for filed in self._ledger.append(drafts)]

    def _one(self, ask: Said[BlindSiteAsk], body: type[_B], author: str | None) -> _B | None:
        found = effective(self._view.book, self._view.book.about(ask.id, body))
        return next((said.body for said in found if said.author == author), None)

    # ---- who asks --------------------------------------------------------------------------------------

    def _ask_due(self, terms: SiteTerms, now: Instant) -> int:
        """Every notice of ours that may harm is asked about, of everybody, once a day until it ends."""
        filed, today = 0, day_of(now // 1_000)
        checked = [
            one
            for one in self._view.notices.live(now)
            if one.author == self._ledger.me and is_checked(one.newest.content) and now < one.newest.end_at
        ]
        self._areas = {one.newest.id: self._areas_of(terms, one) for one in checked}
        self._refused = {}
        done = list(self.asked())
        for record in checked:
            for holder in holders(self._view):
                before = [
                    one
                    for one in done
                    if (one.version, one.ask.body.holder) == (record.newest.id, holder)
                    and day_of(one.ask.at // 1_000) == today
                ]
                because = self._why_not_now(terms, record, holder, before, now)
                if because is None:
                    self._ask(terms, record, holder, today)
                    filed += 1
                elif because:
                    self._refused[record.newest.id, holder] = because
        return filed

    def _why_not_now(
        self, terms: SiteTerms, record: NoticeRecord, holder: str, before: Sequence[Asked], now: Instant
    ) -> str | None:
        """``None``: ask now; empty: it is asked, or will be in a minute."""
        if terms.why_not is not None:
            return terms.why_not
        areas = self._areas[record.newest.id]
        if areas.why_not is not None:
            return areas.why_not
        if before:
            stopped = stops(self._view, before[-1].ask.id)
            if not stopped or now - stopped[-1].at < AGAIN_AFTER_MS:
                return ""
            if len(before) >= MOST_ASKS_A_DAY or any(stop.body.code == CAP for stop in stopped):
                return f"it was refused ({stopped[-1].body.code})"
        try:
            lists, slots = sizes_of(areas.found)
            taken = spent(self._view, self._ledger.me, holder, day_of(now // 1_000), None)
            require_cap(terms, taken[0] + lists, taken[1] + lists * slots)
        except SteerclearError as error:
            _log.warning("blind-site-not-asked", code=error.code, what=error.what)
            return error.what
        return None

    def _areas_of(self, terms: SiteTerms, record: NoticeRecord) -> _Areas:
        version, by = record.newest, widened_mm(terms, record.newest.content)
        known = self._areas.get(version.id)
        if known is not None and known.widened_mm == by:
            return known
        try:
            found = areas_of([volume.footprint for volume in version.content.volumes], by)
            return _Areas(by, found)
        except SteerclearError as error:
            return _Areas(by, (), error.what)

    def _ask(self, terms: SiteTerms, record: NoticeRecord, holder: str, today: int) -> None:
        areas = self._areas[record.newest.id].found
        lists, slots = sizes_of(areas)
        body = BlindSiteAsk(MemberId(holder), record.id, terms.annex, today, GRID_VERSION, b"", lists, slots)
        asker = SiteAsker(site_day(self._ledger.mechanism, self._ledger.me, body), areas, self._random)
        ask = self._say(replace(body, public=asker.public), self._with_host(holder))
        self._asking[ask] = asker
        self._keep_asked(ask, {"version": record.newest.id, "met": None})

    def _go_on(self, ask: Said[BlindSiteAsk], now: Instant) -> int:
        asker = self._asking.get(ask.id)
        if asker is None:
            row = kept(self._ledger, ASKED).get(ask.id)
            is_answered = isinstance(row, dict) and row["met"] is not None
            return 0 if is_answered else self._stop(ask, _RESTARTED)
        result = self._one(ask, BlindSiteResult, self._view.host)
        if result is not None:
            met = [*asker.found(result.met)]
            self._keep_asked(ask.id, {**self._asked_row(ask.id), "met": met})
            del self._asking[ask.id]
            return 0
        hold = self._one(ask, BlindSiteHold, ask.body.holder)
        if hold is not None and self._one(ask, BlindSiteList, self._ledger.me) is None:
            self._send(ask, asker, hold)
            return 1
        if ask.body.day < day_of(now // 1_000):
            return self._stop(ask, _UNANSWERED)
        return 0

    def _send(self, ask: Said[BlindSiteAsk], asker: SiteAsker, hold: BlindSiteHold) -> None:
        """Our lists, and the holder's raised for the host: both or neither."""
        answer = asker.answer(hold.public, hold.rows)
        raised = BlindSiteRemask(ask.id, answer.raised.rows, answer.raised.proofs, self._tell_at(ask))
        lists = BlindSiteList(ask.id, answer.rows)
        self._say_all([(lists, self._with_host(ask.body.holder)), (raised, (self._host(),))])

    def _tell_at(self, ask: Said[BlindSiteAsk]) -> Instant:
        """The first midnight (UTC) when the window and what the annex adds to it are over."""
        now = self._ledger.now()
        record, terms = self._view.notices.get(ask.body.notice), site_terms(self._view, now)
        over_at = record.newest.end_at if record is not None else now
        after_ms = terms.check.tell_after_s * 1_000 if terms is not None else 0
        return Instant(-(-(over_at + after_ms) // _DAY_MS) * _DAY_MS)

    def _asked_row(self, ask: str) -> JsonObject:
        row = kept(self._ledger, ASKED)[ask]
        assert isinstance(row, dict)  # noqa: S101 - as ``_ask`` kept it
        return dict(row)

    def _keep_asked(self, ask: str, row: JsonObject) -> None:
        keep(self._ledger, ASKED, {**self._living(ASKED), ask: row})

    def _living(self, name: str) -> JsonObject:
        """What is kept, without what is about days long over."""
        since = day_of(self._ledger.now() // 1_000) - _KEPT_DAYS
        recent = {one.id for one in asks(self._view) if one.body.day >= since}
        return {ask: row for ask, row in kept(self._ledger, name).items() if ask in recent}

    # ---- who holds -------------------------------------------------------------------------------------

    def _hold(self, terms: SiteTerms | None, ask: Said[BlindSiteAsk], now: Instant) -> int:
        me = self._ledger.me
        if self._one(ask, BlindSiteRemask, me) is not None:
            return self._mind_newer(ask)
        if self._one(ask, BlindSiteHold, me) is None:
            self._begin_to_hold(require_ask(self._view, terms, ask, now), ask)
            return 1
        holder = self._holding.get(ask.id)
        if holder is None:
            return self._stop(ask, _RESTARTED)
        sent = self._one(ask, BlindSiteList, ask.author)
        if sent is None:
            return 0
        raised = holder.answer(sent.rows, lists=ask.body.lists, slots=ask.body.slots)
        self._say(BlindSiteRemask(ask.id, raised.rows, raised.proofs, None), (self._host(),))
        del self._holding[ask.id]
        return 1

    def _begin_to_hold(self, terms: SiteTerms, ask: Said[BlindSiteAsk]) -> None:
        sites, is_every = self._sites()
        holder = SiteHolder(
            site_day(self._ledger.mechanism, ask.author, ask.body),
            sites,
            public=ask.body.public,
            lists=ask.body.lists,
            most_slots=terms.check.held_columns,
            random=self._random,
        )
        slots: JsonObject = {site: list(found) for site, found in holder.slots.items()}
        keep(self._ledger, HELD, {**self._living(HELD), ask.id: slots})
        hold = BlindSiteHold(ask.id, holder.public, holder.rows, holder.whole and is_every)
        self._say(hold, self._with_host(ask.author))
        self._holding[ask.id] = holder

    def _sites(self) -> tuple[dict[str, bytes], bool]:
        """The columns of all sites that we speak for, ended ones excepted; whether none is without."""
        found: dict[str, bytes] = {}
        standing = list(self._standing())
        for site, footprint in standing:
            try:
                found[site] = columns_of_site(footprint)
            except SteerclearError as error:
                _log.warning("blind-site-without-columns", site=site, code=error.code, what=error.what)
        return found, len(found) == len(standing)

    def _standing(self) -> Iterator[tuple[str, Footprint]]:
        """Ours, and those of a notifier that we carry."""
        for record in self._view.sites:
            if record.ended is None and record.site.place.author == self._ledger.me:
                yield record.id, record.site.body.footprint

    def _mind_newer(self, ask: Said[BlindSiteAsk]) -> int:
        """A site was registered since: what was answered today is not the whole any more."""
        listed = kept(self._ledger, HELD).get(ask.id)
        known = set(listed) if isinstance(listed, dict) else set()
        if all(site in known for site, _ in self._standing()):
            return 0
        return self._stop(ask, _NEWER)

    # ---- who compares ----------------------------------------------------------------------------------

    def _compare(self, terms: SiteTerms | None, ask: Said[BlindSiteAsk], now: Instant) -> int:
        if self._one(ask, BlindSiteResult, self._ledger.me) is not None:
            return 0
        agreed = require_ask(self._view, terms, ask, now)
        hold = self._one(ask, BlindSiteHold, ask.body.holder)
        if hold is not None:
            _require_held(agreed, ask.body.lists, hold)
        found = self._compared(ask)
        if found is None:
            return 0
        self._say(BlindSiteResult(ask.id, found.met), (ask.author,))
        return 1

    def _compared(self, ask: Said[BlindSiteAsk]) -> Compared | None:
        """From the log alone; ``None``: something has not come yet."""
        hold, sent = (
            self._one(ask, BlindSiteHold, ask.body.holder),
            self._one(ask, BlindSiteList, ask.author),
        )
        by_asker = self._one(ask, BlindSiteRemask, ask.author)
        by_holder = self._one(ask, BlindSiteRemask, ask.body.holder)
        if hold is None or sent is None or by_asker is None or by_holder is None:
            return None
        return compared(
            (ask.body.public, sent.rows, Masked(by_asker.rows, by_asker.proofs)),
            (hold.public, hold.rows, Masked(by_holder.rows, by_holder.proofs)),
            lists=ask.body.lists,
            slots=ask.body.slots,
        )

    def _tell_due(self, now: Instant) -> int:
        """The host tells each holder what was met, when the window of the notice is long over."""
        if self._ledger.me != self._view.host:
            return 0
        filed = 0
        answered = [one for one in asks(self._view) if self._one(one, BlindSiteResult, self._ledger.me)]
        for ask in answered:
            # Of several versions of a notice the latest window counts: an amendment must not tell of a plan.
            of_notice = (one for one in answered if _about(one) == _about(ask))
            tell_at = min(max(map(self._told_at, of_notice)), ask.at + LONGEST_WINDOW_MS)
            if now < tell_at or self._one(ask, BlindSiteMet, self._ledger.me) is not None:
                continue
            found = self._compared(ask)
            if found is not None:
                self._say(BlindSiteMet(ask.id, found.held), (ask.body.holder,))
                filed += 1
        return filed

    def _told_at(self, ask: Said[BlindSiteAsk]) -> int:
        """As the asker says; whoever says nothing hides nothing."""
        said = self._one(ask, BlindSiteRemask, ask.author)
        return said.tell_at if said is not None and said.tell_at is not None else ask.at

    # ---- inwards ---------------------------------------------------------------------------------------

    def _host(self) -> str:
        host = self._view.host
        assert host is not None  # noqa: S101 - else ``why_not`` says so, and nothing is asked
        return host

    def _with_host(self, other: str) -> set[str]:
        return {other, self._host()}

    def _random(self, size: int) -> bytes:
        return self._ledger.randomness.bytes(size)


def _about(ask: Said[BlindSiteAsk]) -> tuple[str, str]:
    return ask.author, ask.body.notice


def _require_held(terms: SiteTerms, lists: int, hold: BlindSiteHold) -> None:
    """No more columns than the annex lets one hold. Raises ``Refused`` (``blind-site-held``)."""
    slots, most = (
        len(hold.rows) // TOKEN_BYTES,
        max(whole_power(terms.check.held_columns), held_slots(0, lists)),
    )
    if slots > most:
        raise Refused(
            "blind-site-held",
            f"The holder lists {slots:,} columns of sites; the annex lets it list {most:,}, padding counted.",
            remedy="Agree on another cap, or show large sites to those whom they concern.",
        )
