# SPDX-License-Identifier: Apache-2.0
"""Does every error leave the node as a problem document, and come back from it as the error that it was?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest

from steerclear.api.app import build_api
from steerclear.api.limits import LARGEST_REQUEST
from steerclear.client import NodeClient
from steerclear.errors import BadInput, NotKept, NotVerified, Refused, SteerclearError, Unreachable
from steerclear.model.member import MemberId
from steerclear.node import Node, Settings
from steerclear.services import requests as ask
from steerclear.services.answers import Status
from steerclear.services.verbs import PATHS
from steerclear.store import failures

if TYPE_CHECKING:
    from tests.api.conftest import Ask
    from tests.services.conftest import Channel

T = TypeVar("T")
TUR = Settings(MemberId("TUR"), "127.0.0.1", 0)
WITHDRAWAL = {"desk": "air", "about": "TUR-0001", "reason": "x"}


def the_problem(reply: httpx.Response) -> dict[str, Any]:
    """The document, held to RFC 9457 and to our own promise of a code and a remedy."""
    assert reply.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = reply.json()
    assert problem["status"] == reply.status_code
    assert problem["type"] == f"urn:steerclear:error:{problem['code']}"
    assert problem["title"]
    assert problem["remedy"]
    return problem


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/api/v1/targets", "/api/v1/notices/TUR-0001", "/docs", "/api/v1/../v1/nothing"]
)
def test_a_path_that_does_not_exist(ask_api: Ask, path: str) -> None:
    reply = ask_api("GET", path)
    assert (reply.status_code, the_problem(reply)["code"]) == (404, "no-such-path")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v1/withdrawals"), ("POST", "/api/v1/status"), ("DELETE", "/api/v1/notices")],
)
def test_a_method_that_a_path_does_not_take(ask_api: Ask, method: str, path: str) -> None:
    reply = ask_api(method, path)
    assert (reply.status_code, the_problem(reply)["code"]) == (405, "no-such-method")


BAD_BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"desk": "\xff"}',
    "a list": b"[]",
    "a number that is none": b'{"desk": NaN}',
    "too deep": b"[" * 100_000,
    "a field missing": json.dumps({"desk": "air", "about": "TUR-0001"}).encode(),
    "a field of another kind": json.dumps(WITHDRAWAL | {"about": 7}).encode(),
    "a field that is null": json.dumps(WITHDRAWAL | {"reason": None}).encode(),
    "a field that is not known": json.dumps(WITHDRAWAL | {"resaon": "x"}).encode(),
    "half a surrogate": json.dumps(WITHDRAWAL | {"reason": "\udcff"}).encode(),
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_body_that_is_not_what_the_path_takes(ask_api: Ask, channel: Channel, what: str) -> None:
    headers = {"content-type": "application/json"}
    reply = ask_api("POST", "/api/v1/withdrawals", content=BAD_BODIES[what], headers=headers)
    assert (reply.status_code, the_problem(reply)["code"]) == (422, "request-form")
    assert channel.size("TUR") == channel.sizes["TUR"]


MAY_NAME_NOTHING = (ask.Ratify, ask.SuspendMechanism, ask.ResumeMechanism)


@pytest.mark.parametrize("path", sorted(set(PATHS.values()) - {PATHS[verb] for verb in MAY_NAME_NOTHING}))
def test_every_verb_refuses_an_empty_request(ask_api: Ask, channel: Channel, path: str) -> None:
    assert the_problem(ask_api("POST", f"/api{path}", json={}))["code"] == "request-form"
    assert channel.size("TUR") == channel.sizes["TUR"]


@pytest.mark.parametrize("claimed", [True, False])
def test_a_body_over_the_limit(ask_api: Ask, claimed: bool) -> None:
    """Whether its header says so or not; and the sender gets the answer, not a broken pipe."""
    body = b" " * (LARGEST_REQUEST + 1)

    async def pieces() -> Any:
        for start in range(0, len(body), 1_000_000):
            yield body[start : start + 1_000_000]

    reply = ask_api("POST", "/api/v1/notices", content=body if claimed else pieces())
    assert (reply.status_code, the_problem(reply)["code"]) == (422, "input-too-large")


def test_a_closed_set_is_closed(ask_api: Ask) -> None:
    for path, body in (
        ("/api/v1/alternatives", {"desk": "air", "about": "TUR-0001", "way": "sideways"}),
        ("/api/v1/stops", {"desk": "air", "place": "T4", "seen": "x", "basis": "suspicion"}),
        ("/api/v1/disseminations", {"desk": "air", "about": "TUR-0001", "echelon": "3rd squadron"}),
        ("/api/v1/notices", {"desk": "air", "geojson": "{}", "level": "L9"}),
    ):
        problem = the_problem(ask_api("POST", path, json=body))
        assert problem["code"] == "request-form"
        assert problem["where"].startswith("body")


class _Broken(Node):
    """A node with a fault that nobody foresaw."""

    async def told_status(self, tell: Callable[[Status], T]) -> T:
        raise ZeroDivisionError("secret details")


def test_a_fault_that_nobody_foresaw_tells_nothing_of_itself(node: Node, channel: Channel) -> None:
    broken = _Broken(node.folder, TUR, channel.node("TUR"), certificate=node._certificate, ears=node._ears)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=build_api(broken), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.get("/api/v1/status")

    reply = asyncio.run(asked())
    assert (reply.status_code, the_problem(reply)["code"]) == (503, "node-fault")
    assert "secret" not in reply.text


# ---- there and back --------------------------------------------------------------------------------------


def error_of(folder: Path, do: Any) -> SteerclearError:
    with NodeClient(folder) as client, pytest.raises(SteerclearError) as raised:
        do(client)
    return raised.value


def test_the_nodes_errors_come_back_as_what_they_were(
    served: Path, channel: Channel, draw: Any, drawn: Any
) -> None:
    """The same class, code, words, place and remedy as in the node itself."""
    away = drawn(draw("survey", "TUR", lat=34.9123, near="T4"))
    past = drawn(draw("x", "TUR", start="2025-04-09T09:00:00Z", end="2025-04-09T10:00:00Z"))
    requests: list[tuple[Any, type[SteerclearError], str]] = [
        (ask.FileNotices(desk="air", geojson="{", where="plan.geojson"), BadInput, "not-json"),
        (ask.FileNotices(desk="air", geojson=away), Refused, "gate-warns"),
        (ask.FileNotices(desk="air", geojson=past), Refused, "gate-blocks"),
        (ask.Withdraw(desk="air", about="TUR-9999", reason="x"), BadInput, "thing-unknown"),
        (ask.Withdraw(desk="space", about="TUR-9999", reason="x"), BadInput, "thing-unknown"),
        (ask.Propose(template="none"), BadInput, "template-unknown"),
        (ask.Ratify(), Refused, "nothing-to-ratify"),
    ]
    for request, kind, code in requests:
        with pytest.raises(SteerclearError) as here:
            channel.node("TUR").do(request)
        there = error_of(served, lambda client, request=request: client.do(request))
        assert type(there) is type(here.value) is kind
        assert there.code == code
        assert vars(there) == vars(here.value)
    channel.stations["TUR"].store.fails_with = failures.full("here")  # type: ignore[attr-defined]
    good = ask.FileNotices(desk="air", geojson=drawn(draw("survey", "TUR")))
    kept = error_of(served, lambda client: client.do(good))
    channel.stations["TUR"].store.fails_with = None  # type: ignore[attr-defined]
    assert (type(kept), kept.code, kept.where) == (NotKept, "store-full", "here")
    assert channel.size("TUR") == channel.sizes["TUR"]


@pytest.mark.parametrize(
    "about", ["a/b", "..", "../status", "?desk=air", "#", "%2e%2e", "TUR-0001/x", " ", "é"]
)
def test_whatever_is_named_is_one_name(served: Path, about: str) -> None:
    """It must not wander off to another path."""
    for look in (NodeClient.notice, NodeClient.stop):
        refused = error_of(served, lambda client, look=look: look(client, about))
        assert type(refused) is BadInput
        assert refused.code == "thing-unknown"


def test_a_bundle_that_is_none(served: Path) -> None:
    refused = error_of(served, lambda client: client.take_carried(b"hello"))
    assert type(refused) is NotVerified


def test_what_cannot_be_written_as_text_is_refused_before_it_is_sent(served: Path) -> None:
    """A byte that is not UTF-8 on the command line comes as half a surrogate."""
    request = ask.Withdraw(desk="air", about="TUR-0001", reason="\udcff")
    refused = error_of(served, lambda client: client.do(request))
    assert type(refused) is BadInput


def test_a_node_that_is_not_there(empty: Path) -> None:
    refused = error_of(empty, lambda client: client.status())
    assert (type(refused), refused.code) == (Unreachable, "node-not-running")
    assert "steerclear serve" in refused.remedy
    dead = empty / "api.sock"
    dead.touch()
    assert error_of(empty, lambda client: client.status()).code == "node-not-running"


def test_a_folder_whose_socket_has_too_long_a_path(empty: Path) -> None:
    deep = empty / ("x" * 100)
    deep.mkdir()
    with pytest.raises(BadInput) as refused:
        NodeClient(deep)
    assert refused.value.code == "socket-path-too-long"
