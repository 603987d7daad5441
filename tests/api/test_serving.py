# SPDX-License-Identifier: Apache-2.0
"""Does ``steerclear serve`` open the doors that its settings name, each to those who belong there?"""

from __future__ import annotations

import json
import re
import resource
import socket
import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.api.authenticator import Authenticator
from typer.testing import CliRunner

from steerclear.api.serving import MOST_FILES, take_files
from steerclear.cli.app import root
from steerclear.cli.demo.nodes import Scene
from steerclear.client import HttpsNode, NodeClient
from steerclear.errors import BadInput, Refused, Unreachable
from steerclear.links.tls import Certificate, make_certificate
from steerclear.node import read_settings
from steerclear.services import requests as ask


@dataclass
class Served:
    """A running node with a console and a door for machines."""

    scene: Scene
    folder: Path
    console: str
    machines: str
    feed: Certificate

    def command(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(root, [*words, "--node", str(self.folder)])
        return done.exit_code, done.output

    def machine(self, certificate: Certificate, folder: Path) -> HttpsNode:
        pem, key = folder / "own.pem", folder / "own.key"
        pem.write_text(ssl.DER_cert_to_PEM_cert(certificate.der))
        key.write_bytes(certificate.private_pem)
        return HttpsNode(self.machines, pem, key, self.folder / "tls" / "certificate.der")


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@pytest.fixture(scope="module")
def there() -> Iterator[Served]:
    with Scene() as scene:
        scene.found()
        folder, feed = scene.path("TUR"), make_certificate("feed")
        console, machines = free_ports(2)
        (folder / "tls" / "feed.pem").write_text(ssl.DER_cert_to_PEM_cert(feed.der))
        with (folder / "steerclear.toml").open("a") as settings:
            settings.write(
                f'\n[console]\nlisten = "127.0.0.1:{console}"\n'
                f'\n[machines]\nlisten = "127.0.0.1:{machines}"\n'
                '\n[machines.allowed.feed]\ncertificate = "tls/feed.pem"\ndesk = "air"\n'
            )
        scene.start("TUR")
        yield Served(scene, folder, f"http://tur.localhost:{console}", f"https://127.0.0.1:{machines}", feed)


def test_somebody_is_invited_by_a_command_and_signs_in(there: Served) -> None:
    status, said = there.command("console", "invite", "--role", "duty-officer", "--desk", "air")
    assert status == 0, said
    link = said.splitlines()[0]
    found = re.fullmatch(rf"{re.escape(there.console)}/enrol#([\w-]{{43}})", link)
    assert found is not None
    passkey = Authenticator("over a wire", there.console)
    port = int(there.console.rpartition(":")[2])
    headers = {"host": f"tur.localhost:{port}", "origin": there.console}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as browser:
        options = browser.post("/api/v1/enrolment-options", json={"token": found[1]}).json()
        made = {"token": found[1], "credential": passkey.make(options)}
        reply = browser.post("/api/v1/enrolments", json=made)
        assert reply.status_code == 201, reply.text
        cookie = {"cookie": reply.headers["set-cookie"].partition(";")[0]}
        inbox = browser.get("/api/v1/inbox", params={"desk": "air"}, headers=cookie)
        assert inbox.json()["member"] == "TUR"
        assert browser.get("/api/v1/inbox", headers={"host": "evil.example"}).status_code == 421
    status, said = there.command("console", "list", "--json")
    (person,) = json.loads(said)["people"]
    assert (person["role"], person["desk"]) == ("duty-officer", "air")
    status, said = there.command("console", "remove", person["person"])
    assert (status, said.startswith("The place ")) == (0, True)
    assert there.command("console", "list")[1].startswith("Nobody yet")
    assert there.command("console", "invite", "--role", "admiral")[0] == 2


def test_a_machine_comes_in_under_its_certificate_and_files_for_its_desk(
    there: Served, tmp_path: Path
) -> None:
    with NodeClient(there.machine(there.feed, tmp_path)) as machine:
        assert (machine.session().role, machine.session().desk) == ("machine", "air")
        assert machine.status().member == "TUR"
        with pytest.raises(Refused) as desk:
            machine.do(ask.GoCold(desk="sea", about="TUR-0001"))
        assert desk.value.code == "not-your-desk"
        with pytest.raises(Refused) as role:
            machine.do(ask.Acknowledge(desk="air", about="TUR-0001"))
        assert role.value.code == "not-your-role"
        with pytest.raises(BadInput) as unknown:
            machine.do(ask.GoCold(desk="air", about="TUR-9999"))
        assert unknown.value.code == "thing-unknown"
        assert next(machine.events()).kind == "reset"


def test_a_stranger_does_not_come_in_as_a_machine(there: Served, tmp_path: Path) -> None:
    with NodeClient(there.machine(make_certificate("feed"), tmp_path)) as machine, pytest.raises(Unreachable):
        machine.status()


def test_the_guide_and_the_page_come_over_the_wire(there: Served) -> None:
    port = int(there.console.rpartition(":")[2])
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"host": f"tur.localhost:{port}"}
    ) as browser:
        assert "swagger-ui" in browser.get("/api/docs").text
        assert browser.get("/healthz").json() == {"status": "alive"}
        assert browser.get("/api/v1/status").status_code == 401


