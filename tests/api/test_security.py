# SPDX-License-Identifier: Apache-2.0
"""Is each of these refused: no session, a foreign role, a foreign node, another page, a replayed passkey, too
much, a path that wanders, a header that lies?"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from tests.api.authenticator import Authenticator
from tests.api.conftest import Browser, console_app, node_of

from steerclear.api.app import build_api
from steerclear.api.limits import LARGEST_REQUEST, BoundedBodies, Rates
from steerclear.api.pages import add_console_files
from steerclear.links.clock import SystemClock
from steerclear.services.people import SESSION_MS
from steerclear.services.roles import OPERATOR, Speaker

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.node import Node

BrowserOf = Callable[..., Browser]
STOP = {"desk": "air", "place": "T4", "seen": "x", "basis": "unsure"}


def code_of(reply: Any) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    return reply.status_code, reply.json()["code"]


def paths_of(node: Node) -> Iterator[tuple[str, str]]:
    """Every path and method of the API's own description."""
    for path, methods in console_app(node).openapi()["paths"].items():
        for method in methods:
            yield method.upper(), path


OPEN = {
    "/api/v1/enrolment-options",
    "/api/v1/enrolments",
    "/api/v1/sign-in-options",
    "/api/v1/sessions",
    "/healthz",
    "/readyz",
}


def test_nobody_does_anything_without_a_session(console_node: Node) -> None:
    nobody = Browser(console_node)
    closed = [(method, path) for method, path in paths_of(console_node) if path not in OPEN]
    assert len(closed) > 50
    for method, path in closed:
        reply = nobody.ask(method, path.replace("{gesture}", "x"), json={}, params={"about": "TUR-0001"})
        assert reply.status_code in (401, 422), (method, path, reply.text)
        if method == "GET":
            assert code_of(reply)[0] in (401, 422)


def test_a_session_is_needed_before_a_form_is_read_aloud(console_node: Node) -> None:
    """A well-formed request by nobody is refused for that, and files nothing."""
    nobody = Browser(console_node)
    assert code_of(nobody.ask("GET", "/api/v1/status")) == (401, "not-signed-in")
    assert code_of(nobody.ask("POST", "/api/v1/stops", json=STOP)) == (401, "not-signed-in")
    nobody.cookie = "steerclear=" + "A" * 43
    assert code_of(nobody.ask("GET", "/api/v1/status")) == (401, "not-signed-in")


@pytest.mark.parametrize("role", ["observer", "notifier", "liaison", "host"])
def test_a_role_asks_for_what_is_in_it(browser_of: BrowserOf, role: str) -> None:
    person = browser_of(role)
    assert person.ask("GET", "/api/v1/status").status_code == 200
    taken = {"desk": "air", "about": "TUR-0001", "echelon": "operator"}
    beyond = "notifier" if role == "host" else "observer"
    for path, body in (
        ("/api/v1/disseminations", taken),
        ("/api/v1/invitations", {"role": beyond}),
        ("/api/v1/key-revocations", {"keyids": ["ab"], "reason": "x"}),
        ("/api/v1/suspensions", {}),
        ("/api/v1/backups", {"to": "/tmp/x"}),
    ):
        if (role, path) == ("host", "/api/v1/disseminations"):
            continue
        assert code_of(person.ask("POST", path, json=body)) == (403, "not-your-role"), (role, path)


def test_a_duty_officer_speaks_for_one_desk_and_one_rung(browser_of: BrowserOf) -> None:
    officer = browser_of("duty-officer", "air")
    other = {"desk": "sea", "about": "TUR-0001"}
    assert code_of(officer.ask("POST", "/api/v1/colds", json=other)) == (403, "not-your-desk")
    higher = {"desk": "air", "about": "TUR-0001", "rung": 2}
    assert code_of(officer.ask("POST", "/api/v1/acknowledgements", json=higher)) == (403, "not-your-rung")
    drill = {"kind": "drill.start", "desk": "air", "fields": {}}
    assert code_of(officer.ask("POST", "/api/v1/statements", json=drill)) == (403, "not-your-role")
    assert code_of(officer.ask("GET", "/api/v1/replica")) == (403, "not-your-role")


