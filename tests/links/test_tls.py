# SPDX-License-Identifier: Apache-2.0
"""Does a listener let in members alone, and does a caller reach the right member alone? Real sockets."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import stat
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from steerclear.errors import BadInput, Refused, Unreachable
from steerclear.links.tls import (
    Certificate,
    PeerContext,
    client_context,
    load_certificate,
    make_certificate,
    peer_of,
    pins_of,
    save_certificate,
    server_context,
    spki_sha256,
)

Certificates = Mapping[str, Certificate]


@dataclass(slots=True)
class Heard:
    """``admitted``: SPKI hashes of those that the listener let in. ``answer``: what the caller read."""

    admitted: list[str] = field(default_factory=list)
    answer: bytes = b""
    failure: OSError | None = None


async def conversation(server: ssl.SSLContext, client: ssl.SSLContext) -> Heard:
    """A caller says three letters to a listener that greets whoever gets in."""
    heard = Heard()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.admitted.append(spki_sha256(writer.get_extra_info("ssl_object").getpeercert(binary_form=True)))
        writer.write(b"hello " + await reader.readexactly(3))
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
            writer.write(b"TUR")
            heard.answer = await reader.read()  # until the listener hangs up
            writer.close()
        except OSError as error:
            heard.failure = error
    return heard


def hear(server: ssl.SSLContext, client: ssl.SSLContext) -> Heard:
    """The conversation; what asyncio would print of a broken handshake on the listener's side is expected."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(lambda loop, context: None)
        return runner.run(conversation(server, client))


