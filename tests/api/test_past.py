# SPDX-License-Identifier: Apache-2.0
"""Does the API tell what was known, in the words in which it tells what is?"""

from __future__ import annotations

from tests.api.conftest import Ask
from tests.services.conftest import Channel, area


def test_the_past_is_a_picture_and_an_inbox_of_then(ask_api: Ask, channel: Channel) -> None:
    channel.at("05:15")
    channel.file("TUR", area("survey-of-then", "TUR"), level="L0")
    channel.at("05:45")
    channel.settle()
    before = ask_api("GET", "/api/v1/past", params={"at": "2025-04-10T05:14Z"}).json()
    after = ask_api("GET", "/api/v1/past", params={"at": "2025-04-10T05:16:00Z"}).json()
    assert before["picture"]["areas"] == []
    assert [one["ref"] for one in after["picture"]["areas"]] == ["survey-of-then"]
    assert after["inbox"]["now"] == after["at"] == "2025-04-10T05:16:00.000Z"
    # What has not come yet is now.
    assert (
        ask_api("GET", "/api/v1/past", params={"at": "2025-04-11T05:16Z"}).json()["at"]
        == "2025-04-10T05:45:00.000Z"
    )


def test_moments_are_of_an_incident_or_of_days(ask_api: Ask, channel: Channel) -> None:
    moments = ask_api("GET", "/api/v1/moments", params={"at": "2025-04-10T05:45Z"}).json()
    assert "notice.file" in {one["kind"] for one in moments["moments"]}
    for params, code in (
        ({}, "moments-of-what"),
        ({"at": "2025-04-10T05:45Z", "about": "TUR-0001"}, "moments-of-what"),
        ({"at": "05:45"}, "instant-spelling"),
        ({"about": channel.notice("TUR", "survey-of-then").short}, "not-an-incident"),
    ):
        refused = ask_api("GET", "/api/v1/moments", params=params)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
