# SPDX-License-Identifier: Apache-2.0
"""Who has sealed two contents under one id? Both entries are kept as proof, and every face shows it.

    entry n     id, commitment c                 stands here
    entry m     id, another commitment d         refused, kept: signed by the node key that the log names

So two members could be told two things under one name. Whoever forges such an entry without the member's node
key proves nothing, and is refused like any other forger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog

from steerclear.record.keys import KeyRole
from steerclear.record.leaf import parse_leaf, parse_signed_leaf
from steerclear.record.log import Log
from steerclear.record.signature import is_signature
from steerclear.store.port import Store

__all__ = ["REFUSED_AS", "TwoContents"]

REFUSED_AS: Final = "two-commitments"
"""The code with which a log refuses the second entry."""

_PROOF: Final = "two-commitments "

_log = structlog.get_logger()


class TwoContents:
    """The proofs of one node. A succession mends what was shown before it."""

    def __init__(self, store: Store, logs: Mapping[str, Log]) -> None:
        self._store = store
        self._logs = logs
        self._members: set[str] = set()

    def recall(self) -> None:
        for member, log in self._logs.items():
            proof = self._store.fact(_PROOF + member)
            if proof and parse_leaf(proof).generation == log.generation:
                self._members.add(member)

    @property
    def members(self) -> tuple[str, ...]:
        """Of whom such a proof is kept, of the generation that is live."""
        return tuple(sorted(self._members))

    def look(self, log: Log, data: bytes) -> None:
        """An entry was refused because its id has another commitment: keep it, if the member made it."""
        if log.member not in self._members and _is_by_its_node(log, data):
            self._store.keep_fact(_PROOF + log.member, data)
            self._members.add(log.member)
            _log.error("two-contents", member=log.member, seq=log.size)

    def forget(self, member: str) -> None:
        """A new generation of the log begins."""
        self._members.discard(member)


def _is_by_its_node(log: Log, data: bytes) -> bool:
    signed = parse_signed_leaf(data, where=log.origin)
    keys = log.keys.holders(KeyRole.NODE, seq=log.size, at=signed.leaf.at)
    return any(
        one.keyid == key.keyid and is_signature(one.sig, signed.envelope.signed_bytes, key.public)
        for one in signed.envelope.signatures
        for key in keys
    )
