# SPDX-License-Identifier: Apache-2.0
"""Do mail and webhook reach a real server, say nothing but “call the desk”, and tell what it answered?"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from steerclear.errors import BadInput, Unreachable
from steerclear.links.apprise import AppriseWay
from steerclear.links.clock import ScriptedClock
from steerclear.links.notifier import Alarm, MemoryEars
from steerclear.links.randomness import SeededRandomness
from steerclear.links.smtp import SmtpWay
from steerclear.links.ways import CALL_THE_DESK, Notifier, Sending, WaySettings, read_ways
from steerclear.links.webhook import WebhookWay
from steerclear.model.time import parse_instant

NOW = parse_instant("2025-04-09T12:00:00.000Z")
STOP = Alarm(member="TUR", desk="air", cause="stop", about="0f" * 16, rung=1, sounds=True, at=NOW)
TELLING = ("TUR", "0f0f", "stop", "air", "rung", "2025-04-09T12")
"""What an alarm knows and nobody outside the console hears."""


# -- servers ----------------------------------------------------------------------------------------------


@dataclass
class Sink:
    """A server on loopback: what came, and what it answers."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def listening(
    answer: Callable[[Sink, asyncio.StreamReader, asyncio.StreamWriter], object],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Sink]:
    sink = Sink()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(sink, reader, writer)  # type: ignore[misc]  # a coroutine function
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client went away; what it said is in the sink
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


