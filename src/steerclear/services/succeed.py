# SPDX-License-Identifier: Apache-2.0
"""How does a member go on after its node key was stolen, or its log damaged? Its root begins another log.

    keys succeed ──► request: fresh node key · log.succeed with all that others have covered
                 ──► signed by k of n root keys ──► taken: the next generation begins with these two entries

Every other key is named anew, as at the founding: a generation begins with none. Others take the new log in
as soon as they hold what it keeps of the old one; whoever has the old key speaks to nobody any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.errors import Refused
from steerclear.links.keystore import KeyName
from steerclear.record.ijson import JsonObject
from steerclear.record.keys import Delegation, KeyRole, delegate_body, keyid_of, read_delegate_body
from steerclear.record.statement import SignedStatement
from steerclear.record.succession import Succession, succeed_body
from steerclear.services.found import STANDING, standing_row
from steerclear.services.ledger import Draft, Filed, Ledger

__all__ = ["begin_generation", "statements_of_succession"]


def statements_of_succession(ledger: Ledger, reason: str) -> list[tuple[str, JsonObject]]:
    """What the root is asked to sign: kinds and bodies.

    Raises ``Refused`` (``succession-behind``, ``succession-other-branch``).
    """
    own = ledger.own
    _require_all_that_is_covered(ledger)
    fresh = ledger.keys.make_successor(KeyName("node")).public
    rows = [standing_row(ledger, KeyRole.NODE, fresh), *_kept_rows(ledger)]
    named = Succession(generation=own.generation + 1, size=own.size, root=own.root, reason=reason)
    return [("key.delegate", delegate_body(rows)), ("log.succeed", succeed_body(named))]


def begin_generation(ledger: Ledger, signed: Sequence[SignedStatement]) -> tuple[Filed, ...]:
    """Begin the next generation of the own log with what the root has signed."""
    rows = read_delegate_body(signed[0].statement.body)
    nodes = {row.keyid for row in rows if row.role is KeyRole.NODE}
    for name in ledger.keys.names():
        if name.purpose == "next" and ledger.keys.signer(name).keyid in nodes:
            # Its first entry is signed by the key that it names.
            ledger.keys.take_over(KeyName("node"), ledger.keys.signer(name).keyid)
    return ledger.begin_generation([Draft(one, one) for one in signed])


def _require_all_that_is_covered(ledger: Ledger) -> None:
    """What others have covered of the own log stands; a node that lacks some of it takes it back first, and
    one that holds other entries there is not the one to say what stands."""
    own = ledger.own
    for member in ledger.peers:
        seen = ledger.logs[member].heads.get(ledger.me)
        if seen is not None and seen.generation == own.generation and seen.size > own.size:
            raise Refused(
                "succession-behind",
                f"{member} holds {seen.size} entries of this log; {own.size} are here.",
                where=own.origin,
                remedy=f"Let the line to {member} come up, or load its bundle: what is missing comes back.",
            )
        if seen is not None and seen.generation == own.generation and own.root_at(seen.size) != seen.root:
            raise Refused(
                "succession-other-branch",
                f"{member} holds {seen.size} entries of this log that are not the ones here: this node "
                "stands on the other branch of a fork.",
                where=own.origin,
                remedy="Make this node's folder anew beside the old one, take the log from the others, and "
                "succeed from what they hold; keep the old folder as proof.",
            )


def _kept_rows(ledger: Ledger) -> list[Delegation]:
    """The standing keys of this node other than the node key, save those that were revoked."""
    held = [(role, KeyName(purpose)) for role, purpose in STANDING.items() if role is not KeyRole.NODE]
    publics = [(role, name, ledger.keys.signer(name).public) for role, name in held if ledger.keys.has(name)]
    return [
        standing_row(ledger, role, public, name)
        for role, name, public in publics
        if keyid_of(public) not in ledger.own.keys.revoked
    ]
