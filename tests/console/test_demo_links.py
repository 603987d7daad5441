# SPDX-License-Identifier: Apache-2.0
"""Do the three links of the demo lead to consoles that take their guests in?"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from steerclear.cli.demo.nodes import Scene


def test_each_link_of_the_demo_opens_the_door_of_its_node() -> None:
    with Scene() as scene:
        scene.found()
        scene.open_consoles()
        scene.start("TUR", "ISR", "AZE")
        links = scene.invite()
        assert [place.partition(",")[0] for place in links] == ["TUR", "ISR", "AZE"]
        for link in links.values():
            asked = urlsplit(link)
            headers = {"host": asked.netloc, "origin": f"http://{asked.netloc}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{asked.port}", headers=headers) as browser:
                assert '<div id="console">' in browser.get("/enrol").text
                options = browser.post("/api/v1/enrolment-options", json={"token": asked.fragment})
                assert options.json()["rp"]["id"] == asked.hostname
