# SPDX-License-Identifier: Apache-2.0
"""Do the examples of docs/api.md do what they say? Each is run against a node, in its order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from tests.api.conftest import node_of, serving

from steerclear.api.app import build_api
from steerclear.api.pages import OPENAPI
from steerclear.services.roles import PERSONS_NEEDED

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.node import Node

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    return found


def test_the_python_examples_run(open_channel: Channel, empty: Path, capsys: Any) -> None:
    names: dict[str, Any] = {}
    with serving(node_of(open_channel, "TUR", empty)) as folder:
        for block in blocks("python"):
            exec(compile(block, "docs/api.md", "exec"), names | {"NODE": folder}, names)
    said = capsys.readouterr().out
    assert said.startswith("TUR in force")
    assert "thing-unknown" in said
    assert "reset" in said


def test_the_http_examples_answer_as_shown(console_node: Node, empty: Path) -> None:
    with serving(console_node) as folder:
        transport = httpx.HTTPTransport(uds=str(folder / "api.sock"))
        with httpx.Client(transport=transport, base_url="http://node") as client:
            for block in blocks("http"):
                head, _, rest = block.partition("\n\n")
                first, *lines = head.splitlines()
                body, _, shown = rest.partition("→ ")
                headers = dict(line.split(": ", 1) for line in lines) | {"content-type": "application/json"}
                method, path = first.split()
                reply = client.request(method, path, content=body, headers=headers)
                status, *more = shown.split()
                found = [str(reply.status_code)]
                if more:
                    found += [reply.json()["code"], reply.json()["where"]]
                assert found == [status, *more], reply.text


def test_every_path_that_the_guide_names_is_there(console_node: Node) -> None:
    described = set(build_api(console_node).openapi()["paths"])
    # A file's path has a dot; one that ends a sentence is none of it.
    found = re.findall(r"/api/v1/[\w/.-]+", GUIDE.read_text(encoding="utf-8"))
    named = {path.rstrip(".") for path in found} - {OPENAPI}
    assert "/api/v1/tracks-link.kml" in named
    spelled = {path.replace("/ID/", "/{gesture}/") for path in named}
    assert spelled - described == set()


def test_the_guide_speaks_of_every_gesture() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for kind in PERSONS_NEEDED:
        assert kind.__name__ in _SPOKEN_OF, kind
        assert _SPOKEN_OF[kind.__name__] in text


_SPOKEN_OF = {
    "CallStop": "STOP, the taking",
    "SuspendMechanism": "the mechanism's flag",
    "ResumeMechanism": "the mechanism's flag",
    "Ratify": "ratification, the withdrawal",
    "WithdrawAnnex": "the withdrawal of an annex",
    "EndMechanism": "the end of the mechanism",
    "NameKeys": "changes of keys",
    "RevokeKeys": "changes of keys",
    "Succeed": "changes of keys",
}
