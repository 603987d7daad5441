# SPDX-License-Identifier: Apache-2.0
"""How does a key sign that never lies in a file? In a PKCS#11 token: a smart card, an HSM, SoftHSM.

    keys/pin.json ── opens ──► token ── signs with ──► "steerclear node", "steerclear authority", …

The token makes the keys itself (Ed25519, CKM_EDDSA of PKCS#11 3.0) and marks them as never to be read out.
Whoever has the files and the passphrase can use a token that is plugged in, and copies nothing. All other
keys stay in the keystore beside it. Such a token signs with Ed25519 alone: a key in it has no second key.
"""

from __future__ import annotations

import _ssl
import contextlib
import ctypes
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from steerclear.errors import BadInput, Refused, Unreachable
from steerclear.links.keyfile import KeyName, Purpose
from steerclear.links.keystore import Keystore
from steerclear.record.companion import CompanionSigner
from steerclear.record.keys import KeySigner, keyid_of
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.record.second import SecondSigner

__all__ = ["TOKEN_PURPOSES", "Token", "TokenKeystore", "TokenSettings"]

TOKEN_PURPOSES: Final = ("node", "authority", "duty", "witness")
_ED25519: Final = bytes.fromhex("130c656477617264733235353139")
"""CKA_EC_PARAMS as PKCS#11 3.0 has it: the PrintableString ``edwards25519``."""

_OCTET_STRING: Final = b"\x04\x20"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """``module`` the vendor's library: runs inside the node and can sign whatever it likes; ``label`` of the
    token; ``purposes`` whose keys lie in it."""

    module: Path
    label: str
    purposes: tuple[str, ...] = ("node",)

    def __post_init__(self) -> None:
        unknown = [one for one in self.purposes if one not in TOKEN_PURPOSES]
        if unknown or not self.purposes:
            raise BadInput(
                "token-purpose",
                f"{', '.join(unknown) or 'Nothing'} cannot lie in a token.",
                where="token",
                remedy=f"Name some of {', '.join(TOKEN_PURPOSES)}; roots are kept offline.",
            )


class Token:
    """An open session with one token. Raises ``Unreachable`` (``token-software``, ``token-missing``) and
    ``Refused`` (``token-pin``)."""

    def __init__(self, settings: TokenSettings, pin: str) -> None:
        self._label = settings.label
        self._session: Any = _session(settings, pin)

    def names(self) -> tuple[KeyName, ...]:
        """Keys of ours in the token."""
        api = _api()
        found = self._session.get_objects({api.Attribute.CLASS: api.ObjectClass.PRIVATE_KEY})
        labels = (str(key[api.Attribute.LABEL]) for key in found)
        return tuple(sorted(filter(None, map(_name_of, labels))))

    def make(self, name: KeyName) -> _TokenSigner:
        api = _api()
        curve = self._session.create_domain_parameters(
            api.KeyType.EC_EDWARDS, {api.Attribute.EC_PARAMS: _ED25519}, local=True
        )
        unreadable = {api.Attribute.SENSITIVE: True, api.Attribute.EXTRACTABLE: False}
        curve.generate_keypair(
            mechanism=api.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            capabilities=api.MechanismFlag.SIGN | api.MechanismFlag.VERIFY,
            label=_PREFIX + str(name),
            store=True,
            private_template=unreadable,
        )
        return self.signer(name)

    def signer(self, name: KeyName) -> _TokenSigner:
        """Raises ``Unreachable`` (``key-missing``)."""
        api = _api()
        label = _PREFIX + str(name)
        try:
            private = self._session.get_key(object_class=api.ObjectClass.PRIVATE_KEY, label=label)
            public = self._session.get_key(object_class=api.ObjectClass.PUBLIC_KEY, label=label)
        except api.PKCS11Error as error:
            raise Unreachable(
                "key-missing",
                f"The token “{self._label}” holds no one key {name}.",
                remedy="Plug in the token that the key was made in, or make and delegate a new one.",
                where=str(name),
            ) from error
        point = bytes(public[api.Attribute.EC_POINT])
        return _TokenSigner(private, point.removeprefix(_OCTET_STRING))

    def remove(self, name: KeyName) -> None:
        api = _api()
        for key in self._session.get_objects({api.Attribute.LABEL: _PREFIX + str(name)}):
            key.destroy()

    def close(self) -> None:
        self._session.close()


@dataclass(frozen=True, slots=True, repr=False)
class _TokenSigner:
    """Asks the token; one writer thread at a time."""

    _key: Any
    public: bytes

    @property
    def keyid(self) -> str:
        return keyid_of(self.public)

    def sign(self, message: bytes) -> bytes:
        api = _api()
        try:
            return bytes(self._key.sign(message, mechanism=api.Mechanism.EDDSA))
        except api.PKCS11Error as error:
            raise Unreachable(
                "token-lost",
                f"The token did not sign: {type(error).__name__}.",
                remedy="Look whether it is plugged in, and start the node again.",
                where=self.keyid,
            ) from error


