# SPDX-License-Identifier: Apache-2.0
"""To whom does something go, and who can read it? The annex decides; a filer may only be more open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.said import Said
from steerclear.model.annex import AnnexName, Disclosure, Level
from steerclear.model.member import Role
from steerclear.model.notice import NoticeKind
from steerclear.services.ledger import Ledger

__all__ = ["Audience", "as_said", "for_answer", "for_floor", "for_new_version", "for_notice", "members_to"]


@dataclass(frozen=True, slots=True)
class Audience:
    """``to`` whom it is said; ``readers`` who can open it, ``None`` is everybody."""

    to: tuple[str, ...]
    readers: tuple[str, ...] | None


def members_to(ledger: Ledger, named: Sequence[str], *, roles: frozenset[Role]) -> tuple[str, ...]:
    """The members named, or, where none is named, all others with one of ``roles``. Raises ``BadInput``."""
    known = ledger.view.roles
    for member in named:
        if member not in known or member == ledger.me:
            raise BadInput(
                "member-unknown",
                f"“{member[:20]}” is not another member of this mechanism.",
                where="to",
                remedy=f"Name one of {', '.join(sorted(set(known) - {ledger.me}))}.",
            )
    if named:
        return tuple(sorted(set(named)))
    return tuple(sorted(member for member, role in known.items() if role in roles and member != ledger.me))


def for_notice(ledger: Ledger, kind: NoticeKind, named: Sequence[str], asked: str | None) -> Audience:
    """Each addressee reads a notice at L0; at L1 only the host does, and tells them a conflict; at L2 to L3p
    nobody else can read it. Raises ``Refused`` (``levels-mixed``)."""
    to = members_to(ledger, named, roles=frozenset({Role.PARTY}))
    levels = {member: _level(ledger, kind, member, asked) for member in to}
    readers = {member for member, level in levels.items() if level is Level.L0}
    if any(_is_blind(level) for level in levels.values()):
        _require_no_host(levels)
        return Audience(to, tuple(sorted(readers)))
    host = ledger.view.host
    return Audience(to, tuple(sorted(readers | ({host} if host is not None else set()))))


def _is_blind(level: Level) -> bool:
    return level.closedness >= Level.L2.closedness


def _require_no_host(levels: Mapping[str, Level]) -> None:
    """What is kept from the host for one cannot be checked by it for another."""
    checked = [member for member, level in levels.items() if level is Level.L1]
    if checked:
        blind = [member for member, level in levels.items() if _is_blind(level)]
        raise Refused(
            "levels-mixed",
            f"The host would read it for {', '.join(checked)}, and must not for {', '.join(blind)}.",
            where="level",
            remedy="File it once for each, or name one level for all of them.",
        )


def as_said(about: Said[Any]) -> Audience:
    """To whom that was said, and who could read it."""
    return Audience(about.to, about.readers)


def for_new_version(
    ledger: Ledger,
    old: Said[Any],
    kind: NoticeKind,
    named: Sequence[str] = (),
    asked: str | None = None,
) -> Audience:
    """Whom the old version was shown to, and whoever is added; as open as the annex asks for the new one.

    Raises ``Refused``: ``level-too-closed``, or ``version-hides``: who goes on reading the old version must
    not take it for the newest.
    """
    if asked is None and not named:
        new, host = as_said(old), ledger.view.host
        closed = Level.L1 if host is None or _reads(new, host) else Level.L2
        for member in new.to:
            if not _reads(new, member):
                _level(ledger, kind, member, closed.value)
        return new
    new = for_notice(ledger, kind, named or old.to, asked)
    readers = [member for member in ledger.view.roles if _reads(as_said(old), member)]
    left_out = [member for member in readers if member != ledger.me and not _reads(new, member)]
    if left_out:
        raise Refused(
            "version-hides",
            f"{', '.join(left_out)} could read the notice and could not read its new version.",
            where="level",
            remedy="Show it to whom the notice was shown, or withdraw the notice and file a new one.",
        )
    return new


def _reads(audience: Audience, member: str) -> bool:
    return audience.readers is None or member in audience.readers


def for_answer(ledger: Ledger, about: Said[Any]) -> Audience:
    """An answer goes to whoever spoke, and may be read by whoever could read what it answers."""
    readers = None
    if about.readers is not None:
        host = ledger.view.host
        everyone = {about.author, *about.to, *([host] if host is not None else [])}
        readers = tuple(sorted((everyone & {*about.readers, about.author}) - {ledger.me}))
    return Audience((about.author,) if about.author != ledger.me else about.to, readers)


def for_floor(ledger: Ledger, named: Sequence[str]) -> Audience:
    """STOP and its kin: to those named, or to all; the host reads along, to carry and to witness."""
    others = frozenset({Role.PARTY, Role.HOST, Role.NOTIFIER})
    to = members_to(ledger, named, roles=others)
    host = ledger.view.host
    return Audience(to, tuple(sorted({*to, *([host] if host is not None else [])} - {ledger.me})))


def _level(ledger: Ledger, kind: NoticeKind, recipient: str, asked: str | None) -> Level:
    """The level for one recipient, by the annex or more open. L1 where there is none in force.

    Where the annex has no values for blind checks nothing would compare a blind notice: it is filed at L1.
    """
    disclosure = ledger.view.annexes.disclosure(ledger.now())
    allowed = disclosure.level(kind, recipient) if disclosure is not None else Level.L1
    if _is_blind(allowed) and not _is_compared_blind(ledger, recipient):
        allowed = Level.L1
    if asked is None:
        return allowed
    level = Level(asked)
    if level.closedness > allowed.closedness:
        raise Refused(
            "level-too-closed",
            f"By the annex {recipient} sees a {kind.value} at {allowed.value}; {level.value} shows less.",
            where="level",
            remedy=f"File it at {allowed.value} or more openly, or propose another disclosure annex.",
        )
    return level


def _is_compared_blind(ledger: Ledger, recipient: str) -> bool:
    """Does the annex say how notices are compared with this member, and do both take part?"""
    roles, terms = ledger.view.roles, ledger.view.annexes.terms(AnnexName.DISCLOSURE, ledger.now())
    both_do = {roles.get(recipient), roles.get(ledger.me)} == {Role.PARTY}
    return both_do and isinstance(terms, Disclosure) and terms.blind is not None
