# SPDX-License-Identifier: Apache-2.0
"""Is a thing filed once however often it is sent under one key, and never twice after a crash?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import ReservedStore

from steerclear.client import NodeClient
from steerclear.errors import BadInput, NotKept, Refused
from steerclear.services import requests as ask
from steerclear.services.once import PLACES, Once, digest_of
from steerclear.store import failures

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_the_same_key_and_body_is_the_same_receipt(
    open_channel: Channel, empty: Path, draw: Callable[..., Any], drawn: Callable[..., str]
) -> None:
    filing = ask.FileNotices(desk="air", geojson=drawn(draw("once", "TUR")))
    with serving(node_of(open_channel, "TUR", empty)) as folder, NodeClient(folder) as client:
        first = client.do(filing, once="key 1")
        size = open_channel.size("TUR")
        assert client.do(filing, once="key 1") == first
        assert open_channel.size("TUR") == size
        other = ask.FileNotices(desk="air", geojson=drawn(draw("other", "TUR")))
        with pytest.raises(BadInput) as reused:
            client.do(other, once="key 1")
        assert reused.value.code == "idempotency-key-reused"
        with pytest.raises(BadInput) as form:
            client.do(other, once="k" * 200)
        assert form.value.code == "idempotency-key-form"
        # What was refused was not filed, so its key is free.
        wrong = ask.Withdraw(desk="air", about="TUR-9999", reason="x")
        for _ in range(2):
            with pytest.raises(BadInput) as refused:
                client.do(wrong, once="key 2")
            assert refused.value.code == "thing-unknown"
        assert client.do(other, once="key 2") != first
    assert open_channel.size("TUR") == size + 1


def test_a_crash_between_filing_and_answer_is_not_known_and_not_filed_again(open_channel: Channel) -> None:
    store = open_channel.node("TUR").ledger.store
    digest = digest_of("/api/v1/notices", b"{}")
    assert Once(store).begin("socket", "key", digest) is None
    with pytest.raises(Refused) as refused:
        Once(store).begin("socket", "key", digest)
    assert refused.value.code == "idempotency-not-known"
    # Another's key of the same name is another key.
    assert Once(store).begin("feed", "key", digest) is None


def test_a_stop_under_a_key_goes_out_though_the_disk_is_full(open_channel: Channel, empty: Path) -> None:
    """The key cannot be kept, before or after; STOP twice counts as one, and STOP unsaid does not."""
    store = ReservedStore(open_channel.stations["TUR"].disk)
    open_channel.restart("TUR", store=store)
    open_channel.settle()
    stop = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",))
    note = ask.Withdraw(desk="air", about="TUR-0001", reason="x")
    with serving(node_of(open_channel, "TUR", empty)) as folder, NodeClient(folder) as client:
        store.fails_with = failures.full("the disk of the test")
        (called,) = client.do(stop, once="key 1")
        assert called.seq is None
        with pytest.raises(NotKept):
            client.do(note, once="key 2")


def test_a_flood_of_keys_takes_nobody_elses_receipts_away(open_channel: Channel) -> None:
    once, digest = Once(open_channel.node("TUR").ledger.store), digest_of("/api/v1/notices", b"{}")
    once.begin("socket", "key", digest)
    once.end("socket", "key", digest, ())
    for number in range(5 * PLACES):
        once.begin("machine feed", f"{number}", digest)
    assert once.begin("socket", "key", digest) == ()


def test_a_digest_is_of_the_path_and_the_body() -> None:
    assert digest_of("/a", b"b") != digest_of("/a", b"c") != digest_of("/ab", b"")
    assert len(json.dumps(digest_of("/a", b"b"))) == 66
