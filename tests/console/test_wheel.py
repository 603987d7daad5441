# SPDX-License-Identifier: Apache-2.0
"""Does the wheel hold the console, and does a node out of it serve the page where there is no Node.js?"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
ASKS = """
import asyncio, shutil, sys
from pathlib import Path
import httpx
from fastapi import FastAPI
import steerclear
from steerclear.api.pages import add_console_files

assert shutil.which("node") is None and shutil.which("npm") is None
assert Path(steerclear.__file__).is_relative_to(sys.argv[1]), steerclear.__file__
app = FastAPI()
add_console_files(app)

async def asked(path):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://node") as client:
        return await client.get(path)

page = asyncio.run(asked("/thing/TUR-0042")).text
script = page.partition('src="/')[2].partition('"')[0]
answer = asyncio.run(asked("/" + script))
print(answer.status_code, answer.headers["content-type"], len(answer.content) > 50_000)
"""


def test_a_node_out_of_the_wheel_serves_the_console_without_node(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path / "built"), versions=["standard"])
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        packed.extractall(site)
    assert "steerclear/web/dist/index.html" in names
    assert not [name for name in names if "node_modules" in name or name.endswith((".svelte", ".ts"))]
    done = subprocess.run(
        [sys.executable, "-c", ASKS, str(site)],
        env={**os.environ, "PATH": "", "PYTHONPATH": str(site)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["200", "text/javascript;", "charset=utf-8", "True"]