def test_the_socket_is_still_for_this_user_alone(there: Served) -> None:
    assert stat.S_IMODE((there.folder / "api.sock").stat().st_mode) == 0o600


BAD_DOORS = {
    "console-needs-tls": '[console]\nlisten = "0.0.0.0:8443"\n',
    "no such setting": '[console]\nlisten = "127.0.0.1:8443"\npassword = "x"\n',
    "a key without a certificate": '[console]\nlisten = "127.0.0.1:8443"\nkey = "x"\n',
    "a bare address": '[console]\nlisten = "127.0.0.1:8443"\norigin = "http://127.0.0.1:8443"\n',
    "another scheme": '[console]\nlisten = "127.0.0.1:8443"\norigin = "https://x.example"\n',
    "a certificate that is not there": (
        '[machines]\nlisten = "127.0.0.1:1"\n[machines.allowed.a]\ncertificate = "x"\ndesk = "air"\n'
    ),
}


@pytest.mark.parametrize("why", BAD_DOORS)
def test_a_door_that_cannot_be_is_said_at_the_start(tmp_path: Path, why: str) -> None:
    (tmp_path / "steerclear.toml").write_text(f'member = "TUR"\nlisten = "127.0.0.1:1"\n{BAD_DOORS[why]}')
    with pytest.raises(BadInput) as refused:
        read_settings(tmp_path)
    assert refused.value.code in ("console-needs-tls", "settings-form")
    assert (refused.value.code == "console-needs-tls") == (why == "console-needs-tls")


def test_a_console_over_tls(tmp_path: Path) -> None:
    (tmp_path / "steerclear.toml").write_text(
        'member = "TUR"\nlisten = "127.0.0.1:1"\n[console]\nlisten = "0.0.0.0:8443"\n'
        'origin = "https://Desk.example:443"\ncertificate = "c.pem"\nkey = "c.key"\n'
    )
    console = read_settings(tmp_path).console
    assert console is not None
    assert (console.origin, console.site("x").rp_id) == ("https://desk.example", "desk.example")
    with pytest.raises(BadInput) as refused:
        console.context()
    assert refused.value.code == "console-certificate"
    made = make_certificate("TUR")
    (tmp_path / "c.pem").write_text(ssl.DER_cert_to_PEM_cert(made.der))
    (tmp_path / "c.key").write_bytes(made.private_pem)
    assert isinstance(console.context(), ssl.SSLContext)


def test_a_node_takes_the_files_that_its_consoles_need() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
        take_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(MOST_FILES, hard), hard)
        take_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(MOST_FILES, hard), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
