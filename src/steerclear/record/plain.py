# SPDX-License-Identifier: Apache-2.0
"""What does an entry say that is spelled as nearly all are? A quick reading, for looking at a million.

Nearly every entry is an ordinary statement in clear or sealed, printed as ``leaf.py`` prints it. This file
reads that one spelling straight from the bytes, without a tree of values between, in half of the time. It
takes nothing that the strict parser would not take with the same meaning, which the tests try to disprove
with changed bytes; what it does not take it leaves, and that says nothing about it: the strict parser
decides. ``verify --processes 1`` never comes here.

    {"payload":"…","payloadType":LEAF,"signatures":[{"keyid","sig"}]}
    {"mechanism","author","generation","seq","at","heads":{…},"statement"|"sealed":{…}}
    {"payload":"…","payloadType":STATEMENT,"signatures":[{"keyid","sig"},…]}
    {"commitment","ciphertext","wraps":[{"member","keyid","wrapped"},…],"id"}
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.dsse import MOST_SIGNATURES, Envelope, Signature
from steerclear.record.form import instant_field
from steerclear.record.ijson import parse_ijson
from steerclear.record.leaf import LARGEST_LEAF, LEAF_TYPE, Head, Leaf, SignedLeaf, read_heads
from steerclear.record.sealed import MOST_RECIPIENTS, WRAPPED_BYTES, SealedStatement, Wrap
from steerclear.record.statement import STATEMENT_TYPE, SignedStatement, parse_statement

__all__ = ["read_plain"]

_PAYLOAD: Final = b'{"payload":"'
_SIGNATURE: Final = rb'\{"keyid":"([0-9a-f]{64})","sig":"([^"]*)"\}'
_AFTER_LEAF: Final = re.compile(
    rb'","payloadType":"%s","signatures":\[%s\]\}' % (re.escape(LEAF_TYPE.encode()), _SIGNATURE)
)
_AFTER_STATEMENT: Final = re.compile(
    rb'","payloadType":"%s","signatures":\[([^\]]*)\]\}' % re.escape(STATEMENT_TYPE.encode())
)
_ONE_SIGNATURE: Final = re.compile(_SIGNATURE)
_SEALED: Final = re.compile(
    rb'\{"commitment":"([0-9a-f]{64})","ciphertext":"([^"]*)","wraps":\[([^\]]*)\],"id":"([0-9a-f]{32})"\}'
)
_WRAP: Final = re.compile(
    rb'\{"member":"([A-Z][A-Z0-9]{1,11})","keyid":"([0-9a-f]{64})","wrapped":"([^"]*)"\}'
)
_INSTANT_BYTES: Final = len("2025-04-09T08:00:00.000Z")


class _NotPlain(Exception):
    """Read it strictly."""


def read_plain(data: bytes, mechanism: str, author: str, generation: int, seq: int) -> SignedLeaf | None:
    """The entry ``data``, if it says that it stands at this place and is plain; else read it strictly."""
    try:
        if len(data) > LARGEST_LEAF:
            return None
        payload, signature = _shell(data, _AFTER_LEAF)
        leaf = _leaf(payload, mechanism, author, generation, seq)
        signed = _signature(signature[1], signature[2])
    except (_NotPlain, NotVerified):
        return None
    return SignedLeaf(leaf, Envelope(LEAF_TYPE, payload, (signed,)))


def _shell(data: bytes, after: re.Pattern[bytes]) -> tuple[bytes, re.Match[bytes]]:
    """Payload of an envelope, and what stands after it."""
    end = data.find(b'"', len(_PAYLOAD))
    found = after.fullmatch(data, end) if data.startswith(_PAYLOAD) and end > 0 else None
    if found is None:
        raise _NotPlain
    return _base64(data[len(_PAYLOAD) : end]), found


def _leaf(payload: bytes, mechanism: str, author: str, generation: int, seq: int) -> Leaf:
    place = f'{{"mechanism":"{mechanism}","author":"{author}","generation":{generation},"seq":{seq},"at":"'
    at, heads = len(place), len(place) + _INSTANT_BYTES + len('","heads":')
    end = payload.find(b"}", heads) + 1
    if (
        not payload.startswith(place.encode("ascii"))
        or payload[heads - len('","heads":') : heads] != b'","heads":'
        or not end
        or not payload.endswith(b"}")
    ):
        raise _NotPlain
    return Leaf(
        mechanism=mechanism,
        author=author,
        generation=generation,
        seq=seq,
        at=instant_field(payload[at : at + _INSTANT_BYTES].decode("ascii", "replace"), "at"),
        heads=_heads(payload[heads:end]),
        content=_content(payload[end:-1]),
    )


@lru_cache(maxsize=256)
def _heads(spelled: bytes) -> Mapping[str, Head]:
    """Several entries in a row see the same, as a rule."""
    return read_heads(parse_ijson(spelled, where="heads"), "heads")


def _content(spelled: bytes) -> SignedStatement | SealedStatement:
    if spelled.startswith(b',"sealed":'):
        return _sealed(spelled[len(b',"sealed":') :])
    if spelled.startswith(b',"statement":'):
        return _statement(spelled[len(b',"statement":') :])
    raise _NotPlain


def _statement(spelled: bytes) -> SignedStatement:
    payload, found = _shell(spelled, _AFTER_STATEMENT)
    rows = [_ONE_SIGNATURE.fullmatch(row) for row in _rows(found[1])]
    signatures = tuple(_signature(row[1], row[2]) for row in rows if row is not None)
    if (
        len(signatures) < len(rows)
        or len(rows) > MOST_SIGNATURES
        or not _rise([one.keyid for one in signatures])
    ):
        raise _NotPlain
    return SignedStatement(
        parse_statement(payload, where="statement"), Envelope(STATEMENT_TYPE, payload, signatures)
    )


def _sealed(spelled: bytes) -> SealedStatement:
    found = _SEALED.fullmatch(spelled)
    rows = [] if found is None else [_WRAP.fullmatch(row) for row in _rows(found[3])]
    wraps = tuple(_wrap(row) for row in rows if row is not None)
    if found is None or len(wraps) < len(rows) or len(wraps) > MOST_RECIPIENTS:
        raise _NotPlain
    return SealedStatement(
        commitment=found[1].decode("ascii"),
        ciphertext=_base64(found[2]),
        blobs=None,
        wraps=wraps,
        id=found[4].decode("ascii"),
        shown=None,
    )


def _rows(spelled: bytes) -> list[bytes]:
    """The objects of a list of flat ones; where a text holds ``},{`` none of the pieces is such an object."""
    first, *others = spelled.split(b"},{")
    if not others:
        return [first]
    return [first + b"}", *(b"{" + one + b"}" for one in others[:-1]), b"{" + others[-1]]


def _wrap(row: re.Match[bytes]) -> Wrap:
    wrapped = _base64(row[3])
    if len(wrapped) != WRAPPED_BYTES:
        raise _NotPlain
    return Wrap(row[1].decode("ascii"), row[2].decode("ascii"), wrapped)


def _signature(keyid: bytes, sig: bytes) -> Signature:
    return Signature(keyid.decode("ascii"), _base64(sig))


def _rise(names: list[str]) -> bool:
    return all(earlier < later for earlier, later in pairwise(names))


def _base64(spelled: bytes) -> bytes:
    """Canonical padded base64, as ``key_field`` reads it: strict, and no bit too many in the last letter."""
    try:
        raw = binascii.a2b_base64(spelled, strict_mode=True)
    except ValueError:
        raise _NotPlain from None
    if binascii.b2a_base64(raw[len(spelled) // 4 * 3 - 3 :], newline=False) != spelled[-4:]:
        raise _NotPlain
    return raw
