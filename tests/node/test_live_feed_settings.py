# SPDX-License-Identifier: Apache-2.0
"""Feeds over TLS, of a multicast group, and of radars that stand somewhere: from settings to picture."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asterix.generated as generated
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.services.conftest import Channel, copy_of, ratified
from tests.tracking.asterix_made import block, radar_record

from steerclear.errors import BadInput
from steerclear.links.clock import SystemClock
from steerclear.model.space import Position
from steerclear.node import read_settings
from steerclear.node.feed_settings import FeedSettings, FeedTls, LiveSettings, Radar
from steerclear.node.feeds import Feeds

NODE = 'member = "TUR"\nlisten = "127.0.0.1:1"\n'
RADARS = """[[live.feeds]]
name = "radars"
form = "asterix"
datagrams = "127.0.0.1:8600"
group = "239.192.0.7"
radars = [{ sac = 25, sic = 201, lat = 34.5225, lon = 37.627, height_m = 850 }]
"""
COT = """[[live.feeds]]
name = "units"
form = "cot"
listen = "127.0.0.1:8089"
whose = "own"
tls = { certificate = "tls/cot.pem", key = "tls/cot.key", trusts = "tls/clients.pem" }
"""
EVENT = (
    b'<event uid="u" type="a-f-G" time="%s" stale="9000-01-01T00:00:00Z">'
    b'<point lat="34.5" lon="37.6" hae="3" ce="4" le="5"/></event>'
)
LINE = b"MSG,3,1,1,4CA2D6,1,,,,,,35000,,,34.5,36.25,,,0,0,0,0\r\n"


def settings_of(folder: Path, text: str) -> LiveSettings:
    (folder / "steerclear.toml").write_text(NODE + text, encoding="utf-8")
    return read_settings(folder).live


def test_tls_groups_and_radars_stand_in_the_settings(tmp_path: Path) -> None:
    radars, cot = settings_of(tmp_path, RADARS + COT).feeds
    assert radars == FeedSettings(
        "radars", "asterix", "datagrams", "127.0.0.1:8600", "unknown",
        group="239.192.0.7",
        radars=(Radar(25, 201, Position(345_225_000, 376_270_000), 850.0),),
    )  # fmt: skip
    assert cot.tls == FeedTls(
        tmp_path / "tls/cot.pem", tmp_path / "tls/cot.key", tmp_path / "tls/clients.pem"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (COT.replace("listen", "datagrams"), "tls goes with connect or listen"),
        (COT.replace('key = "tls/cot.key", ', ""), "tls.certificate and tls.key stand together"),
        (
            COT.replace('certificate = "tls/cot.pem", key = "tls/cot.key", ', ""),
            "whoever calls has to be shown",
        ),
        (COT.replace("listen", "connect").replace(', trusts = "tls/clients.pem"', ""), "no public authority"),
        (COT.replace("trusts", "believes"), "has no believes"),
        (RADARS.replace("239.192.0.7", "10.0.0.7"), "group is an IPv4 multicast group"),
        (RADARS.replace("239.192.0.7", "ff02::7"), "group is an IPv4 multicast group"),
        (RADARS.replace("datagrams", "connect"), "group is an IPv4 multicast group"),
        (RADARS.replace("127.0.0.1", "eth0"), "does not appear to be an IPv4 or IPv6 address"),
        (RADARS.replace("127.0.0.1", "239.1.1.1"), "datagrams names the interface"),
        (RADARS.replace('"asterix"', '"cot"'), "radars go with the form asterix"),
        (RADARS.replace("34.5225", "94.5225"), "radar 25/201 has no such place"),
        (RADARS.replace("lat = 34.5225, ", ""), "radar 25/201 has no such place"),
        (RADARS.replace("sac = 25", "sac = 256"), "radar 256/201 has no such place"),
        (RADARS.replace("sac = 25, ", ""), "sac"),
        (RADARS.replace("height_m", "height_ft"), "has no height_ft"),
        (RADARS.replace("}]", "}, { sac = 25, sic = 201, lat = 1, lon = 2 }]"), "two radars have one sac"),
    ],
)
def test_what_is_none_is_refused_with_its_reason(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        settings_of(tmp_path, text)
    assert refused.value.code == "settings-form"
    assert why in refused.value.what


# -- over real sockets ------------------------------------------------------------------


@pytest.fixture(scope="module")
def channel() -> Channel:
    return copy_of(ratified())


def certified(folder: Path, name: str) -> tuple[str, str]:
    """A certificate of its own for ``name``, and its key; as settings name them."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return f"{name}.pem", f"{name}.key"


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def until(done: Callable[[], bool], again: Callable[[], None] = lambda: None) -> None:
    async with asyncio.timeout(240):
        while not done():
            again()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(channel: Channel, settings: LiveSettings) -> AsyncIterator[Feeds]:
    feeds = Feeds(settings, channel.node("TUR").live, "TUR", SystemClock())
    task = asyncio.create_task(feeds.run())
    try:
        yield feeds
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_only_who_shows_a_trusted_certificate_is_heard(channel: Channel, tmp_path: Path) -> None:
    port = free_port()
    certificate, key = certified(tmp_path, "node")
    client, client_key = certified(tmp_path, "unit-7")
    stranger, stranger_key = certified(tmp_path, "stranger")
    text = f"""[[live.feeds]]
name = "units"
form = "cot"
listen = "127.0.0.1:{port}"
whose = "own"
tls = {{ certificate = "{certificate}", key = "{key}", trusts = "{client}" }}
"""
    event = EVENT % dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()

    async def say(shown: str, shown_key: str) -> None:
        context = ssl.create_default_context(cafile=tmp_path / certificate)
        context.load_cert_chain(tmp_path / shown, tmp_path / shown_key)
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="node")
        writer.write(event)
        with suppress(OSError):
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    async def story() -> None:
        async with running(channel, settings_of(tmp_path, text)) as feeds:
            await until(lambda: feeds.rows()[0].fault == "nobody has called yet")
            with suppress(OSError):  # TLS 1.3: told to whoever called when it reads, or when it writes again
                await say(stranger, stranger_key)
            await say(client, client_key)
            await until(lambda: feeds.rows()[0].reports > 0)
            assert (feeds.rows()[0].connections, feeds.rows()[0].reports) == (1, 1)

    asyncio.run(story())
    assert channel.node("TUR").live.holders["cot:u"] == "TUR"


