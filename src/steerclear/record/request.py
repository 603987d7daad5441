# SPDX-License-Identifier: Apache-2.0
"""What is a root asked to sign, and who has signed it? One file, carried to each root key and back.

    {"form":"steerclear root request 1","card":CARD,"statements":[{"payload","signatures":[…]},…]}

    node ── nobody has signed ──► root 1 ── one has ──► root 2 ── k have ──► node: into the log

The file that comes back is the one that went, with signatures in it. It holds statements that only a root
makes (``key.delegate``, ``key.revoke``, ``charter.found``, ``charter.join``, ``log.succeed``), of one member
in one mechanism, each in its own form: whoever signs can be shown all of it in words, and nothing else is
signed. What is read aloud is the hash of the payloads, which no signature changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.record.card import MemberCard, card_of, is_signed_by_root, read_card
from steerclear.record.charter import mechanism_of, read_found_body, read_join_body
from steerclear.record.dsse import MOST_SIGNATURES, Envelope, Signature, envelope_of, pae
from steerclear.record.form import key_field, list_field, object_field, text_field
from steerclear.record.identity import require_id_of
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keys import Signer, read_delegate_body, read_revoke_body
from steerclear.record.second import PREFIX, is_second
from steerclear.record.signature import is_signature
from steerclear.record.statement import (
    STATEMENT_TYPE,
    SignedStatement,
    Statement,
    parse_statement,
    print_statement,
)
from steerclear.record.succession import read_succeed_body

__all__ = ["LARGEST_REQUEST", "ROOT_KINDS", "RootRequest", "parse_request", "print_request", "request_of"]

LARGEST_REQUEST: Final = 4 * 1024 * 1024
MOST_STATEMENTS: Final = 256
ROOT_KINDS: Final = ("key.delegate", "key.revoke", "charter.found", "charter.join", "log.succeed")
_FORM: Final = "steerclear root request 1"


@dataclass(frozen=True, slots=True)
class RootRequest:
    """``envelopes`` hold the statements, each with the signatures that it has so far, by rising keyid.

    Raises ``NotVerified`` for what is no statement of this member's root.
    """

    card: MemberCard
    envelopes: tuple[Envelope, ...]

    def __post_init__(self) -> None:
        for said in self.statements:
            _require_root_statement(said, self.card)
        if len({said.mechanism for said in self.statements}) != 1:
            raise _not_a_request("its statements belong to different mechanisms")
        for one in self.envelopes:
            for signature in one.signatures:
                _require_true(signature, one, self.card)

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(parse_statement(one.payload, where="root request") for one in self.envelopes)

    @property
    def mechanism(self) -> str:
        return self.statements[0].mechanism

    @property
    def digest(self) -> str:
        """SHA-256 over all that is signed, in hex: to be compared by voice at each machine."""
        hashed = hashlib.sha256()
        for one in self.envelopes:
            hashed.update(one.signed_bytes)
        return hashed.hexdigest()

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Keyids of the root keys that have signed everything."""
        sets = [{one.keyid for one in envelope.signatures} for envelope in self.envelopes]
        return tuple(keyid for keyid in self.card.root_keyids if all(keyid in found for found in sets))

    @property
    def missing(self) -> int:
        """How many more root keys must sign."""
        return max(0, self.card.root_threshold - len(self.signed_by))

    def with_signatures(self, signers: Sequence[Signer]) -> RootRequest:
        """Signed by ``signers`` as well: root keys of the card, and the second keys beside them.

        Raises ``Refused`` (``request-other-root``, ``request-signed-already``).
        """
        for signer in signers:
            self._require_wanted(signer.keyid)
        return replace(self, envelopes=tuple(_with(one, signers) for one in self.envelopes))

    def signed_statements(self, *, twice: bool) -> tuple[SignedStatement, ...]:
        """The statements, if enough root keys have signed each. Raises ``Refused`` (``request-unsigned``)."""
        signed = [SignedStatement(*pair) for pair in zip(self.statements, self.envelopes, strict=True)]
        if not all(is_signed_by_root(one, self.card, twice=twice) for one in signed):
            raise Refused(
                "request-unsigned",
                f"{len(self.signed_by)} root keys have signed; {self.card.root_threshold} must"
                f"{', each twice' if twice else ''}.",
                where=self.card.member,
                remedy="Carry the file to the next root key, and sign it there with steerclear keys sign.",
            )
        return tuple(signed)

    def _require_wanted(self, keyid: str) -> None:
        if keyid not in (*self.card.root_keyids, *(PREFIX + one for one in self.card.root_seconds)):
            raise Refused(
                "request-other-root",
                f"The key {keyid[:24]}… is no root key of {self.card.member}.",
                where=self.card.member,
                remedy="Use a root key that the member's card names; look whether the request is yours.",
            )
        if any(one.keyid == keyid for envelope in self.envelopes for one in envelope.signatures):
            raise Refused(
                "request-signed-already",
                "This root key has signed the request already.",
                where=keyid,
                remedy="Carry it to another root key, or back to the node.",
            )