def test_a_session_of_another_mechanism_or_node_is_nobodys(
    browser_of: BrowserOf, open_channel: Channel, tmp_path: Path
) -> None:
    officer = browser_of("duty-officer", "air")
    there = Browser(node_of(open_channel, "ISR", tmp_path))
    there.cookie = officer.cookie
    assert code_of(there.ask("GET", "/api/v1/status")) == (401, "not-signed-in")
    foreign = there.ask("GET", "/api/v1/status", headers={"host": "tur.localhost:8443"})
    assert code_of(foreign) == (421, "other-host")


def test_another_page_can_do_nothing_with_the_cookie(browser_of: BrowserOf) -> None:
    officer = browser_of("duty-officer", "air")
    for origin in (
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://tur.localhost:8443.evil.example"},
        {"origin": "https://tur.localhost:8443"},
    ):
        for method, path in (("POST", "/api/v1/stops"), ("DELETE", "/api/v1/session")):
            reply = officer.ask(method, path, raw=True, headers=origin)
            assert code_of(reply) == (403, "other-origin"), origin
    assert officer.ask("GET", "/api/v1/session").json()["desk"] == "air"


def test_what_the_cookie_allows_itself(browser_of: BrowserOf, console_node: Node) -> None:
    browser = Browser(console_node, "fresh")
    given = browser.enrol("supervisor").headers["set-cookie"]
    assert re.fullmatch(
        rf"steerclear=[\w-]{{43}}; Path=/; Max-Age={SESSION_MS // 1000}; HttpOnly; SameSite=Strict", given
    )
    assert "max-age=0" in browser.ask("DELETE", "/api/v1/session").headers["set-cookie"].lower()
    assert code_of(browser.ask("GET", "/api/v1/session")) == (401, "not-signed-in")


def test_over_tls_the_cookie_is_secure_and_bound_to_its_host() -> None:
    from steerclear.api.speaking import session_cookie

    cookie = session_cookie("https://desk.example", "t", lasts_s=60)
    assert cookie == "__Host-steerclear=t; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"


def test_a_passkeys_answer_serves_once(browser_of: BrowserOf) -> None:
    officer = browser_of("duty-officer", "air")
    options = officer.ask("POST", "/api/v1/sign-in-options").json()
    answer = {"credential": officer.passkey.use(options)}
    assert officer.ask("POST", "/api/v1/sessions", json=answer).status_code == 201
    assert code_of(officer.ask("POST", "/api/v1/sessions", json=answer)) == (409, "challenge-not-open")
    shown = officer.prepare("/api/v1/stops", STOP).json()
    path = f"/api/v1/gestures/{shown['gesture']}/assertions"
    # A sign-in's answer is no gesture, and one gesture's is not another's.
    stale = officer.passkey.use(shown["options"], challenge=options["challenge"])
    assert code_of(officer.ask("POST", path, json={"credential": stale})) == (409, "passkey-not-accepted")
    other = officer.prepare("/api/v1/stops", STOP | {"seen": "y"}).json()
    lent = officer.passkey.use(other["options"])
    assert code_of(officer.ask("POST", path, json={"credential": lent})) == (409, "passkey-not-accepted")


def test_a_passkey_that_lies_is_not_believed(browser_of: BrowserOf) -> None:
    officer = browser_of("duty-officer", "air")

    def answered(passkey: Authenticator) -> tuple[int, str]:
        options = officer.ask("POST", "/api/v1/sign-in-options").json()
        return code_of(officer.ask("POST", "/api/v1/sessions", json={"credential": passkey.use(options)}))

    name, origin = officer.passkey.name, officer.origin
    assert answered(Authenticator("unknown", origin)) == (409, "passkey-not-known")
    assert answered(Authenticator(name, origin)) == (409, "passkey-not-accepted")  # another key, same id
    officer.passkey.origin = "http://evil.example"
    assert answered(officer.passkey) == (409, "passkey-not-accepted")
    officer.passkey.origin = origin
    officer.passkey.flags = 0x01  # present, and nobody verified who
    assert answered(officer.passkey) == (409, "passkey-not-accepted")
    officer.passkey.flags = 0x05
    assert officer.sign_in().status_code == 201
    officer.passkey.count = 0  # a copy of the key, whose counter lags behind
    assert answered(officer.passkey) == (409, "passkey-not-accepted")


