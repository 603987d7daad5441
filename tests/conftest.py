# SPDX-License-Identifier: Apache-2.0
"""What all rooms' tests share: words kept to the letter, in ``tests/golden/``, and tokens in software."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from steerclear.links.token import TokenSettings

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="Write tests/golden anew; then read the difference."
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against the one that is kept under this name."""

    def hold(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--write-golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{name} changed: see --write-golden"

    return hold


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A command that serves in this process points the log at a stream that ends with its test."""
    yield
    structlog.reset_defaults()


PIN = "1234"
SOFT_TOKEN = Path("/usr/lib/softhsm/libsofthsm2.so")
MOST_TOKENS = 16


@pytest.fixture(scope="session")
def pin() -> str:
    return PIN


@pytest.fixture(scope="session")
def soft_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], TokenSettings]]:
    """Each call gives the settings of another empty PKCS#11 token of SoftHSM, in a folder of this session.

    SoftHSM looks for its tokens once a process, so all of them are made before the first is used.
    """
    tool = shutil.which("softhsm2-util")
    assert tool is not None, "Install the Debian package softhsm2; make test does it when it runs as root."
    folder = tmp_path_factory.mktemp("tokens")
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(settings))
        labels = [f"token {number}" for number in range(MOST_TOKENS)]
        for label in labels:
            arguments = ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN]
            subprocess.run([tool, *arguments], check=True, capture_output=True)
        left = iter(labels)
        yield lambda: TokenSettings(module=SOFT_TOKEN, label=next(left))
