# SPDX-License-Identifier: Apache-2.0
"""Who is at the other end of the wire? Mutual TLS between members, with no certificate authority.

- Each node makes itself one certificate; the charter (and later ``key`` statements) name it.
- A listener asks every caller for a certificate and lets in exactly those of the charter's members.
- A caller lets in exactly the one peer that it meant to reach.
- Both checks are made inside the handshake, before a byte of ours is sent: OpenSSL trusts no other
  certificate, and the SHA-256 of the key (SPKI, RFC 7469) is held against the pins besides.
- TLS 1.3 alone; no session tickets, so that each connection shows its certificate anew.

Certificates do not expire (RFC 5280, 4.1.2.5): a node is shut out by a statement in the record, never by a
clock, for a mechanism that falls silent on a birthday is worse than none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from steerclear.errors import BadInput, Refused, Unreachable
from steerclear.links.files import replace_durably

__all__ = [
    "Certificate",
    "PeerContext",
    "Pins",
    "client_context",
    "load_certificate",
    "make_certificate",
    "peer_of",
    "pins_of",
    "save_certificate",
    "server_context",
    "spki_sha256",
]

Pins = Mapping[str, Collection[str]]
"""For each member, the SPKI hashes (lower-case hex) of the certificates that it may show."""

_CERTIFICATE_FILE: Final = "certificate.der"
_PRIVATE_FILE: Final = "private.pem"
_NO_BEGINNING: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_NO_END: Final = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)  # RFC 5280, 4.1.2.5


@dataclass(frozen=True, slots=True)
class Certificate:
    """A node's own: ``der`` is public and stands in the charter; ``private_pem`` can answer for it."""

    der: bytes
    private_pem: bytes = field(repr=False)

    @property
    def spki(self) -> str:
        return spki_sha256(self.der)


def make_certificate(member: str) -> Certificate:
    """A self-signed P-256 certificate for ``member``, for both ends of a connection."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    # The serial number attribute sets two certificates of one member apart, so that OpenSSL never
    # takes the old one for the issuer of the new.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, member),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, _key_hash(public)),
        ]
    )
    builder = x509.CertificateBuilder(name, name, public, x509.random_serial_number(), _NO_BEGINNING, _NO_END)
    for extension, critical in _extensions(public):
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(key, hashes.SHA256())
    return Certificate(
        certificate.public_bytes(serialization.Encoding.DER),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def spki_sha256(certificate_der: bytes) -> str:
    """SHA-256 of the certificate's public key (SubjectPublicKeyInfo in DER), in hex.

    Raises ``BadInput`` (``certificate-unreadable``).
    """
    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
        return _key_hash(certificate.public_key())
    except ValueError as error:
        raise BadInput(
            "certificate-unreadable",
            "What was given is not a certificate.",
            remedy="Give the DER form of an X.509 certificate, as in the member's card.",
        ) from error


def pins_of(certificates: Mapping[str, bytes]) -> Pins:
    """The pins of members by their certificates (DER)."""
    return {member: frozenset({spki_sha256(der)}) for member, der in certificates.items()}


def peer_of(certificate_der: bytes, pins: Pins) -> str:
    """Which member shows this certificate? Raises ``Refused`` (``peer-unknown``)."""
    shown = spki_sha256(certificate_der)
    for member, accepted in pins.items():
        if shown in accepted:
            return member
    raise Refused(
        "peer-unknown",
        "The caller's certificate is not that of a member.",
        remedy="Compare its SPKI hash with the charter; a new certificate needs a statement in the record.",
        where=shown,
    )


def save_certificate(folder: Path, certificate: Certificate) -> None:
    """Write the certificate and its private half (0600) into ``folder``, made 0700 if need be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_durably(folder / _PRIVATE_FILE, certificate.private_pem)
    replace_durably(folder / _CERTIFICATE_FILE, certificate.der)


def load_certificate(folder: Path) -> Certificate:
    """What ``save_certificate`` wrote. Raises ``Unreachable`` (``certificate-missing``)."""
    try:
        return Certificate((folder / _CERTIFICATE_FILE).read_bytes(), (folder / _PRIVATE_FILE).read_bytes())
    except OSError as error:
        raise Unreachable(
            "certificate-missing",
            f"The node's own certificate cannot be read: {error.strerror}.",
            remedy="Bring the tls folder back from its backup; members must be told of a new certificate.",
            where=str(folder),
        ) from error


class PeerContext(ssl.SSLContext):
    """A TLS context that ends a handshake with anybody whose key is not in ``pins``."""

    pins: frozenset[str] = frozenset()
    on_stranger: Callable[[str], None] | None = None
    """Told why a handshake with a caller failed: it showed no key of a member, or spoke something else."""

    def trust(self, certificate_der: bytes) -> None:
        """Accept this certificate too, from the next handshake on."""
        self.load_verify_locations(cadata=certificate_der)
        self.pins |= {spki_sha256(certificate_der)}


class _PinnedObject(ssl.SSLObject):
    """asyncio's side of a connection; the pin is checked before the first byte of application data."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
            _check_pin(self.context, self.getpeercert(binary_form=True))
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            if isinstance(self.context, PeerContext) and self.context.on_stranger is not None:
                self.context.on_stranger(error.reason or str(error))
            raise


class _PinnedSocket(ssl.SSLSocket):
    """The same for blocking sockets."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - the standard library's
        super().do_handshake(block)
        _check_pin(self.context, self.getpeercert(binary_form=True))


def server_context(own: Certificate, peers: Mapping[str, bytes]) -> PeerContext:
    """For the peers' listener: ``peers`` are the members' certificates (DER). No other caller gets in."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, own, list(peers.values()))
    context.num_tickets = 0
    return context


def client_context(own: Certificate, peer_der: bytes) -> PeerContext:
    """For calling one peer: shows our certificate, accepts exactly ``peer_der``."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, own, [peer_der])


def _context(protocol: int, own: Certificate, trusted: Collection[bytes]) -> PeerContext:
    context = PeerContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the key is pinned; addresses may be bare numbers and may change
    context.verify_mode = ssl.CERT_REQUIRED
    for der in trusted:
        context.trust(der)
    context.sslobject_class = _PinnedObject
    context.sslsocket_class = _PinnedSocket
    _load_own(context, own)
    return context


def _load_own(context: ssl.SSLContext, own: Certificate) -> None:
    # The standard library reads a key from files alone; the file lives in a private folder for this moment.
    with tempfile.TemporaryDirectory(prefix="steerclear-") as folder:
        pem = Path(folder) / "own.pem"
        pem.touch(mode=0o600)
        pem.write_bytes(own.private_pem + ssl.DER_cert_to_PEM_cert(own.der).encode("ascii"))
        context.load_cert_chain(pem)


def _check_pin(context: ssl.SSLContext, certificate_der: bytes | None) -> None:
    pins = context.pins if isinstance(context, PeerContext) else frozenset()
    if certificate_der is None or spki_sha256(certificate_der) not in pins:
        raise ssl.SSLCertVerificationError("the peer's key is not the one that its charter names")


def _extensions(public: ec.EllipticCurvePublicKey) -> list[tuple[x509.ExtensionType, bool]]:
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        ),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
    ]


def _key_hash(public: object) -> str:
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("only elliptic-curve keys are used between nodes")
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()