def assert_refused_by_listener(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    heard = hear(server, client)
    assert heard.admitted == []
    assert heard.answer == b""


def assert_refused_by_caller(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    heard = hear(server, client)
    assert isinstance(heard.failure, ssl.SSLCertVerificationError)
    assert heard.answer == b""


def test_two_members_talk(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    client = client_context(certificates["TUR"], certificates["AZE"].der)
    heard = hear(server, client)
    assert heard.admitted == [certificates["TUR"].spki]
    assert heard.answer == b"hello TUR"


def test_a_strangers_certificate_is_refused(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    stranger = client_context(certificates["STRANGER"], certificates["AZE"].der)
    assert_refused_by_listener(server, stranger)


def test_a_strangers_certificate_under_a_members_name_is_refused(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    forged = client_context(make_certificate("TUR"), certificates["AZE"].der)
    assert_refused_by_listener(server, forged)


def test_a_caller_without_a_certificate_is_refused(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    nobody.check_hostname = False
    nobody.verify_mode = ssl.CERT_NONE
    assert_refused_by_listener(server, nobody)


def test_a_wrong_member_at_the_other_end_is_refused(certificates: Certificates) -> None:
    both = {"TUR": certificates["TUR"].der, "AZE": certificates["AZE"].der}
    server = server_context(certificates["ISR"], both)
    client = client_context(certificates["TUR"], certificates["AZE"].der)
    assert_refused_by_caller(server, client)


def test_a_certificate_that_a_member_issued_to_another_is_refused(certificates: Certificates) -> None:
    """A member's key vouches for that member alone: it is no authority."""
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    lent = client_context(_issued_by(certificates["TUR"]), certificates["AZE"].der)
    assert_refused_by_listener(server, lent)


def test_the_pin_alone_refuses_what_openssl_would_trust(certificates: Certificates) -> None:
    client = client_context(certificates["TUR"], certificates["AZE"].der)
    client.load_verify_locations(cadata=certificates["ISR"].der)
    server = server_context(certificates["ISR"], {"TUR": certificates["TUR"].der})
    assert_refused_by_caller(server, client)


def test_the_listeners_pin_alone_refuses_what_openssl_would_trust(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    server.load_verify_locations(cadata=certificates["ISR"].der)
    client = client_context(certificates["ISR"], certificates["AZE"].der)
    assert_refused_by_listener(server, client)


def test_a_member_that_joins_later_gets_in(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    server.trust(certificates["ISR"].der)
    client = client_context(certificates["ISR"], certificates["AZE"].der)
    assert hear(server, client).answer == b"hello TUR"


def test_older_versions_of_tls_are_refused(certificates: Certificates) -> None:
    server = server_context(certificates["AZE"], {"TUR": certificates["TUR"].der})
    client = client_context(certificates["TUR"], certificates["AZE"].der)
    client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert_refused_by_listener(server, client)


def test_blocking_sockets_are_pinned_too(certificates: Certificates) -> None:
    client = client_context(certificates["TUR"], certificates["AZE"].der)
    client.load_verify_locations(cadata=certificates["ISR"].der)
    server = server_context(certificates["ISR"], {"TUR": certificates["TUR"].der})
    with pytest.raises(ssl.SSLCertVerificationError, match="charter"):
        _shake_hands_blocking(server, client)
    _shake_hands_blocking(
        server_context(certificates["AZE"], {"TUR": certificates["TUR"].der}),
        client_context(certificates["TUR"], certificates["AZE"].der),
    )


def test_a_certificate_names_its_member_and_never_ends() -> None:
    certificate = x509.load_der_x509_certificate(make_certificate("TUR").der)
    assert "CN=TUR" in certificate.subject.rfc4514_string()
    assert certificate.not_valid_after_utc == dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


def test_the_pin_is_of_the_key_and_not_of_the_certificate(certificates: Certificates) -> None:
    """RFC 7469, 2.4: SHA-256 over the SubjectPublicKeyInfo; a renewed certificate keeps its pin."""
    renewed = _issued_by(certificates["TUR"], key_of=certificates["TUR"])
    assert renewed.der != certificates["TUR"].der
    assert renewed.spki == certificates["TUR"].spki != certificates["ISR"].spki


def test_whose_certificate_is_it(certificates: Certificates) -> None:
    pins = pins_of({member: certificates[member].der for member in ("TUR", "ISR")})
    assert peer_of(certificates["ISR"].der, pins) == "ISR"
    with pytest.raises(Refused) as refused:
        peer_of(certificates["STRANGER"].der, pins)
    assert refused.value.code == "peer-unknown"
    with pytest.raises(BadInput) as unreadable:
        spki_sha256(b"not a certificate")
    assert unreadable.value.code == "certificate-unreadable"


def test_a_certificate_is_kept_in_a_private_folder(tmp_path: Path, certificates: Certificates) -> None:
    save_certificate(tmp_path / "tls", certificates["TUR"])
    assert load_certificate(tmp_path / "tls") == certificates["TUR"]
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "tls" / "private.pem").stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(certificates["TUR"])
    with pytest.raises(Unreachable) as missing:
        load_certificate(tmp_path / "elsewhere")
    assert missing.value.code == "certificate-missing"


def _issued_by(issuer: Certificate, *, key_of: Certificate | None = None) -> Certificate:
    """A certificate that ``issuer`` signed, for a new key or for that of ``key_of``."""
    signer = _key(issuer)
    key = ec.generate_private_key(ec.SECP256R1()) if key_of is None else _key(key_of)
    own = x509.load_der_x509_certificate(make_certificate("TUR").der)
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.subject)
        .issuer_name(x509.load_der_x509_certificate(issuer.der).subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(own.not_valid_before_utc)
        .not_valid_after(own.not_valid_after_utc)
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificate(builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.DER), pem)


def _key(certificate: Certificate) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(certificate.private_pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _shake_hands_blocking(server: PeerContext, client: PeerContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            accepted, _ = listener.accept()
            try:
                with server.wrap_socket(accepted, server_side=True) as connection:
                    connection.recv(1)
            except OSError:
                accepted.close()

        answering = threading.Thread(target=answer)
        answering.start()
        try:
            with (
                socket.create_connection(listener.getsockname()) as plain,
                client.wrap_socket(plain) as connection,
            ):
                connection.send(b".")
        finally:
            answering.join()
