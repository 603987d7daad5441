# SPDX-License-Identifier: Apache-2.0
"""How does a node have its root sign, wherever the root is? A request goes out, signed it comes back.

    name_keys / revoke_keys ──► RootRequest ──► (carried to k root keys, see ceremony.py) ──► take_signed
                                          └── root keys at this node: signed and filed at once

What is taken in is filed as it was asked for: all of it or none, each statement an entry of the own log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, cast

from steerclear.errors import BadInput, Refused
from steerclear.links.keystore import KeyName, Purpose
from steerclear.model.member import desk_name
from steerclear.model.time import Instant, format_instant
from steerclear.record.ijson import JsonObject
from steerclear.record.keys import (
    Delegation,
    KeyRole,
    Revocation,
    delegate_body,
    revoke_body,
)
from steerclear.record.leaf import parse_leaf
from steerclear.record.request import RootRequest, parse_request, print_request, request_of
from steerclear.services.answers import KeyRow, KeysShown, Receipt, RootAsked
from steerclear.services.ceremony import words_of
from steerclear.services.found import STANDING, beginning, companion_rows, has_begun, standing_row
from steerclear.services.keys_ahead import DAYS_AHEAD, duty_rows, root_is_here, rows_ahead
from steerclear.services.ledger import Draft, Ledger
from steerclear.services.receipts import receipt
from steerclear.services.requests import NameKeys, RevokeKeys, Succeed
from steerclear.services.speak import root_signers, root_statement
from steerclear.services.succeed import begin_generation, statements_of_succession

__all__ = ["ask_to_begin", "keys_of", "name_keys", "revoke_keys", "succeed", "take_over_named", "take_signed"]

_SHORTEST_KEYID: Final = 8
LONGEST_REASON: Final = 200
_Say = tuple[str, JsonObject]


def ask_to_begin(ledger: Ledger, *, founds: bool) -> RootAsked:
    """What a log begins with, and the keys for the weeks to come, for a root that is kept elsewhere."""
    ahead = (("key.delegate", delegate_body(rows)) for rows in rows_ahead(ledger))
    return _ask(ledger, [*beginning(ledger, founds=founds), *ahead])


def name_keys(ledger: Ledger, wanted: NameKeys) -> RootAsked:
    """Raises ``BadInput`` (``key-options``, ``key-public``), ``Refused`` (``nothing-to-name``,
    ``log-not-begun``, ``key-revoked``)."""
    _require_sense(wanted)
    _require_begun(ledger)
    statements = _named(ledger, wanted)
    if not statements:
        raise Refused(
            "nothing-to-name",
            "Every key that was asked for is named already, as far ahead as keys are named.",
            where=wanted.role,
            remedy="Look at steerclear keys show; ask again when the days run out.",
        )
    return _ask(ledger, statements)


def revoke_keys(ledger: Ledger, wanted: RevokeKeys) -> RootAsked:
    """Raises ``BadInput`` (``key-unknown``, ``revoke-nothing``), ``Refused`` (``revoke-last-node-key``)."""
    if not wanted.keyids or not wanted.reason.strip():
        raise BadInput(
            "revoke-nothing",
            "A revocation names at least one key, and why.",
            remedy="Give the keyids that steerclear keys show prints, and --reason.",
        )
    _require_begun(ledger)
    keyids = tuple(dict.fromkeys(_whole_keyid(ledger, one) for one in wanted.keyids))
    nodes = {one.keyid for one in ledger.own.keys.holders(KeyRole.NODE, at=ledger.now())}
    if nodes and nodes <= set(keyids):
        raise Refused(
            "revoke-last-node-key",
            "Without a node key nothing more could be written to the own log, not even its next key.",
            where=", ".join(sorted(nodes)),
            remedy="Use steerclear keys delegate node --fresh, which names another and revokes this one.",
        )
    return _ask(ledger, [("key.revoke", revoke_body(Revocation(keyids, wanted.reason)))])


def succeed(ledger: Ledger, wanted: Succeed) -> RootAsked:
    """Raises ``BadInput`` (``succession-reason``), ``Refused`` (``succession-behind``,
    ``succession-other-branch``)."""
    if not 1 <= len(wanted.reason.strip()) <= LONGEST_REASON:
        raise BadInput(
            "succession-reason",
            f"A succession says why, in 1 to {LONGEST_REASON} characters.",
            where="reason",
            remedy="Give --reason; every member reads it.",
        )
    _require_begun(ledger)
    return _ask(ledger, statements_of_succession(ledger, wanted.reason.strip()))


def take_signed(ledger: Ledger, data: bytes) -> tuple[Receipt, ...]:
    """File what the root has signed, all or none; a fresh key takes the place of the one it replaces.

    Raises ``NotVerified`` and ``Refused`` (``request-unsigned``, ``request-of-another``, ``request-taken``).
    """
    request = parse_request(data)
    _require_ours(ledger, request)
    signed = request.signed_statements(twice=ledger.charter.signs_twice)
    if any(one.statement.kind == "log.succeed" for one in signed):
        filed = begin_generation(ledger, signed)
    else:
        filed = ledger.append([Draft(one, one) for one in signed])
    take_over_named(ledger)
    return tuple(receipt(ledger, one) for one in filed)


def take_over_named(ledger: Ledger) -> None:
    """Let each fresh key that the log names by now take the place of the one it replaces.

    Asked at every start, too: a power cut after the filing must not leave a node with a revoked key.
    """
    named = {row.keyid for row, _, _ in ledger.own.keys.rows()}
    for name in ledger.keys.names():
        if name.purpose == "next" and (keyid := ledger.keys.signer(name).keyid) in named:
            purpose, _, label = name.label.partition("-")
            ledger.keys.take_over(KeyName(cast("Purpose", purpose), label), keyid)


def keys_of(ledger: Ledger, member: str | None = None) -> KeysShown:
    """What holds now, until when, who signed it, and at which place. Raises ``BadInput`` (``key-member``)."""
    member = member or ledger.me
    book = ledger.key_book(member)
    if book is None:
        raise BadInput(
            "key-member",
            f"{member[:20]} is no member of this mechanism.",
            where="member",
            remedy=f"Give one of {', '.join(card.member for card in ledger.charter.members)}.",
        )
    card = ledger.charter.card(member)
    return KeysShown(
        member=member,
        root_threshold=card.root_threshold,
        root_keyids=card.root_keyids,
        second_keys=bool(card.root_seconds),
        root_here=root_is_here(ledger) and member == ledger.me,
        keys=tuple(_key_rows(ledger, member)),
    )


# ---- what is asked for -----------------------------------------------------------------------------------


def _ask(ledger: Ledger, statements: Sequence[_Say]) -> RootAsked:
    card = ledger.charter.card(ledger.me)
    request = request_of(card, [root_statement(ledger, kind, body) for kind, body in statements])
    receipts: tuple[Receipt, ...] = ()
    if root_is_here(ledger):
        request = request.with_signatures(root_signers(ledger))
    if not request.missing:
        receipts = take_signed(ledger, print_request(request))
    return RootAsked(
        request=print_request(request).decode(),
        digest=request.digest,
        says=words_of(request),
        missing=request.missing,
        receipts=receipts,
    )


def _named(ledger: Ledger, wanted: NameKeys) -> list[_Say]:
    if wanted.role in ("ahead", "recipient"):
        rows = rows_ahead(ledger)
        kept = [one for one in rows if wanted.role == "ahead" or one[0].role is KeyRole.RECIPIENT]
        return [("key.delegate", delegate_body(one)) for one in kept]
    role = KeyRole(wanted.role)
    name = _name_of(role, wanted)
    public, own = _public(ledger, wanted, name)
    if role is KeyRole.DUTY:
        weeks = list(duty_rows(ledger, public, name.label, days=wanted.days))
    else:
        standing = [standing_row(ledger, role, public, name if own else None)]
        if role is KeyRole.WITNESS and wanted.public is None:
            standing += companion_rows(ledger, KeyName("next", str(name)) if wanted.fresh else name)
        weeks = [[one for one in standing if not _is_named(ledger, one)]]
    revoked = _replaced(ledger, wanted, name)
    return [*(("key.delegate", delegate_body(rows)) for rows in weeks if rows), *revoked]


def _name_of(role: KeyRole, wanted: NameKeys) -> KeyName:
    purpose: Purpose = "duty" if role is KeyRole.DUTY else STANDING[role]
    return KeyName(purpose, desk_name(wanted.desk) if wanted.desk is not None else "")


def _public(ledger: Ledger, wanted: NameKeys, name: KeyName) -> tuple[bytes, bool]:
    """The key to be named, and whether this node holds it under its usual name."""
    if wanted.public is not None:
        return _hex_key(wanted.public), False
    if wanted.fresh:
        return ledger.keys.make_successor(name).public, False
    if not ledger.keys.has(name):
        return ledger.keys.make_signer(name).public, True
    held = ledger.keys.signer(name)
    if held.keyid in ledger.own.keys.revoked:
        raise Refused(
            "key-revoked",
            f"The {name} key of this node was revoked, and a revoked key never returns.",
            where=held.keyid,
            remedy="Ask for another with --fresh.",
        )
    return held.public, True


def _is_named(ledger: Ledger, row: Delegation) -> bool:
    return any(one.keyid == row.keyid for one in ledger.own.keys.holders(row.role, at=ledger.now()))


def _replaced(ledger: Ledger, wanted: NameKeys, name: KeyName) -> Iterator[_Say]:
    """Revoked after its successor is named: the entry that revokes a node key is the last that it signs."""
    if wanted.fresh and ledger.keys.has(name):
        old = ledger.keys.signer(name).keyid
        if old in ledger.own.keys.revoked:
            return
        gone = [old, *(one.keyid for one in _companions(ledger, name) if _is_named(ledger, one))]
        yield "key.revoke", revoke_body(Revocation(tuple(gone), "replaced by a fresh key"))


def _companions(ledger: Ledger, name: KeyName) -> list[Delegation]:
    return companion_rows(ledger, name) if name.purpose == "witness" else []


def _require_begun(ledger: Ledger) -> None:
    if not has_begun(ledger):
        raise Refused(
            "log-not-begun",
            f"The log of {ledger.me} is not begun: nothing stands before its first keys.",
            where=ledger.me,
            remedy="Have the request signed that found or join wrote, then: steerclear keys take.",
        )


def _require_sense(wanted: NameKeys) -> None:
    duty = wanted.role == "duty"
    of_one_key = wanted.role not in ("ahead", "recipient")
    makes_sense = (
        (wanted.desk is not None) == duty
        and (of_one_key or not (wanted.fresh or wanted.public))
        and not (wanted.fresh and wanted.public)
        and 1 <= wanted.days <= DAYS_AHEAD
    )
    if not makes_sense:
        raise BadInput(
            "key-options",
            f"These options do not fit a {wanted.role} key.",
            where=wanted.role,
            remedy="A duty key has a desk; one key is fresh or given by --public, not both; at most "
            f"{DAYS_AHEAD} days are named ahead.",
        )


def _hex_key(public: str) -> bytes:
    try:
        raw = bytes.fromhex(public)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise BadInput(
            "key-public",
            "A public key is 32 bytes, 64 hex digits.",
            where="--public",
            remedy="Give the public key itself, not its keyid.",
        )
    return raw


def _whole_keyid(ledger: Ledger, typed: str) -> str:
    known = {row.keyid for row, _, revoked in ledger.own.keys.rows() if revoked is None}
    found = [keyid for keyid in known if keyid.startswith(typed.lower())]
    if len(found) == 1 and len(typed) >= _SHORTEST_KEYID:
        return found[0]
    raise BadInput(
        "key-unknown",
        f"“{typed[:64]}” names {len(found)} unrevoked keys of {ledger.me}, or is too short.",
        where="keyid",
        remedy=f"Give at least {_SHORTEST_KEYID} digits of a keyid that steerclear keys show prints.",
    )


# ---- what came back --------------------------------------------------------------------------------------


def _require_ours(ledger: Ledger, request: RootRequest) -> None:
    if request.mechanism != ledger.mechanism or request.card != ledger.charter.card(ledger.me):
        raise Refused(
            "request-of-another",
            f"The request was not made by the node of {ledger.me} in this mechanism.",
            where=request.card.member,
            remedy="Bring the file that this node wrote, with the signatures in it.",
        )
    if any(said.id in ledger.places for said in request.statements):
        raise Refused(
            "request-taken",
            "What this request asked for is in the log already.",
            where=request.card.member,
            remedy="Nothing is left to do; look at steerclear keys show.",
        )


# ---- what holds ------------------------------------------------------------------------------------------


def _key_rows(ledger: Ledger, member: str) -> Iterator[KeyRow]:
    log = ledger.logs[ledger.charter.card(member).carrier or member]
    ours = set(_held(ledger)) if member == ledger.me else set()
    signers: dict[int, tuple[str, ...]] = {}
    for row, named, revoked in log.keys_of(member).rows():
        if named not in signers:
            (leaf,) = ledger.store.leaves(log.member, log.generation, named, named + 1)
            said = parse_leaf(leaf).statement
            signers[named] = () if said is None else tuple(one.keyid for one in said.envelope.signatures)
        yield KeyRow(
            keyid=row.keyid,
            role=row.role.value,
            desk=row.desk,
            valid_from=format_instant(Instant(row.valid_from)),
            valid_until=format_instant(Instant(row.valid_until)),
            state=_state(row, revoked, ledger.now()),
            named_at=f"{log.member}-{named:04d}",
            revoked_at=None if revoked is None else f"{log.member}-{revoked:04d}",
            signed_by=signers[named],
            held=row.keyid in ours,
        )


def _held(ledger: Ledger) -> Iterator[str]:
    for name in ledger.keys.names():
        if name.purpose not in ("recipient", "storage", "pin"):
            yield ledger.keys.signer(name).keyid
            yield from (one.keyid for one in _companions(ledger, name))
    yield from (key.keyid for key in ledger.recipients_here().values())


def _state(
    row: Delegation, revoked: int | None, now: int
) -> Literal["holds", "not yet", "expired", "revoked"]:
    if revoked is not None:
        return "revoked"
    if now < row.valid_from:
        return "not yet"
    return "holds" if now < row.valid_until else "expired"