def mail_server(
    last: str = "250 2.0.0 queued as 4711",
) -> Callable[[Sink, asyncio.StreamReader, asyncio.StreamWriter], object]:
    """As much of RFC 5321 as one mail needs."""

    async def serve(sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            sink.heard.append(line)
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                while (line := await reader.readline()) not in (b".\r\n", b""):
                    sink.heard.append(line)
                writer.write(last.encode() + b"\r\n")
            else:
                writer.write(b"250 so be it\r\n")
            if line.upper().startswith(b"QUIT"):
                break
        await writer.drain()

    return serve


def web_server(*statuses: str) -> Callable[[Sink, asyncio.StreamReader, asyncio.StreamWriter], object]:
    """Answers the first request with the first status, and so on; the last for ever."""
    left = list(statuses)

    async def serve(sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(
            next(row.split(b":")[1] for row in head.lower().split(b"\r\n") if b"content-length" in row)
        )
        sink.heard.append(head + await reader.readexactly(length))
        status = left.pop(0) if len(left) > 1 else left[0]
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()

    return serve


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    begins, ends = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends, [])
    signed = (
        made.add_extension(loopback, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "sink.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(pem) + private)
    return path


def mail(port: int, transport: str = "none", authority: Path | None = None) -> SmtpWay:
    return SmtpWay(
        "127.0.0.1",
        port,
        transport,  # type: ignore[arg-type]  # one of three
        "node@a.example",
        "chief@b.example",
        authority_file=str(authority) if authority is not None else None,
    )


def webhook(port: int) -> WebhookWay:
    chance = SeededRandomness("webhook")
    return WebhookWay(f"http://127.0.0.1:{port}/hook", b"s" * 32, ScriptedClock(NOW), chance, rests_s=(0, 0))


def header(request: bytes, name: str) -> str:
    rows = dict(row.split(": ", 1) for row in request.decode().split("\r\n\r\n")[0].split("\r\n")[1:])
    return {key.lower(): value for key, value in rows.items()}[name]


# -- mail -------------------------------------------------------------------------------------------------


def test_mail_says_call_the_desk_and_tells_the_servers_own_reply() -> None:
    async def go() -> tuple[str, bytes]:
        async with listening(mail_server()) as sink:
            return await mail(sink.port).call(), b"".join(sink.heard)

    answer, heard = asyncio.run(go())
    assert answer == "250 2.0.0 queued as 4711"
    assert b"FROM:<node@a.example>" in heard
    assert heard.count(CALL_THE_DESK.encode()) == 2  # subject and text
    assert not [word for word in TELLING if word.encode() in heard]


def test_mail_goes_under_tls_whose_certificate_is_checked(authority: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)

    async def go() -> str:
        async with listening(mail_server(), context) as sink:
            with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
                await mail(sink.port, "tls").call()
            return await mail(sink.port, "tls", authority).call()

    assert asyncio.run(go()).startswith("250")


def test_a_mail_server_that_refuses_is_told_in_its_own_words() -> None:
    async def go() -> None:
        async with listening(mail_server("554 5.7.1 not from you")) as sink:
            with pytest.raises(Unreachable, match=r"554 5\.7\.1 not from you"):
                await mail(sink.port).call()

    asyncio.run(go())


# -- webhooks ---------------------------------------------------------------------------------------------


def test_a_webhook_is_signed_as_standard_webhooks_says() -> None:
    """Its receiver's half, written from the specification alone."""

    async def go() -> tuple[str, bytes]:
        async with listening(web_server("204 No Content")) as sink:
            return await webhook(sink.port).call(), sink.heard[0]

    answer, request = asyncio.run(go())
    body = request.split(b"\r\n\r\n", 1)[1]
    signed = f"{header(request, 'webhook-id')}.{header(request, 'webhook-timestamp')}.".encode() + body
    expected = base64.b64encode(hmac.new(b"s" * 32, signed, hashlib.sha256).digest()).decode()
    assert answer == "204 No Content"
    assert header(request, "webhook-signature") == f"v1,{expected}"
    assert header(request, "webhook-timestamp") == str(NOW // 1000)
    assert json.loads(body)["data"] == {"text": CALL_THE_DESK}
    without_its_time = request.replace(b"2025-04-09T12", b"")
    assert not [word for word in TELLING if word.encode() in without_its_time]


def test_the_signature_of_the_specifications_own_example() -> None:
    """The example that the reference libraries of standard-webhooks test themselves by."""
    from steerclear.links.webhook import signature_of

    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_is_tried_again_under_the_same_id() -> None:
    async def go() -> tuple[str, list[str]]:
        async with listening(web_server("503 Busy", "500 Oops", "200 OK")) as sink:
            return await webhook(sink.port).call(), [header(one, "webhook-id") for one in sink.heard]

    answer, ids = asyncio.run(go())
    assert answer == "200 OK"
    assert len(ids) == 3
    assert len(set(ids)) == 1


@pytest.mark.parametrize(("status", "tries"), [("500 Oops", 3), ("302 Elsewhere", 3), ("410 Gone", 1)])
def test_a_webhook_that_is_not_taken_says_why(status: str, tries: int) -> None:
    async def go() -> int:
        async with listening(web_server(status)) as sink:
            with pytest.raises(Unreachable, match=status):
                await webhook(sink.port).call()
            return len(sink.heard)

    assert asyncio.run(go()) == tries


# -- Apprise ----------------------------------------------------------------------------------------------

OF_APPRISE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Apprise 2.2 imports it under Python 3.11 and 3.12."""


@OF_APPRISE
def test_apprise_hands_the_call_to_the_service() -> None:
    async def go() -> tuple[str, bytes]:
        async with listening(web_server("200 OK")) as sink:
            return await AppriseWay(f"json://127.0.0.1:{sink.port}/").call(), sink.heard[0]

    answer, request = asyncio.run(go())
    assert answer == "taken"
    assert CALL_THE_DESK.encode() in request
    assert not [word for word in TELLING if word.encode() in request]


@OF_APPRISE
def test_a_service_that_apprise_does_not_know_takes_nothing() -> None:
    with pytest.raises(Unreachable, match="did not take"):
        asyncio.run(AppriseWay("nothing-known://x").call())


# -- the notifier -----------------------------------------------------------------------------------------


@dataclass
class Scripted:
    """A way that answers, or fails with what it is given."""

    answer: str | Exception
    calls: int = 0

    async def call(self) -> str:
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def way(name: str, rung: int = 1, desk: str = "air") -> WaySettings:
    return WaySettings(name, "smtp", desk, rung, None, {})


def rung_by(alarm: Alarm, *ways: tuple[WaySettings, Scripted]) -> tuple[MemoryEars, list[Sending]]:
    console, recorded = MemoryEars(), list[Sending]()

    async def record(sending: Sending) -> None:
        recorded.append(sending)

    async def go() -> None:
        notifier = Notifier(console, ways, clock=ScriptedClock(NOW), record=record)
        await notifier.ring(alarm)
        await notifier.settle()

    asyncio.run(go())
    return console, recorded


DEAD = Unreachable("mail-not-taken", "Nobody there.", remedy="Look.")


def test_each_try_is_recorded_with_the_ways_own_answer_and_the_next_way_follows_a_failure() -> None:
    first, second, third = Scripted(DEAD), Scripted("250 taken"), Scripted("250 never asked")
    console, recorded = rung_by(STOP, (way("one"), first), (way("two"), second), (way("three"), third))
    assert console.rung == (STOP,)
    assert recorded == [
        Sending("one", NOW, taken=False, answer="mail-not-taken: Nobody there."),
        Sending("two", NOW, taken=True, answer="250 taken"),
    ]
    assert third.calls == 0


def test_where_no_way_of_a_rung_takes_it_the_next_rung_is_called() -> None:
    broken, above, other = Scripted(ValueError("a fault of ours")), Scripted("200 OK"), Scripted("200 OK")
    _, recorded = rung_by(STOP, (way("up", 2), above), (way("sea", 1, "sea"), other), (way("low"), broken))
    assert [(one.way, one.taken, one.answer) for one in recorded] == [
        ("low", False, "way-fault: ValueError"),
        ("up", True, "200 OK"),
    ]
    assert other.calls == 0


@pytest.mark.parametrize(("sounds", "rung", "called"), [(False, 1, 0), (False, 2, 1), (True, 1, 1)])
def test_what_waits_in_silence_on_the_console_of_the_first_rung_calls_nobody_outside(
    sounds: bool, rung: int, called: int
) -> None:
    taken = Scripted("200 OK")
    rung_by(replace(STOP, sounds=sounds, rung=rung), (way("only", rung), taken))
    assert taken.calls == called


# -- settings ---------------------------------------------------------------------------------------------


def test_ways_are_read_in_the_order_in_which_they_are_tried() -> None:
    table = {"name": "mail", "sort": "smtp", "desk": "air", "rung": 2, "tested": "2025-04-01", "to": "x@y"}
    assert read_ways([table]) == (WaySettings("mail", "smtp", "air", 2, "2025-04-01", {"to": "x@y"}),)
    assert read_ways(None) == ()


GOOD = {"name": "mail", "sort": "smtp", "desk": "air"}


@pytest.mark.parametrize(
    "found",
    [
        {"name": "mail"},
        ["mail"],
        [{**GOOD, "sort": "pigeon"}],
        [{**GOOD, "rung": 0}],
        [GOOD, GOOD],
        [{"name": 1}],
    ],
)
def test_ways_that_cannot_be_read_are_refused(found: object) -> None:
    with pytest.raises(BadInput, match="ways in the settings"):
        read_ways(found)


def settings(**terms: str) -> WaySettings:
    return WaySettings("chief", "smtp", "air", 1, None, terms)


def test_settings_make_a_way_and_its_secret_lies_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush\n", encoding="utf-8")
    (tmp_path / "secret").write_text("whsec_" + base64.b64encode(b"s" * 24).decode(), encoding="utf-8")
    given = {"server": "mail.example:465", "from": "a@b", "to": "c@d", "user": "u"}
    made = SmtpWay.of(settings(**given, password_file=str(tmp_path / "password")))
    assert (made.host, made.port, made.transport, made.password) == ("mail.example", 465, "tls", "hush")
    hook = WebhookWay.of(
        settings(url="https://x.example/h", secret_file=str(tmp_path / "secret")),
        clock=ScriptedClock(NOW),
        randomness=SeededRandomness("x"),
    )
    assert hook.secret == b"s" * 24


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({}, "way-mail-form"),
        ({"server": "x", "from": "a@b", "to": "c@d"}, "way-mail-form"),
        ({"server": "x:25", "from": "a@b", "to": "c@d\r\nBcc: e@f"}, "way-mail-form"),
        ({"server": "x:25", "from": "a@b", "to": "c@d", "security": "magic"}, "way-mail-form"),
        ({"server": "x.example:25", "from": "a@b", "to": "c@d", "security": "none"}, "way-in-clear"),
        ({"server": "x:25", "from": "a@b", "to": "c@d", "password_file": "/nowhere"}, "way-secret"),
    ],
)
def test_bad_settings_of_mail_are_refused(terms: dict[str, str], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        SmtpWay.of(settings(**terms))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("url", "secret", "code"),
    [
        ("https://x.example/h", "whsec_c2hvcnQ=", "way-webhook-form"),
        ("https://x.example/h", "whsec_?", "way-webhook-form"),
        ("ftp://x.example/h", "whsec_" + "QUJD" * 8, "way-webhook-form"),
        ("http://x.example/h", "whsec_" + "QUJD" * 8, "way-in-clear"),
    ],
)
def test_bad_settings_of_a_webhook_are_refused(tmp_path: Path, url: str, secret: str, code: str) -> None:
    (tmp_path / "secret").write_text(secret, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        WebhookWay.of(
            settings(url=url, secret_file=str(tmp_path / "secret")),
            clock=ScriptedClock(NOW),
            randomness=SeededRandomness("x"),
        )
    assert refused.value.code == code


def test_an_apprise_way_without_its_file_is_refused() -> None:
    with pytest.raises(BadInput, match="names no url_file"):
        AppriseWay.of(settings())
