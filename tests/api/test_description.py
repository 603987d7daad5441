# SPDX-License-Identifier: Apache-2.0
"""Does the API do what its description says, whatever is sent to it: no fault, and every error a problem?

The description itself is kept to the letter in ``tests/golden/openapi.json``: who changes what a path takes
or answers sees it there.
"""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from tests.api.conftest import Browser
from tests.effort import effort

from steerclear.api.app import build_api
from steerclear.services.verbs import PATHS

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from steerclear.node import Node

EXAMPLES = effort(test=3, ci=150, soak=5_000)

NOT_ASKED = {
    "/api/v1/events",
    "/api/v1/tracks.geojson-seq",
    "/api/v1/backups",
    "/api/v1/verified-backups",
}
"""Two do not end, two write where they are told to on this machine; they have tests of their own."""


@pytest.fixture(scope="module")
def app(node: Node) -> FastAPI:
    return build_api(node)


@pytest.fixture(scope="module")
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_the_description_is_as_it_was(described: dict[str, Any], golden: Callable[[str, str], None]) -> None:
    golden("openapi.json", json.dumps(described, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def test_every_verb_stands_in_it(described: dict[str, Any]) -> None:
    assert {f"/api{path}" for path in PATHS.values()} <= set(described["paths"])


def test_every_path_says_what_errors_are(described: dict[str, Any]) -> None:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["tags"], (method, path)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert answer == {"$ref": f"#/components/responses/{status}"}, (method, path, status)
    for answer in described["components"]["responses"].values():
        assert list(answer["content"]) == ["application/problem+json"]


def operations(described: dict[str, Any]) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(described)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path not in NOT_ASKED:
            yield operation


def fault_in(reply: httpx.Response) -> str | None:
    """What is wrong with an answer, whatever was asked."""
    if reply.status_code >= 400:
        if reply.headers["content-type"] != "application/problem+json":
            return f"{reply.status_code} is no problem document"
        problem = reply.json()
        if problem["status"] != reply.status_code or not problem["code"] or not problem["remedy"]:
            return f"a problem that does not say what it is: {problem}"
        if reply.status_code == 500 or problem["code"] == "node-fault":
            return "a fault of the node"
    return None


def thought_of(operation: Any) -> Any:
    """Requests that the description lets through; and where it asks for anything, such as it does not."""
    within = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.body or operation.query or operation.path_parameters:
        return within | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return within


def request_of(case: Any, origin: str, headers: dict[str, str]) -> dict[str, Any]:
    """What was thought of, as httpx takes it, under headers that let it in."""
    thought = case.as_transport_kwargs(base_url=origin)
    asked = {name: thought[name] for name in ("method", "url", "params", "json") if thought.get(name)}
    if isinstance(thought.get("data"), bytes):
        asked["content"] = thought["data"]
    more = {
        name: value
        for name, value in (thought.get("headers") or {}).items()
        if value.isascii() and value.isprintable() and name.lower() not in _OURS
    }
    return asked | {"headers": more | headers}


_OURS = ("host", "origin", "cookie")


def ask_everything(app: FastAPI, described: dict[str, Any], headers: dict[str, str], origin: str) -> int:
    """Every operation, with what its description lets through; the number of answers that were looked at."""
    looked_at = 0
    with asyncio.Runner() as runner:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=origin)
        for operation in operations(described):

            @settings(
                max_examples=EXAMPLES,
                database=None,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=thought_of(operation))
            def asked(case: Any) -> None:
                nonlocal looked_at
                reply = runner.run(client.request(**request_of(case, origin, headers)))
                looked_at += 1
                assert fault_in(reply) is None, (fault_in(reply), case.as_curl_command(), reply.text)

            with warnings.catch_warnings():
                # What the generators of other people's packages think of our forms is no finding of ours.
                warnings.simplefilter("ignore")
                asked()
        runner.run(client.aclose())
    return looked_at


def test_whatever_the_operator_sends(app: FastAPI, described: dict[str, Any]) -> None:
    assert ask_everything(app, described, {}, "http://node") >= 60


def test_whatever_a_person_sends(
    browser_of: Callable[..., Browser], console_node: Node, described: dict[str, Any]
) -> None:
    """A supervisor, by the console's door: its layers stand the same."""
    browser = browser_of("supervisor")
    assert browser.cookie is not None
    headers = {"cookie": browser.cookie, "origin": browser.origin}
    some = described | {
        "paths": {
            path: methods
            for path, methods in described["paths"].items()
            if path in {"/api/v1/stops", "/api/v1/gestures", "/api/v1/sessions", "/api/v1/enrolments"}
            or path.startswith("/api/v1/gestures/")
        }
    }
    assert ask_everything(browser.app, some, headers, browser.origin) >= 5


def test_a_backup_is_asked_for_by_the_operator_alone(
    browser_of: Callable[..., Browser], tmp_path: Path
) -> None:
    supervisor = browser_of("supervisor")
    for path, body in (
        ("/api/v1/backups", {"to": str(tmp_path / "backup")}),
        ("/api/v1/verified-backups", {"folder": str(tmp_path)}),
    ):
        assert supervisor.ask("POST", path, json=body).json()["code"] == "not-your-role"
    assert not (tmp_path / "backup").exists()