def test_a_server_is_followed_by_the_name_in_its_certificate_and_no_other(
    channel: Channel, tmp_path: Path
) -> None:
    certificate, key = certified(tmp_path, "tak.example")
    other, _ = certified(tmp_path, "other")

    async def story() -> None:
        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(LINE)
            await writer.drain()

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / certificate, tmp_path / key)
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        text = "".join(
            f'[[live.feeds]]\nname = "{name}"\nform = "sbs"\n'
            f'connect = "127.0.0.1:{port}"\ntls = {{ {tls} }}\n'
            for name, tls in {
                "named": f'trusts = "{certificate}", name = "tak.example"',
                "unnamed": f'trusts = "{certificate}"',
                "stranger": f'trusts = "{other}", name = "tak.example"',
                "not there": 'trusts = "gone.pem", name = "tak.example"',
            }.items()
        )
        async with server, running(channel, settings_of(tmp_path, text)) as feeds:
            await until(lambda: feeds.rows()[0].reports > 0 and all(row.fault for row in feeds.rows()[1:]))
            named, unnamed, stranger, gone = feeds.rows()
            assert named.state == "connected"
            for row in (unnamed, stranger):
                assert row.fault.startswith("cannot be reached: ")
                assert "certificate verify failed" in row.fault
            assert gone.fault.startswith("its certificate, key or trusts cannot be used: ")
            (tmp_path / "gone.pem").write_bytes((tmp_path / certificate).read_bytes())
            await until(lambda: feeds.rows()[3].reports > 0)

    asyncio.run(story())


def plot_of(sic: int, seconds: float) -> bytes:
    """As high as the radar stands, 10 NM to its north."""
    record = radar_record(
        _010=(("SAC", 25), ("SIC", sic)),
        _140=(seconds, "s"),
        _040=(("RHO", (10.0, "NM")), ("THETA", (0.0, "°"))),
        _090=(("V", 0), ("G", 0), ("FL", (28, "FL"))),
        _220=None,
    )
    return block(generated.Cat_048_1_31, record)


def test_a_radar_that_stands_somewhere_is_heard_from_its_group(channel: Channel, tmp_path: Path) -> None:
    """A plot due north of the radar, 10 NM away; another radar's, whose place nobody named, is counted."""
    port = free_port(socket.SOCK_DGRAM)
    text = RADARS.replace("8600", str(port))
    now = dt.datetime.now(dt.UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = (now - midnight).total_seconds()
    plots = [plot_of(sic, seconds) for sic in (201, 202)]

    async def story() -> None:
        async with running(channel, settings_of(tmp_path, text)) as feeds:
            await until(lambda: feeds.rows()[0].connections == 1)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))

                def send() -> None:
                    for data in plots:
                        sender.sendto(data, ("239.192.0.7", port))

                await until(lambda: feeds.rows()[0].reports > 0, again=send)
            assert "unknown-radar" in feeds.rows()[0].dropped

    asyncio.run(story())
    (row,) = (one for one in channel.node("TUR").live.tracks().tracks if one.ref.startswith("radar:25.201"))
    assert row.lat == pytest.approx(34.5225 + 10 * 1_852 / 110_930, abs=0.01)
    assert row.lon == pytest.approx(37.627, abs=0.001)
