# SPDX-License-Identifier: Apache-2.0
"""Did this person's passkey sign this challenge, for this node's page? (W3C Web Authentication, level 2.)

The keys are resident and verify their user (a PIN, a finger), so that possession alone is not enough. No
attestation is asked for: which make of key a desk uses is nobody's business. An assertion is also one more
signature under a statement: keyid ``webauthn:ID``, and as its bytes the compact I-JSON of
``{"authenticatorData","clientDataJSON","signature"}``, each in padded base64; its challenge is the SHA-256 of
the DSSE bytes that the other keys sign.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from steerclear.errors import BadInput, Refused
from steerclear.record.form import print_base64
from steerclear.record.ijson import print_ijson

__all__ = [
    "Passkey",
    "Site",
    "assertion_options",
    "credential_id_of",
    "decoded",
    "encoded",
    "registered",
    "registration_options",
    "signature_bytes",
    "verified",
]

_ALGORITHMS: Final = (-7, -8, -257)
"""ES256, EdDSA, RS256 (COSE); what WebAuthn advises to offer."""

LONGEST_CREDENTIAL: Final = 16_384
_TIMEOUT_MS: Final = 120_000


@dataclass(frozen=True, slots=True)
class Site:
    """What a passkey is bound to: the console's host name, and its ``origin`` as the browser names it."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """The public half. ``count`` is the authenticator's own counter, 0 where it keeps none."""

    id: bytes
    public: bytes
    count: int


def encoded(data: bytes) -> str:
    """base64url without padding, as WebAuthn's JSON has it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ``BadInput`` (``passkey-form``)."""
    try:
        raw = text.encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise _form() from error


def registration_options(
    site: Site, *, challenge: bytes, handle: bytes, label: str, known: Sequence[bytes]
) -> dict[str, Any]:
    """``PublicKeyCredentialCreationOptionsJSON``: the browser's page hands it on as it is."""
    return {
        "rp": {"id": site.rp_id, "name": site.name},
        "user": {"id": encoded(handle), "name": label, "displayName": label},
        "challenge": encoded(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in _ALGORITHMS],
        "timeout": _TIMEOUT_MS,
        "excludeCredentials": [{"type": "public-key", "id": encoded(one)} for one in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def assertion_options(site: Site, *, challenge: bytes, of: Sequence[bytes] = ()) -> dict[str, Any]:
    """``PublicKeyCredentialRequestOptionsJSON``; without ``of`` the browser offers the keys that it holds."""
    return {
        "rpId": site.rp_id,
        "challenge": encoded(challenge),
        "timeout": _TIMEOUT_MS,
        "userVerification": "required",
        "allowCredentials": [{"type": "public-key", "id": encoded(one)} for one in of],
    }


def credential_id_of(credential: Mapping[str, Any]) -> bytes:
    """Which key the browser says that it used. Raises ``BadInput`` (``passkey-form``)."""
    found = credential.get("rawId", credential.get("id"))
    if not isinstance(found, str):
        raise _form()
    return decoded(found)


def registered(credential: Mapping[str, Any], site: Site, *, challenge: bytes) -> Passkey:
    """A new key, attested by itself. Raises ``BadInput`` or ``Refused`` (``passkey-not-accepted``)."""
    # Imported here: it is slow, and only consoles need it.
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_registration_response(
            credential=_bounded(credential),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, EOFError) as error:
        raise _not_accepted(error) from error
    return Passkey(found.credential_id, found.credential_public_key, found.sign_count)


def verified(credential: Mapping[str, Any], site: Site, passkey: Passkey, *, challenge: bytes) -> Passkey:
    """The key as it stands after this use of it. Raises ``BadInput`` or ``Refused``
    (``passkey-not-accepted``): another key, challenge, page or counter, or a user who was not verified."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_authentication_response(
            credential=_bounded(credential),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=passkey.public,
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, EOFError) as error:
        raise _not_accepted(error) from error
    return Passkey(passkey.id, passkey.public, found.new_sign_count)


def signature_bytes(credential: Mapping[str, Any]) -> bytes:
    """An assertion as the bytes of a DSSE signature. Raises ``BadInput`` (``passkey-form``)."""
    response = credential.get("response")
    if not isinstance(response, Mapping):
        raise _form()
    parts = {}
    for name in ("authenticatorData", "clientDataJSON", "signature"):
        if not isinstance(response.get(name), str):
            raise _form()
        parts[name] = print_base64(decoded(response[name]))
    return print_ijson(dict(parts))


def _bounded(credential: Mapping[str, Any]) -> dict[str, Any]:
    """A copy; what is far too large or no JSON is not handed to a parser."""
    try:
        text = json.dumps(dict(credential))
    except (TypeError, ValueError) as error:
        raise _form() from error
    if len(text) > LONGEST_CREDENTIAL:
        raise _form()
    copied: dict[str, Any] = json.loads(text)
    return copied


def _form() -> BadInput:
    return BadInput(
        "passkey-form",
        "What was sent is not what a browser answers for a passkey.",
        where="credential",
        remedy="Send PublicKeyCredential.toJSON() as it is.",
    )


def _not_accepted(error: Exception) -> Refused:
    return Refused(
        "passkey-not-accepted",
        f"The passkey did not sign what it was asked to ({str(error)[:160] or type(error).__name__}).",
        where="credential",
        remedy="Ask for fresh options and make the gesture again here, with the key enrolled here.",
    )
