# SPDX-License-Identifier: Apache-2.0
"""Can another member fetch any log as tiles, check it by itself, and get a cosignature for its own?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.api.conftest import node_of
from tests.api.test_peers import at_the_listener
from tests.services.conftest import Channel, certificates, copy_of

from steerclear.links.keystore import KeyName
from steerclear.links.tls import client_context
from steerclear.record import (
    AddCheckpoint,
    Checkpoint,
    TilePath,
    check_entries,
    checkpoint_of,
    cosigner_name,
    entries_of,
    origin_hash,
    parse_lines,
    parse_note,
    print_add_checkpoint,
    print_note,
    print_tile_path,
    sign_checkpoint,
    tiles_of,
    tree_of_tiles,
)

if TYPE_CHECKING:
    from steerclear.node import Node

Work = Callable[[httpx.AsyncClient], Awaitable[None]]


def as_isr(node: Node, work: Work) -> None:
    """Do ``work`` at the node's listener under the certificate of ISR."""

    async def at(url: str) -> None:
        context = client_context(certificates()["ISR"], certificates()["TUR"].der)
        async with httpx.AsyncClient(verify=context, base_url=url) as client:
            await work(client)

    at_the_listener(node, at)


@pytest.mark.parametrize("member", ["TUR", "AZE", "ISR"])
def test_any_log_is_fetched_as_tiles_and_checked_without_trust(
    node: Node, channel: Channel, member: str
) -> None:
    prefix = f"/peer/v1/log/{member}/0/"

    async def work(client: httpx.AsyncClient) -> None:
        reply = await client.get(prefix + "checkpoint")
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        assert reply.headers["cache-control"] == "no-cache"
        checkpoint, note = checkpoint_of(reply.content)
        assert checkpoint.origin.split("/")[2:] == [member, "0"]
        assert note.signatures
        tiles = {path: await fetched(client, prefix, path) for path in tiles_of(checkpoint.size)}
        tree = tree_of_tiles(checkpoint.size, bytes.fromhex(checkpoint.root), tiles.__getitem__)
        entries = [
            entry
            for path in entries_of(checkpoint.size)
            for entry in check_entries(tree, path, await fetched(client, prefix, path))
        ]
        kept = channel.node("TUR").ledger.store.leaves(member, 0, 0, checkpoint.size)
        assert entries == list(kept)

    as_isr(node, work)


async def fetched(client: httpx.AsyncClient, prefix: str, path: TilePath) -> bytes:
    """The tile, once packed and once as it is; both are to be kept for ever."""
    replies = [
        await client.get(prefix + print_tile_path(path), headers={"accept-encoding": coding})
        for coding in ("gzip", "identity")
    ]
    assert [reply.headers.get("content-encoding") for reply in replies] == ["gzip", None]
    assert replies[0].content == replies[1].content
    for reply in replies:
        assert reply.headers["content-type"] == "application/octet-stream"
        assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert reply.headers["vary"] == "accept-encoding"
    return replies[0].content


def test_what_is_not_published_is_not_there(node: Node) -> None:
    async def work(client: httpx.AsyncClient) -> None:
        places = [
            *("log/TUR/0/tile/0/999", "log/TUR/0/tile/0/000.p/255", "log/TUR/0/tile/1/000"),
            *("log/TUR/0/tile/0/0", "log/TUR/0/", "log/TUR/0/tile/data/000", "log/TUR/1/checkpoint"),
            *("log/RUS/0/checkpoint", "log/TUR/0/checkpoint/", "witness/" + "0" * 64 + "/checkpoint"),
            *("log/TUR/0/%2e%2e/checkpoint", "log/TUR%00/0/checkpoint"),
        ]
        for place in places:
            reply = await client.get(f"/peer/v1/{place}")
            assert (place, reply.status_code) == (place, 404)
            assert reply.json()["code"] == "not-published"
        reply = await client.get("/peer/v1/log/TUR/x/checkpoint")
        assert (reply.status_code, reply.json()["code"]) == (422, "request-form")

    as_isr(node, work)


@pytest.fixture
def grown(_ratified: Channel) -> Channel:
    """A channel of this test alone, since it changes what is cosigned."""
    return copy_of(_ratified)


@pytest.fixture
def witness(grown: Channel, empty: Path) -> Node:
    return node_of(grown, "TUR", empty)


def asked_for(channel: Channel, old: int, size: int | None = None, root: str | None = None) -> bytes:
    """ISR's request for a cosignature of its own log, or of a false one."""
    ledger = channel.node("ISR").ledger
    log = ledger.logs["ISR"]
    signer = ledger.keys.signer(KeyName("node"))
    whole = log.size if size is None else size
    checkpoint = Checkpoint(log.origin, whole, root or log.root_at(whole))
    note = sign_checkpoint(checkpoint, public=signer.public, signer=signer)
    proof = log.consistency(old, whole) if 0 < old <= whole else ()
    return print_add_checkpoint(AddCheckpoint(old, proof, note))


def test_a_witness_answers_as_published(grown: Channel, witness: Node) -> None:
    mirrored = grown.node("TUR").ledger.logs["ISR"]
    last = cosigned_last(grown)

    async def work(client: httpx.AsyncClient) -> None:
        async def add(data: bytes) -> httpx.Response:
            return await client.post("/peer/v1/witness/add-checkpoint", content=data)

        reply = await add(asked_for(grown, 0))
        assert (reply.status_code, reply.text) == (409, f"{last}\n")
        assert reply.headers["content-type"] == "text/x.tlog.size"
        reply = await add(asked_for(grown, last, mirrored.size))
        assert reply.status_code == 200
        [line] = parse_lines(reply.content)
        assert line.name == cosigner_name(mirrored.mechanism, "TUR")
        shown = await client.get(f"/peer/v1/witness/{origin_hash(mirrored.origin)}/checkpoint")
        assert line in parse_note(shown.content).signatures
        assert (await add(asked_for(grown, mirrored.size + 1, mirrored.size))).status_code == 400
        assert (await add(b"hello")).json()["code"] == "witness-request"
        own = grown.node("TUR").ledger.notes.newest("TUR")
        assert own is not None
        assert (await add(b"old 0\n\n" + own)).status_code == 404
        stranger = print_note(parse_note(asked_for(grown, 0).partition(b"\n\n")[2]))
        unsigned = stranger.replace(b"\n\n\xe2\x80\x94 ", b"\n\n\xe2\x80\x94 x/")
        assert (await add(b"old 0\n\n" + unsigned)).status_code == 403
        assert (await add(asked_for(grown, mirrored.size, mirrored.size, "11" * 32))).status_code == 422

    as_isr(witness, work)
    # The two checkpoints of one size are kept as proof of two records.
    assert grown.node("TUR").ledger.notes.split_views == ("ISR",)


def test_what_is_not_mirrored_yet_is_not_cosigned(
    grown: Channel, witness: Node, draw: Callable[..., dict[str, Any]]
) -> None:
    last = cosigned_last(grown)
    grown.file("ISR", draw("unseen", "ISR"), settle=False)
    assert asyncio.run(witness.witness(asked_for(grown, last))).status == 503
    grown.settle()
    assert asyncio.run(witness.witness(asked_for(grown, cosigned_last(grown)))).status == 200


def cosigned_last(channel: Channel) -> int:
    """How many of ISR's entries TUR has cosigned."""
    note = channel.node("TUR").ledger.notes.newest("ISR")
    assert note is not None
    return checkpoint_of(note)[0].size
