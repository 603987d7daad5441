# SPDX-License-Identifier: Apache-2.0
"""Can whoever opened a sealed notice show it to a third person, who needs the charter alone to believe it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.services.conftest import area

from steerclear.errors import NotVerified, Refused
from steerclear.record.opening import Opening, parse_opening, print_opening
from steerclear.record.reveal import Revealed, parse_revealed, print_revealed, verify_revealed
from steerclear.services.recorded import opening_of, proof_of

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def codes(data: bytes, channel: Channel) -> list[str]:
    report = verify_revealed(data, channel.charter)
    assert (report.said is None) is bool(report.failures)
    return [failure.code for failure in report.failures]


def test_author_and_recipients_show_the_same_and_a_stranger_checks_it(channel: Channel) -> None:
    notice = channel.file("TUR", area("depot", "TUR"))
    files = {member: opening_of(channel.node(member).ledger, notice.short) for member in ("TUR", "AZE")}
    for data in files.values():
        report = verify_revealed(data, channel.charter)
        assert report.is_verified
        assert not report.doubts
        assert report.said is not None
        assert (report.said.id, report.said.author, report.said.kind) == (notice.id, "TUR", "notice.file")
    author, host = (parse_revealed(data) for data in files.values())
    assert (author.salt, author.statement) == (host.salt, host.statement)


def test_it_can_be_shown_after_the_node_was_started_again_and_the_recipient_keys_are_gone(
    channel: Channel,
) -> None:
    notice = channel.file("TUR", area("camp", "TUR"))
    keys = channel.stations["AZE"].keys
    for name in [name for name in keys.names() if name.purpose == "recipient"]:
        keys.forget(name)
    channel.restart("AZE")
    assert not codes(opening_of(channel.node("AZE").ledger, notice.short), channel)


def test_who_was_not_meant_to_read_it_cannot_show_it(channel: Channel) -> None:
    notice = channel.file("TUR", area("hidden", "TUR"), level="L1")
    with pytest.raises(Refused) as refused:
        opening_of(channel.node("ISR").ledger, notice.short)
    assert refused.value.code == "opening-not-here"


def test_what_stands_in_clear_has_a_receipt_instead(channel: Channel) -> None:
    with pytest.raises(Refused) as refused:
        opening_of(channel.node("TUR").ledger, "TUR-0001")
    assert refused.value.code == "opening-in-clear"


def test_another_statement_or_another_salt_is_not_that_entry(channel: Channel) -> None:
    first, second = (
        channel.file("TUR", area(ref, "TUR", lat=lat)) for ref, lat in (("one", 33.5), ("two", 35.5))
    )
    ledger = channel.node("TUR").ledger
    one, two = (parse_revealed(opening_of(ledger, about.short)) for about in (first, second))
    salt = bytes([one.salt[0] ^ 1]) + one.salt[1:]
    for false in (
        replace(one, salt=salt),
        replace(one, statement=two.statement),
        replace(one, proof=two.proof),
    ):
        assert codes(print_revealed(false), channel) == ["seal-commitment"]
    clear = Revealed(proof_of(ledger, "TUR-0001"), one.statement, one.salt)
    assert codes(print_revealed(clear), channel) == ["opening-of-nothing"]


def test_every_bit_of_salt_and_statement_counts(channel: Channel) -> None:
    notice = channel.file("TUR", area("bits", "TUR"))
    data = opening_of(channel.node("TUR").ledger, notice.short)
    start = data.index(b'"salt"')
    for place in range(start, len(data) - 1, 97):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert codes(changed, channel), place
        except NotVerified:
            continue  # it has no form any more


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"steerclear opening 1", b"steerclear opening 2"),
        lambda data: data.replace(b'"proof":"', b'"proof":null,"x":"', 1),
        lambda data: data[:-1],
        lambda _: b" " * (16_777_216 + 1),
    ],
)
def test_what_has_another_form_is_refused(channel: Channel, change: object) -> None:
    notice = channel.file("TUR", area("form", "TUR"))
    data = opening_of(channel.node("TUR").ledger, notice.short)
    assert parse_revealed(data) == parse_revealed(print_revealed(parse_revealed(data)))
    with pytest.raises(NotVerified):
        parse_revealed(change(data))  # type: ignore[operator]  # each is a function of bytes


def test_a_store_that_was_filled_before_salts_were_kept_is_read_and_shows_nothing(channel: Channel) -> None:
    notice = channel.file("TUR", area("old", "TUR"))
    assert notice.seq is not None
    log = channel.stations["TUR"].disk.logs["TUR", 0]
    kept = log[notice.seq]
    assert kept.opened is not None
    old = print_opening(Opening(parse_opening(kept.opened).statement, None))
    log[notice.seq] = replace(kept, opened=old)
    assert print_opening(parse_opening(old)) == old
    channel.restart("TUR")
    assert channel.notice("TUR", "old").ref == "old"
    with pytest.raises(Refused) as refused:
        opening_of(channel.node("TUR").ledger, notice.short)
    assert refused.value.code == "opening-without-salt"