def request_of(card: MemberCard, statements: Sequence[Statement]) -> RootRequest:
    """A request that nobody has signed. Raises ``BadInput`` without a statement, or with too many."""
    if not 1 <= len(statements) <= MOST_STATEMENTS:
        raise BadInput(
            "request-size",
            f"{len(statements)} statements cannot be asked for at once; 1 to {MOST_STATEMENTS} can.",
            remedy="Ask for fewer desks at a time.",
        )
    return RootRequest(card, tuple(Envelope(STATEMENT_TYPE, print_statement(one), ()) for one in statements))


def print_request(request: RootRequest) -> bytes:
    return print_ijson(
        {
            "form": _FORM,
            "card": card_of(request.card),
            "statements": [_row(one) for one in request.envelopes],
        }
    )


def parse_request(data: bytes) -> RootRequest:
    """Exact inverse of ``print_request``. Raises ``NotVerified``, also for a signature that is not true."""
    where = "root request"
    if len(data) > LARGEST_REQUEST:
        raise _not_a_request(f"it has more than {LARGEST_REQUEST:,} bytes")
    found = object_field(parse_ijson(data, where=where), ("form", "card", "statements"), where)
    if found["form"] != _FORM:
        raise _not_a_request(f"its form is “{str(found['form'])[:40]}”")
    rows = list_field(found["statements"], f"{where} statements", at_least=1, at_most=MOST_STATEMENTS)
    return RootRequest(
        card=read_card(found["card"], where=f"{where} card"),
        envelopes=tuple(_read_row(row, where) for row in rows),
    )


def _row(envelope: Envelope) -> JsonObject:
    printed = envelope_of(envelope)
    return {"payload": printed["payload"], "signatures": printed["signatures"]}


def _read_row(value: JsonValue, where: str) -> Envelope:
    found = object_field(value, ("payload", "signatures"), where)
    rows = list_field(found["signatures"], f"{where} signatures", at_most=MOST_SIGNATURES)
    signatures = tuple(_read_signature(row, where) for row in rows)
    if any(earlier.keyid >= later.keyid for earlier, later in pairwise(signatures)):
        raise _not_a_request("its signatures do not stand in order of their keyid")
    return Envelope(STATEMENT_TYPE, key_field(found["payload"], f"{where} payload"), signatures)


def _read_signature(value: JsonValue, where: str) -> Signature:
    found = object_field(value, ("keyid", "sig"), f"{where} signature")
    return Signature(
        keyid=text_field(found["keyid"], f"{where} keyid", at_most=400),
        sig=key_field(found["sig"], f"{where} sig", at_most=8_192),
    )


def _with(envelope: Envelope, signers: Sequence[Signer]) -> Envelope:
    message = pae(envelope.payload_type, envelope.payload)
    fresh = [Signature(signer.keyid, signer.sign(message)) for signer in signers]
    return replace(
        envelope, signatures=tuple(sorted((*envelope.signatures, *fresh), key=lambda one: one.keyid))
    )


def _require_root_statement(said: Statement, card: MemberCard) -> None:
    if said.kind not in ROOT_KINDS or said.author != card.member or said.to or said.desk is not None:
        raise _not_a_request(f"a {said.kind} of {said.author} is nothing that the root of {card.member} says")
    require_id_of(said.id, (said.author,), mechanism=said.mechanism, where="root request")
    _require_body(said)


def _require_body(said: Statement) -> None:
    """Each kind in its own form, so that nothing is signed that could not be shown."""
    if said.kind == "key.delegate":
        read_delegate_body(said.body)
    elif said.kind == "key.revoke":
        read_revoke_body(said.body)
    elif said.kind == "log.succeed":
        read_succeed_body(said.body)
    elif _charter_named(said) != said.mechanism:
        raise _not_a_request("the charter in it is not that of its mechanism")


def _charter_named(said: Statement) -> str:
    if said.kind == "charter.join":
        return read_join_body(said.body)
    return mechanism_of(read_found_body(said.body))


def _require_true(signature: Signature, envelope: Envelope, card: MemberCard) -> None:
    """A false signature would be noticed by every member, and only after it was filed."""
    roots = dict(zip(card.root_keyids, card.root_keys, strict=True))
    message = envelope.signed_bytes
    digest = signature.keyid.removeprefix(PREFIX)
    if signature.keyid in roots:
        is_true = is_signature(signature.sig, message, roots[signature.keyid])
    else:
        named = signature.keyid.startswith(PREFIX) and digest in card.root_seconds
        is_true = named and is_second(signature.sig, message, digest)
    if not is_true:
        raise _not_a_request(f"a signature in it, by {signature.keyid[:24]}…, is not true")


def _not_a_request(why: str) -> NotVerified:
    return NotVerified(
        "root-request-form",
        f"This is not a request to a root that could be signed: {why}.",
        where="root request",
        remedy="Have the node write it again with steerclear keys delegate; do not repair it.",
    )