def test_a_gesture_is_made_by_whoever_is_signed_in(browser_of: BrowserOf) -> None:
    officer, other = browser_of("duty-officer", "air"), browser_of("duty-officer", "air")
    shown = officer.prepare("/api/v1/stops", STOP).json()
    officer.passkey = other.passkey
    assert code_of(officer.sign(shown)) == (409, "passkey-of-another")


def test_an_invitation_works_once_and_not_for_anybody(console_node: Node) -> None:
    browser = Browser(console_node, "one")
    invited = asyncio.run(console_node.console.invite(OPERATOR, "supervisor", None))
    token = invited.link.partition("#")[2]
    options = browser.ask("POST", "/api/v1/enrolment-options", json={"token": token}).json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    body = {"token": token, "credential": browser.passkey.make(options)}
    assert browser.ask("POST", "/api/v1/enrolments", json=body).status_code == 201
    again = browser.ask("POST", "/api/v1/enrolments", json=body)
    assert code_of(again) == (409, "invitation-not-open")
    guessed = browser.ask("POST", "/api/v1/enrolment-options", json={"token": "A" * 43})
    assert code_of(guessed) == (409, "invitation-not-open")


def test_one_session_never_becomes_two_persons(browser_of: BrowserOf, console_node: Node) -> None:
    """Who holds a supervisor's cookie could enrol passkeys of his own: the node's machine alone invites."""
    supervisor, officer = browser_of("supervisor"), browser_of("duty-officer", "air")
    person = officer.ask("GET", "/api/v1/session").json()["person"]
    before = console_node.console.people.printed()
    for path, body in (("invitations", {"role": "supervisor"}), ("removals", {"person": person})):
        refused = supervisor.ask("POST", f"/api/v1/{path}", json=body)
        assert code_of(refused) == (403, "people-at-the-node"), path
    assert console_node.console.people.printed() == before
    assert len(supervisor.ask("GET", "/api/v1/people").json()) == 2


def test_who_is_removed_is_out_at_once(browser_of: BrowserOf, console_node: Node) -> None:
    officer = browser_of("duty-officer", "air")
    person = officer.ask("GET", "/api/v1/session").json()["person"]
    asyncio.run(console_node.console.remove(OPERATOR, person))
    assert code_of(officer.ask("GET", "/api/v1/status")) == (401, "not-signed-in")
    assert code_of(officer.sign_in()) == (409, "passkey-not-known")


def test_who_signs_in_again_and_again_ends_his_own_sessions(
    browser_of: BrowserOf, console_node: Node
) -> None:
    officer, other = browser_of("duty-officer", "air"), browser_of("observer")
    first = Browser(console_node)
    first.cookie = other.cookie
    people, now = console_node.console.people, SystemClock().now()
    for _ in range(510):
        options = people.sign_in_options(now)
        people.sign_in(other.passkey.use(options), now)
    assert officer.ask("GET", "/api/v1/session").status_code == 200
    assert code_of(first.ask("GET", "/api/v1/session")) == (401, "not-signed-in")


def test_people_and_sessions_outlive_the_process_and_tokens_are_not_kept(
    browser_of: BrowserOf, console_node: Node, open_channel: Channel
) -> None:
    officer = browser_of("duty-officer", "air")
    assert officer.cookie is not None
    kept = console_node.console.people.printed()
    assert officer.cookie.partition("=")[2].encode() not in kept
    restarted = Browser(node_of(open_channel, "TUR", console_node.folder))
    restarted.cookie = officer.cookie
    assert restarted.ask("GET", "/api/v1/session").json()["desk"] == "air"


