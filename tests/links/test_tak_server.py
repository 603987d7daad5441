# SPDX-License-Identifier: Apache-2.0
"""A real TAK server takes what we send it and hands it on; TLS on both ways; groups of datagrams."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import socket
import ssl
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from configparser import ConfigParser
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from steerclear.links.clock import SystemClock
from steerclear.links.feeds import Feed, FeedRow, follow_tcp, listen_tcp, listen_udp, send_to
from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking.ais import AisReader
from steerclear.tracking.cot import CotReader
from steerclear.tracking.feeding import Heard, Reader
from steerclear.tracking.picture import Picture
from steerclear.tracking.reports import Reports
from steerclear.tracking.shown import cot_events

APART = Path(sys.prefix) / "apart"
EVENT = (
    b'<event uid="u" type="a-f-G" time="2025-09-04T15:33:19Z" stale="9000-01-01T00:00:00Z">'
    b'<point lat="1" lon="2" hae="3" ce="4" le="5"/></event>'
)


def feed(reader: Callable[[], Reader]) -> tuple[Feed, list[str]]:
    seen: list[str] = []

    def take(reports: Reports, _now: Instant) -> None:
        seen.extend(reports.refs.tolist())

    return Feed("test", reader, take, SystemClock(), pauses_ms=(5,)), seen


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not done():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def ours(now: Instant) -> bytes:
    where = Position(345_000_000, 362_500_000)
    return cot_events(Reports.of([Track("icao:4ca2d6", "own", now, where, None, 0, 0, None, 9)]), now)


def test_a_tak_server_hands_on_what_we_send_and_takes_us_back_after_a_fall(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "taky.conf").write_text(
        f"[taky]\nhostname = localhost\nbind_ip = 127.0.0.1\nroot_dir = {tmp_path}\n"
        f"[cot_server]\nport = {port}\n[ssl]\nenabled = false\n"
    )

    def server() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "taky.cot", "-c", str(tmp_path / "taky.conf")],
            env=os.environ | {"PYTHONPATH": str(APART)},
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )

    async def story() -> None:
        row, clock = FeedRow("tak"), SystemClock()
        one, seen = feed(CotReader)
        process = server()
        try:
            sending = send_to(row, clock, "127.0.0.1", port, ours, every_ms=50, pauses_ms=(20,))
            async with running(sending, follow_tcp(one, "127.0.0.1", port)):
                # A client of the same server is sent our events, and we know them for our own.
                await until(lambda: row.reports >= 1 and one.row.dropped["our-own"] >= 1)
                process.terminate()
                process.wait(20)
                await until(lambda: not row.connected and row.fault != "")
                sent = row.reports
                process = server()
                await until(lambda: row.reports > sent and row.connections >= 2)
            assert seen == []
        finally:
            process.terminate()
            process.wait(20)

    asyncio.run(story())


# --------------------------------------------------------------------------------------------------- TLS


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """One for both ends: of the key and its holder, who signed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tak.localhost")])
    begins = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = tmp_path / "tak.crt", tmp_path / "tak.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, secret