class TokenKeystore:
    """``rest``, but for the keys whose purposes are in the token."""

    def __init__(self, rest: Keystore, token: Token, purposes: Collection[str]) -> None:
        self._rest = rest
        self._token = token
        self._purposes = frozenset(purposes)
        self._signers: dict[KeyName, KeySigner] = {}

    def names(self) -> tuple[KeyName, ...]:
        return tuple(sorted({*self._rest.names(), *self._token.names()}))

    def has(self, name: KeyName) -> bool:
        return name in self._token.names() if self._is_token(name) else self._rest.has(name)

    def make_signer(self, name: KeyName) -> KeySigner:
        if not self._is_token(name):
            return self._rest.make_signer(name)
        if self.has(name):
            raise Refused(
                "key-exists",
                f"There is a key {name} in the token already.",
                remedy="Use a token that is empty, or remove the old key with the vendor's tool.",
                where=str(name),
            )
        return self._token.make(name)

    def signer(self, name: KeyName) -> KeySigner:
        if not self._is_token(name):
            return self._rest.signer(name)
        if name not in self._signers:
            self._signers[name] = self._token.signer(name)
        return self._signers[name]

    def second(self, name: KeyName) -> SecondSigner:
        self._require_file(name)
        return self._rest.second(name)

    def companion(self, name: KeyName) -> CompanionSigner:
        self._require_file(name)
        return self._rest.companion(name)

    def _require_file(self, name: KeyName) -> None:
        if self._is_token(name):
            raise Refused(
                "second-in-token",
                f"The key {name} lies in a token, which signs with Ed25519 alone.",
                remedy="Keep keys that must sign twice in files.",
                where=str(name),
            )

    def make_successor(self, name: KeyName) -> KeySigner:
        if self._is_token(name):
            raise Refused(
                "token-no-successor",
                f"The key {name} lies in a token, and is not replaced there by another.",
                remedy="Make a key in another token, and have the root name it by its public key.",
                where=str(name),
            )
        return self._rest.make_successor(name)

    def take_over(self, name: KeyName, keyid: str) -> None:
        if not self._is_token(name):
            self._rest.take_over(name, keyid)

    def make_recipient(self, name: KeyName) -> RecipientPrivateKey:
        return self._rest.make_recipient(name)

    def recipients(self) -> Mapping[str, RecipientPrivateKey]:
        return self._rest.recipients()

    def make_storage_key(self) -> bytes:
        return self._rest.make_storage_key()

    def storage_key(self) -> bytes:
        return self._rest.storage_key()

    def forget(self, name: KeyName) -> None:
        if self._is_token(name):
            self._signers.pop(name, None)
            self._token.remove(name)
        else:
            self._rest.forget(name)

    def _is_token(self, name: KeyName) -> bool:
        return name.purpose in self._purposes


_PREFIX: Final = "steerclear "


def _name_of(label: str) -> KeyName | None:
    """A token may hold keys of others, too; they are none of ours."""
    purpose, _, rest = label.removeprefix(_PREFIX).partition("-")
    if not label.startswith(_PREFIX) or purpose not in TOKEN_PURPOSES:
        return None
    return KeyName(cast("Purpose", purpose), rest)


def _session(settings: TokenSettings, pin: str) -> Any:
    api = _api()
    try:
        token = api.lib(str(settings.module)).get_token(token_label=settings.label)
        return token.open(rw=True, user_pin=pin)
    except (api.PinIncorrect, api.PinInvalid, api.PinLenRange, api.PinLocked) as error:
        raise Refused(
            "token-pin",
            f"The token “{settings.label}” does not take the PIN: {type(error).__name__}.",
            where=str(settings.module),
            remedy="Do not try often: tokens lock. Give the PIN with which the token was made.",
        ) from error
    except api.PKCS11Error as error:
        raise Unreachable(
            "token-missing",
            f"The token “{settings.label}” cannot be opened: {error or type(error).__name__}.",
            where=str(settings.module),
            remedy="Plug it in, look at its label with the vendor's tool, and check the path of the module.",
        ) from error
    finally:
        _forget_errors_of_the_module()


def _forget_errors_of_the_module() -> None:
    """Clear OpenSSL's queue of errors of this thread.

    A module that stands on the same libcrypto as Python's ``ssl`` may leave an error there (SoftHSM looks for
    an engine that nobody has), and ``ssl`` would take it for its own at its next call: no listener would
    begin.
    """
    with contextlib.suppress(AttributeError):  # a libcrypto of Python's own: then nothing was left in it
        ctypes.CDLL(_ssl.__file__).ERR_clear_error()


def _api() -> Any:
    """The library, imported when a token is used: it is an extra."""
    try:
        import pkcs11
    except ImportError as error:
        raise Unreachable(
            "token-software",
            "Keys lie in a PKCS#11 token, and the software for it is not installed.",
            remedy="pip install 'steerclear[token]'.",
        ) from error
    return pkcs11