def test_too_much_is_refused_before_it_is_read(console_node: Node) -> None:
    nobody = Browser(console_node)
    reply = nobody.ask("POST", "/api/v1/sessions", content=b" " * (LARGEST_REQUEST + 1))
    assert code_of(reply) == (422, "input-too-large")
    huge = {"credential": {"id": "A", "rawId": "A", "response": {"clientDataJSON": "A" * 100_000}}}
    assert nobody.ask("POST", "/api/v1/sessions", json=huge).status_code in (409, 422)


def test_of_nobody_a_body_is_not_read(console_node: Node) -> None:
    """Who is no one here, or comes from another page, could else fill the memory with what he sends."""
    origin = console_node.console.people.site.origin

    def read_of(path: str, **headers: str) -> tuple[int, int]:
        """The status, and how many pieces of 64 KiB were taken of a body that never ends."""
        taken, statuses = 0, list[int]()

        async def receive() -> dict[str, Any]:
            nonlocal taken
            taken += 1
            return {"type": "http.request", "body": b" " * 65_536, "more_body": True}

        async def send(message: Any) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        named = {"host": origin.removeprefix("http://"), "origin": origin} | headers
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": ("10.0.0.1", 1), "http_version": "1.1", "scheme": "http", "root_path": "",
        }  # fmt: skip
        asyncio.run(console_app(console_node)(scope, receive, send))
        return statuses[0], taken

    assert read_of("/api/v1/notices") == (401, 0)
    assert read_of("/api/v1/stops") == (401, 0)
    assert read_of("/api/v1/notices", origin="http://evil.example") == (403, 0)
    assert read_of("/api/v1/notices", host="evil.example") == (421, 0)
    status, taken = read_of("/api/v1/sessions")
    assert (status, taken <= 3) == (422, True)


def test_a_body_that_drips_is_let_go() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it was never whole")

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        told.append(message)

    told: list[Any] = []
    scope = {"type": "http", "path": "/api/v1/notices", "headers": []}
    asyncio.run(BoundedBodies(app, largest=100, within_s=0.01)(scope, receive, send))
    assert told[0]["status"] == 503
    assert b"transfer-too-slow" in told[1]["body"]


def test_so_many_a_second_and_no_more_but_stop_always() -> None:
    """Rates by a scripted clock, of two strangers and a machine."""
    now, taken = [0.0], list[str]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        taken.append(scope["path"])

    rates = Rates(app, door="console", open_paths=("/api/v1/sessions",), clock=lambda: now[0])

    def ask(path: str, address: str = "10.0.0.1", speaker: Speaker | None = None) -> int:
        async def send(message: Any) -> None:
            codes.append(message.get("status"))

        codes: list[Any] = []
        scope = {"type": "http", "path": path, "client": (address, 1), "steerclear.speaker": speaker}
        before = len(taken)
        asyncio.run(rates(scope, None, send))  # type: ignore[arg-type]  # nothing is received
        return 200 if len(taken) > before else codes[0]

    feed = Speaker("machine feed", "machine", "air")
    assert [ask("/api/v1/sessions") for _ in range(22)] == [200] * 20 + [429] * 2
    assert ask("/api/v1/sessions", "10.0.0.2") == 200
    assert ask("/api/v1/sessions", speaker=feed) == 429  # by its address, whoever is signed in there
    now[0] = 1.0
    assert [ask("/api/v1/sessions") for _ in range(2)] == [200, 429]
    assert [ask("/api/v1/notices", speaker=feed) for _ in range(202)].count(429) == 2
    for path in ("stops", "answers", "acknowledgements", "gestures/x/assertions"):
        assert ask(f"/api/v1/{path}", speaker=feed) == 200
    assert [ask("/api/v1/stops", "10.0.0.3") for _ in range(202)].count(429) == 2  # nobody's STOP is none


def test_strangers_who_try_again_and_again_are_held_back_and_stop_is_not(browser_of: BrowserOf) -> None:
    officer = browser_of("duty-officer", "air")
    # However slow the machine is: more come back than are let in.
    tries = (officer.ask("POST", "/api/v1/sign-in-options").status_code for _ in range(1_000))
    assert 429 in tries
    assert officer.prepare("/api/v1/stops", STOP).status_code == 201
    assert officer.ask("GET", "/api/v1/status").status_code == 200


