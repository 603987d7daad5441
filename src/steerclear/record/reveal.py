# SPDX-License-Identifier: Apache-2.0
"""Is that what the sealed entry says? One file that shows it to a third person, checked by the charter alone.

    {"form":"steerclear opening 1","proof","salt","statement"}

``proof`` is the text of a ``.tlog-proof`` file of the sealed entry, ``salt`` and ``statement`` open its
commitment. Nothing in it is believed, and no key of anybody is needed: another statement, or the same under
another salt, is not what the entry commits to. Who shows it need not be its author.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.charter import Charter
from steerclear.record.form import key_field, object_field, print_base64
from steerclear.record.ijson import parse_ijson, print_ijson
from steerclear.record.opening import SALT_BYTES, Opening
from steerclear.record.proof import LARGEST_PROOF
from steerclear.record.prove import verify_proof
from steerclear.record.report import VerifyReport
from steerclear.record.statement import SignedStatement, read_signed, signed_of

__all__ = ["LARGEST_REVEALED", "REVEALED", "Revealed", "parse_revealed", "print_revealed", "verify_revealed"]

_FORM: Final = "steerclear opening 1"
REVEALED: Final = b'{"form":"' + _FORM.encode("ascii") + b'",'
"""How every such file begins."""

LARGEST_REVEALED: Final = 16_777_216


@dataclass(frozen=True, slots=True)
class Revealed:
    """``proof`` a printed proof of the sealed entry; ``statement`` and ``salt`` (32 bytes) open it."""

    proof: bytes
    statement: SignedStatement
    salt: bytes


def print_revealed(revealed: Revealed) -> bytes:
    return print_ijson(
        {
            "form": _FORM,
            "proof": revealed.proof.decode("utf-8"),
            "salt": print_base64(revealed.salt),
            "statement": signed_of(revealed.statement),
        }
    )


def parse_revealed(data: bytes) -> Revealed:
    """Exact inverse of ``print_revealed``. Judges the form alone. Raises ``NotVerified``."""
    where = "opening"
    if len(data) > LARGEST_REVEALED:
        raise _malformed(f"it has more than {LARGEST_REVEALED:,} bytes")
    found = object_field(parse_ijson(data, where=where), ("form", "proof", "salt", "statement"), where)
    if found["form"] != _FORM:
        raise _malformed("it does not begin with its name and version")
    proof = found["proof"]
    if not isinstance(proof, str) or len(proof) > LARGEST_PROOF:
        raise _malformed("its proof is no text, or too long")
    return Revealed(
        proof=proof.encode("utf-8"),
        statement=read_signed(found["statement"], where=where),
        salt=key_field(found["salt"], f"{where} salt", length=SALT_BYTES),
    )


def verify_revealed(data: bytes, charter: Charter) -> VerifyReport:
    """What the file shows. Failures name what does not hold; raises ``NotVerified`` for what has no form."""
    revealed = parse_revealed(data)
    return verify_proof(revealed.proof, charter, opening=Opening(revealed.statement, revealed.salt))


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "opening-form",
        f"This is not an opening: {why}.",
        remedy="Ask the sender for the original file; do not repair it.",
    )