def context(side: int, certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """Both ends show theirs, and believe only this one."""
    made = ssl.SSLContext(side)
    made.load_cert_chain(*certificate)
    made.load_verify_locations(certificate[0])
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def test_cot_comes_over_tls_from_those_who_show_a_certificate_only(certificate: tuple[Path, Path]) -> None:
    with warnings.catch_warnings():  # of what it could do with more packages
        warnings.simplefilter("ignore")
        import pytak

    async def story() -> None:
        one, seen = feed(CotReader)
        port = free_port()
        settings = ConfigParser()
        settings["tak"] = {
            "COT_URL": f"tls://localhost:{port}",
            "TAK_PROTO": "0",
            "PYTAK_TLS_CLIENT_CERT": str(certificate[0]),
            "PYTAK_TLS_CLIENT_KEY": str(certificate[1]),
            "PYTAK_TLS_CLIENT_CAFILE": str(certificate[0]),
        }
        tls = context(ssl.PROTOCOL_TLS_SERVER, certificate)
        async with running(listen_tcp(one, "localhost", port, tls=tls)):
            await until(lambda: one.row.fault == "nobody has called yet")
            _, writer = await pytak.protocol_factory(settings["tak"])
            sender = pytak.TXWorker(asyncio.Queue(), settings["tak"], writer)
            await sender.send_data(pytak.gen_cot(lat=34.5, lon=36.25, uid="UNIT-7", cot_type="a-f-A-M-F"))
            await until(lambda: seen == ["cot:UNIT-7"])
            writer.close()
            await until(lambda: not one.row.connected)
            stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            stranger.load_verify_locations(certificate[0])
            reader, other = await asyncio.open_connection("localhost", port, ssl=stranger)
            other.write(EVENT)
            with pytest.raises((OSError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
            other.close()
        assert seen == ["cot:UNIT-7"]
        assert one.row.connections == 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.run(story())


def test_a_tak_server_is_followed_and_sent_to_over_tls(certificate: tuple[Path, Path]) -> None:
    async def story() -> None:
        one, seen = feed(CotReader)
        row, sent = FeedRow("tak"), bytearray()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(EVENT)
            sent.extend(await reader.read(1 << 16))
            writer.close()

        tls = context(ssl.PROTOCOL_TLS_SERVER, certificate)
        calling = context(ssl.PROTOCOL_TLS_CLIENT, certificate)
        server = await asyncio.start_server(serve, "localhost", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        async with (
            server,
            running(
                follow_tcp(one, "localhost", port, tls=calling, stall_s=0.2),
                send_to(row, SystemClock(), "localhost", port, ours, tls=calling, pauses_ms=(5,)),
            ),
        ):
            await until(lambda: len(seen) >= 1 and b"steerclear.icao:4ca2d6" in sent)
            await until(lambda: row.fault == "the other end closed" or row.connections >= 2)

    asyncio.run(story())


# --------------------------------------------------------------------------------------------- datagrams


def test_datagrams_of_a_group_and_lines_without_their_ends_are_read() -> None:
    sentence = b"!AIVDM,1,1,,A,142LR>h0020fo<0FK0d00?vN0000,0*"

    async def story() -> None:
        one, seen = feed(CotReader)
        ships, _ = feed(AisReader)
        port, other = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
        total = 0
        for letter in sentence[1:-1]:
            total ^= letter
        async with running(
            listen_udp(one, "127.0.0.1", port, group="239.2.3.1"),
            listen_udp(ships, "127.0.0.1", other, ends=b"\n"),
        ):
            await until(lambda: one.row.connected and ships.row.connected)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
                sender.sendto(EVENT, ("239.2.3.1", port))
                sender.sendto(sentence + b"%02X" % total, ("127.0.0.1", other))
                await until(lambda: seen == ["cot:u"])
                await until(lambda: ships.row.reports == 1 and not ships.row.dropped)

    asyncio.run(story())


# -------------------------------------------------------------------------------- what is not believed


def test_what_the_picture_does_not_believe_stands_on_the_row_and_is_not_good() -> None:
    now = Instant(1_757_000_000_000)
    picture = Picture()
    one = Feed("test", CotReader, picture.take, SystemClock())

    def report(at: int, lat_e7: int) -> Reports:
        return Reports.of([Track("a", "own", Instant(at), Position(lat_e7, 0), None, 0, 0, None, 9)])

    one.heard(Heard(report(now + 3_600_000, 0)), now)
    assert (dict(one.row.dropped), one.row.last_good_at) == ({"ahead": 1}, None)
    one.heard(Heard(report(now, 0)), now)
    assert one.row.last_good_at == now
    one.heard(Heard(report(now - 1_000, 0)), Instant(now + 500))
    one.heard(Heard(report(now + 1_000, 800_000_000)), Instant(now + 1_000))
    assert dict(one.row.dropped) == {"ahead": 1, "older": 1, "teleport": 1}
    assert (one.row.last_good_at, one.row.reports) == (now, 4)