WANDERING = (
    "/../steerclear.toml",
    "/..%2f..%2fetc/passwd",
    "/assets/../../keys/node.json",
    "/%2f/etc/passwd",
    "/index.html%00.js",
    "/.git/config",
    "/assets\\..\\x",
    "/api/docs/../../x.y",
    "/api/v1/%2e%2e/%2e%2e/x.y",
)


def test_a_path_does_not_wander(console_node: Node, tmp_path: Path) -> None:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html>")
    (built / "assets" / "a.js").write_text("1")
    (tmp_path / "steerclear.toml").write_text("secret")
    (built / "assets" / "out").symlink_to(tmp_path / "steerclear.toml")
    browser = Browser(console_node, app=build_api(console_node, "console", built=built))
    found = browser.ask("GET", "/assets/a.js")
    assert (found.text, found.headers["content-type"]) == ("1", "text/javascript; charset=utf-8")
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert browser.ask("GET", "/inbox").text == "<!doctype html>"
    for path in WANDERING:
        reply = browser.ask("GET", path)
        assert (reply.status_code, "secret" in reply.text, "root:" in reply.text) == (404, False, False), path
    assert "secret" not in browser.ask("GET", "/assets/out").text


def test_a_header_says_nothing_about_who_speaks(browser_of: BrowserOf, console_node: Node) -> None:
    nobody = Browser(console_node)
    for header in (
        {"x-forwarded-user": "supervisor"},
        {"x-client-certificate": "feed"},
        {"authorization": "Bearer x"},
        {"forwarded": "for=127.0.0.1;host=tur.localhost:8443"},
        {"x-original-url": "/api/v1/status"},
        {"x-http-method-override": "GET"},
    ):
        assert code_of(nobody.ask("GET", "/api/v1/status", headers=header)) == (401, "not-signed-in")
    officer = browser_of("duty-officer", "air")
    for host in ("evil.example", "127.0.0.1:8443", "tur.localhost", "tur.localhost:8443, evil.example"):
        reply = officer.ask("GET", "/api/v1/status", headers={"host": host})
        assert code_of(reply) == (421, "other-host"), host
    assert officer.cookie is not None
    twice = officer.ask("GET", "/api/v1/status", headers={"cookie": f"{officer.cookie}; steerclear=x"})
    assert code_of(twice) == (401, "not-signed-in")


def test_pages_load_nothing_from_elsewhere_and_hold_no_script(console_node: Node) -> None:
    nobody = Browser(console_node)
    for path in ("/", "/inbox", "/api/docs", "/api/v1/openapi.json", "/healthz"):
        reply = nobody.ask("GET", path)
        assert reply.status_code == 200, path
        policy = reply.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
    for page in (nobody.ask("GET", path).text for path in ("/", "/api/docs")):
        assert not re.search(r"https?://|<script>|<style|\son\w+=|style=", page)
        for link in re.findall(r'(?:src|href)="([^"]+)"', page):
            assert nobody.ask("GET", link).status_code == 200, link


def test_a_console_that_was_not_built_says_how(console_node: Node, tmp_path: Path) -> None:
    app = FastAPI()
    add_console_files(app, built=tmp_path)
    page = Browser(console_node, app=app).ask("GET", "/").text
    assert "make console" in page


def test_health_is_told_to_whoever_knows_the_address(console_node: Node) -> None:
    nobody = Browser(console_node)
    for path, word in (("/healthz", "alive"), ("/readyz", "ready")):
        reply = nobody.ask("GET", path, headers={"host": "10.0.0.1"})
        assert (reply.status_code, reply.json()) == (200, {"status": word})
    assert code_of(nobody.ask("GET", "/metrics")) == (401, "not-signed-in")


def test_gauges(browser_of: BrowserOf, open_channel: Channel) -> None:
    text = browser_of("supervisor").ask("GET", "/metrics").text
    assert f'steerclear_log_entries{{member="TUR"}} {float(open_channel.size("TUR"))}' in text
    assert "steerclear_accepting 1.0" in text
    assert json.dumps(text).isascii()
