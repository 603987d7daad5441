# SPDX-License-Identifier: Apache-2.0
"""Many desks file at once: is the disk written once for all, and is each told what it would be told alone?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput, NotKept, Refused
from steerclear.services import requests as ask
from steerclear.services.answers import Receipt
from steerclear.services.together import MOST_TOGETHER, Failed, Together
from steerclear.store import failures
from steerclear.store.memory import MemoryStore
from steerclear.store.port import StoredEntry

if TYPE_CHECKING:
    from tests.services.conftest import Channel


class CountingStore(MemoryStore):
    """How many entries each durable transaction had."""

    def __init__(self, disk: Any) -> None:
        super().__init__(disk)
        self.appended: list[int] = []

    def append(self, entries: Sequence[StoredEntry]) -> None:
        super().append(entries)
        self.appended.append(len(entries))


@pytest.fixture
def store(channel: Channel) -> CountingStore:
    kept = CountingStore(channel.stations["TUR"].disk)
    channel.restart("TUR", store=kept)
    channel.settle()
    kept.appended.clear()
    return kept


def files(draw: Any, *refs: str) -> list[ask.FileNotices]:
    from tests.services.conftest import collection

    return [ask.FileNotices(desk="air", geojson=collection(draw(ref, "TUR"))) for ref in refs]


def receipts(outcomes: Sequence[tuple[Receipt, ...] | Failed]) -> list[Receipt]:
    assert not [one for one in outcomes if isinstance(one, Failed)]
    return [receipt for one in outcomes if not isinstance(one, Failed) for receipt in one]


def test_a_group_is_one_transaction_in_the_order_in_which_they_came(
    channel: Channel, store: CountingStore, draw: Any
) -> None:
    node, size = channel.node("TUR"), channel.size("TUR")
    refs = [f"n{number}" for number in range(MOST_TOGETHER)]
    found = receipts(node.do_all(files(draw, *refs)))
    assert store.appended == [MOST_TOGETHER]
    assert [one.ref for one in found] == refs
    assert [one.seq for one in found] == list(range(size, size + MOST_TOGETHER))
    assert [one.root for one in found] == [node.ledger.own.root_at(size + at + 1) for at in range(len(refs))]
    assert channel.stations["TUR"].mark.mark is not None
    assert channel.stations["TUR"].mark.mark.size == size + MOST_TOGETHER
    assert {row.ref for row in node.status({}).notices} >= set(refs)
    channel.settle()
    assert channel.node("ISR").ledger.logs["TUR"].root == node.ledger.own.root


def test_one_that_is_refused_keeps_no_other_out(channel: Channel, store: CountingStore, draw: Any) -> None:
    first, last = files(draw, "first", "last")
    unknown = ask.Acknowledge(desk="air", about="nothing of that name")
    outcomes = channel.node("TUR").do_all([first, unknown, last])
    assert isinstance(outcomes[1], Failed)
    assert isinstance(outcomes[1].error, BadInput)
    assert [one.ref for one in receipts([outcomes[0], outcomes[2]])] == ["first", "last"]
    assert store.appended == [2]


def test_a_draft_that_cannot_be_an_entry_is_refused_alone(
    channel: Channel, store: CountingStore, draw: Any
) -> None:
    """The whole group is tried, then each by itself; nothing is filed twice."""
    node, size = channel.node("TUR"), channel.size("TUR")
    kept = node._verbs[ask.FileNotices]
    misfit = ask.FileNotices(desk="air", geojson="misfit")

    def unless_misfit(ledger: Any, request: Any) -> tuple[Receipt, ...]:
        if request is misfit:
            ledger.append([_Unprintable()])
        return kept(ledger, request)

    node._verbs = {**node._verbs, ask.FileNotices: unless_misfit}
    outcomes = node.do_all([*files(draw, "first"), misfit, *files(draw, "last")])
    assert isinstance(outcomes[1], Failed)
    assert isinstance(outcomes[1].error, Refused)
    assert [one.seq for one in receipts([outcomes[0], outcomes[2]])] == [size, size + 1]
    assert store.appended == [1, 1]
    assert channel.size("TUR") == size + 2


class _Unprintable:
    """A draft whose content fails when its leaf is signed."""

    salt = None
    blobs = ()

    @property
    def content(self) -> Any:
        raise Refused("gate-blocks", "It cannot be signed.", remedy="Correct it.")


def test_when_the_disk_is_full_nobody_in_the_group_is_told_filed(
    channel: Channel, store: CountingStore, draw: Any
) -> None:
    node, size = channel.node("TUR"), channel.size("TUR")
    store.fails_with = failures.full("the disk of the test")
    for outcome in node.do_all(files(draw, "first", "second")):
        assert isinstance(outcome, Failed)
        assert isinstance(outcome.error, NotKept)
    assert channel.size("TUR") == size
    assert not {"first", "second"} & {row.ref for row in node.status({}).notices}
    store.fails_with = None
    assert len(receipts(node.do_all(files(draw, "first", "second")))) == 2
    assert channel.size("TUR") >= size + 2


def test_one_alone_is_done_as_ever(channel: Channel, store: CountingStore, draw: Any) -> None:
    assert len(receipts(channel.node("TUR").do_all(files(draw, "alone")))) == 1
    [failed] = channel.node("TUR").do_all([ask.Acknowledge(desk="air", about="nothing of that name")])
    assert isinstance(failed, Failed)
    assert store.appended == [1]


class Torn(BaseException):
    """What no verb should raise, and a library might."""


def test_what_tears_one_group_leaves_the_ledger_to_file_alone(
    channel: Channel, store: CountingStore, draw: Any
) -> None:
    node = channel.node("TUR")

    def torn() -> tuple[Receipt, ...]:
        raise Torn

    def other() -> tuple[Receipt, ...]:
        return node.do(files(draw, "n1")[0])

    together: Together[tuple[Receipt, ...]] = Together(node.ledger)
    with pytest.raises(Torn):
        together.do([other, torn])
    [receipt] = node.do(files(draw, "n2")[0])
    assert store.appended == [1]
    assert receipt.seq == channel.size("TUR") - 1
