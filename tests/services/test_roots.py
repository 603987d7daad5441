# SPDX-License-Identifier: Apache-2.0
"""Does a node get its keys from a root that is somewhere else, and go on when they are replaced?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.services.conftest import (
    DESKS,
    HOST,
    THEATRE,
    Channel,
    MemoryMark,
    Station,
    area,
    certificates,
    copy_of,
    ratified,
)

from steerclear.errors import BadInput, NotVerified, Refused, SteerclearError
from steerclear.links.keyfile import KeyName, Passphrase, Unencrypted, write_key_file
from steerclear.links.keystore import MemoryKeystore
from steerclear.links.randomness import SeededRandomness
from steerclear.model.annex import AnnexName
from steerclear.model.member import MemberId, Role
from steerclear.model.time import parse_instant
from steerclear.record.charter import Charter
from steerclear.record.identity import fresh_id
from steerclear.record.keybook import Standing
from steerclear.record.keys import KeyRole, Revocation, delegate_body, revoke_body
from steerclear.record.leaf import parse_leaf, sign_leaf
from steerclear.record.request import parse_request, print_request
from steerclear.record.root import parse_root
from steerclear.record.second import PREFIX
from steerclear.record.statement import Statement, sign_statement
from steerclear.services.answers import RootAsked
from steerclear.services.ceremony import PUBLIC_FILE, make_root, sign_request, spoken
from steerclear.services.found import begin_log, charter_of, has_begun, make_card, standing_row
from steerclear.services.requests import NameKeys, RevokeKeys
from steerclear.services.roots import ask_to_begin, keys_of, name_keys, revoke_keys, take_signed
from steerclear.services.speak import root_says
from steerclear.store.memory import MemoryDisk

WEAK = Passphrase("three blind mice", log_n=14)


def refusal(attempt: Callable[[], object], error: type[SteerclearError]) -> str:
    with pytest.raises(error) as refused:
        attempt()
    assert refused.value.remedy
    return refused.value.code


def signed(asked: RootAsked, stick: Path, *numbers: int) -> bytes:
    """The request after these root keys have signed it, one after another."""
    request = parse_request(asked.request.encode())
    for number in numbers:
        request, _ = sign_request(request, stick / f"root-{number}.json", lambda _: Unencrypted())
    return print_request(request)


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2 of 3 root keys of TUR."""
    folder = tmp_path_factory.mktemp("table") / "stick"
    draw = SeededRandomness("root of TUR").bytes
    make_root(folder, threshold=2, protections=[Unencrypted()] * 3, signs_twice=True, random=draw)
    return folder


@pytest.fixture
def apart(stick: Path) -> Channel:
    """TUR, whose root lies on the stick, and the host with a root of its own. No log has begun."""
    chance = SeededRandomness("apart")
    keys = {member: MemoryKeystore(chance.fork(member).bytes) for member in ("TUR", HOST)}
    roots = {"TUR": parse_root((stick / PUBLIC_FILE).read_bytes()), HOST: None}
    cards = [
        make_card(
            keys[member],
            member=MemberId(member),
            role=Role.HOST if member == HOST else Role.PARTY,
            desks=DESKS[:1],
            addresses=(),
            certificate=certificates()[member],
            root=roots[member],
            signs_twice=member == HOST,
        )
        for member in keys
    ]
    charter: Charter = charter_of(cards, name="apart", drill=True, theatre=THEATRE, signs_twice=True)
    stations = {
        member: Station(MemoryDisk(), keys[member], MemoryMark(), chance.fork(f"node {member}"))
        for member in keys
    }
    channel = Channel(charter, stations, parse_instant("2025-04-10T05:00:00.000Z"))
    begin_log(channel.node(HOST).ledger, founds=True)
    return channel


@pytest.fixture(scope="module")
def running() -> Channel:
    return ratified()


@pytest.fixture
def channel(running: Channel) -> Channel:
    return copy_of(running)


# ---- a root that is somewhere else ----------------------------------------------------------------------


def test_a_log_begins_when_the_request_comes_back_signed_by_enough(apart: Channel, stick: Path) -> None:
    ledger = apart.node("TUR").ledger
    asked = ask_to_begin(ledger, founds=False)
    assert (asked.missing, asked.receipts) == (2, ())
    assert refusal(lambda: take_signed(ledger, asked.request.encode()), Refused) == "request-unsigned"
    assert refusal(lambda: take_signed(ledger, signed(asked, stick, 1)), Refused) == "request-unsigned"
    assert ledger.own.size == 0
    assert refusal(lambda: name_keys(ledger, NameKeys(role="ahead")), Refused) == "log-not-begun"
    assert any("not begun" in alarm for alarm in apart.node("TUR").status({}).alarms)
    done = signed(asked, stick, 3, 1)
    receipts = take_signed(ledger, done)
    assert has_begun(ledger)
    assert [one.kind for one in receipts[:2]] == ["key.delegate", "charter.join"]
    assert len(receipts) == ledger.own.size == 8  # standing keys, joining, recipients, five weeks of one desk
    assert refusal(lambda: take_signed(ledger, done), Refused) == "request-taken"
    assert ledger.recipient_keys("TUR")


def test_the_words_say_everything_that_is_asked_for(apart: Channel) -> None:
    asked = ask_to_begin(apart.node("TUR").ledger, founds=False)
    node, authority, witness, joining, recipients, *weeks = asked.says
    roles = [line.split(" as ")[1].split(",")[0] for line in (node, authority, witness)]
    assert roles == ["node key", "authority key", "witness key"]
    assert joining == f"join the mechanism {apart.node('TUR').ledger.mechanism}"
    assert recipients == ("name 35 recipient keys, one a day, from 2025-04-10T00:00Z until 2025-05-15T00:00Z")
    assert len(weeks) == 5
    assert weeks[0].endswith("as duty key for the air desk, from 2025-04-10T00:00Z until 2025-04-17T00:00Z")
    assert spoken("09af")[0] == "ZERO NINER ALFA FOXTROT"


def test_a_request_of_another_node_is_not_filed(apart: Channel, stick: Path) -> None:
    done = signed(ask_to_begin(apart.node("TUR").ledger, founds=False), stick, 1, 2)
    assert refusal(lambda: take_signed(apart.node(HOST).ledger, done), Refused) == "request-of-another"


def test_keys_are_named_ahead_and_revoked_by_request(apart: Channel, stick: Path) -> None:
    ledger = apart.node("TUR").ledger
    take_signed(ledger, signed(ask_to_begin(ledger, founds=False), stick, 1, 2))
    assert refusal(lambda: name_keys(ledger, NameKeys(role="ahead")), Refused) == "nothing-to-name"
    apart.at("2025-05-01T00:00:00.000Z")
    weeks = name_keys(ledger, NameKeys(role="ahead"))
    only = name_keys(ledger, NameKeys(role="recipient"))
    assert len(only.says) == 1 < len(weeks.says)
    take_signed(ledger, signed(weeks, stick, 2, 3))
    air = ledger.keys.signer(KeyName("duty", "air")).keyid
    gone = revoke_keys(ledger, RevokeKeys(keyids=(air[:12],), reason="the officer left"))
    assert gone.says == (f"revoke {air[:16]}… for ever: the officer left",)
    (receipt,) = take_signed(ledger, signed(gone, stick, 1, 3))
    rows = [row for row in keys_of(ledger).keys if row.keyid == air]
    assert {row.state for row in rows} == {"revoked"}
    assert {row.revoked_at for row in rows} == {receipt.short}
    # A key that was revoked never returns, and what it signs is worth nothing.
    assert not ledger.own.keys.holders(KeyRole.DUTY, at=ledger.now())


def test_what_holds_is_shown_with_its_place_and_who_signed(apart: Channel, stick: Path) -> None:
    ledger = apart.node("TUR").ledger
    take_signed(ledger, signed(ask_to_begin(ledger, founds=False), stick, 1, 2))
    shown = keys_of(ledger)
    assert (shown.root_threshold, len(shown.root_keyids), shown.second_keys, shown.root_here) == (
        2,
        3,
        True,
        False,
    )
    node = next(row for row in shown.keys if row.role == "node")
    assert (node.state, node.named_at, node.revoked_at, node.held) == ("holds", "TUR-0000", None, True)
    plain = {keyid for keyid in node.signed_by if not keyid.startswith(PREFIX)}
    assert plain == set(shown.root_keyids[:2])
    days = [row.state for row in shown.keys if row.role == "recipient"]
    assert days == ["holds"] + ["not yet"] * 34
    apart.at("2025-04-11T05:00:00.000Z")
    assert [row.state for row in keys_of(ledger).keys if row.role == "recipient"][:2] == ["expired", "holds"]
    others = keys_of(ledger, HOST)
    assert (others.member, others.keys) == (HOST, ())
    assert refusal(lambda: keys_of(ledger, "NOBODY"), BadInput) == "key-member"


# ---- replaced while the node runs ------------------------------------------------------------------------


def test_a_fresh_node_key_takes_over_and_the_others_go_along(channel: Channel) -> None:
    ledger = channel.node("TUR").ledger
    old = ledger.keys.signer(KeyName("node"))
    asked = name_keys(ledger, NameKeys(role="node", fresh=True))
    assert [one.kind for one in asked.receipts] == ["key.delegate", "key.revoke"]
    new = ledger.keys.signer(KeyName("node"))
    assert new.keyid != old.keyid
    channel.file("TUR", area("depot", "TUR", kind="hazard"))
    channel.settle()
    assert channel.node("ISR").ledger.logs["TUR"].size == ledger.own.size
    assert [one.keyid for one in ledger.own.keys.holders(KeyRole.NODE)] == [new.keyid]
    channel.restart("TUR")
    channel.file("TUR", area("again", "TUR", kind="hazard"))


def test_a_power_cut_before_the_fresh_key_took_over_is_made_good_at_the_start(channel: Channel) -> None:
    ledger = channel.node("TUR").ledger
    new = ledger.keys.make_successor(KeyName("node"))
    row = standing_row(ledger, KeyRole.NODE, new.public)
    old = Revocation((ledger.keys.signer(KeyName("node")).keyid,), "replaced")
    root_says(ledger, "key.delegate", delegate_body([row]))
    root_says(ledger, "key.revoke", revoke_body(old))
    channel.restart("TUR", store=channel.stations["TUR"].store)
    assert channel.node("TUR").ledger.keys.signer(KeyName("node")).keyid == new.keyid
    channel.file("TUR", area("depot", "TUR", kind="hazard"))


def test_an_entry_that_the_old_node_key_signs_afterwards_is_refused(channel: Channel) -> None:
    thief = channel.stations["TUR"].keys.signer(KeyName("node"))
    ledger = channel.node("TUR").ledger
    name_keys(ledger, NameKeys(role="node", fresh=True))
    channel.settle()
    mirror = channel.node("ISR").ledger.logs["TUR"]
    (last,) = ledger.store.leaves("TUR", 0, ledger.own.size - 1, ledger.own.size)
    beat = sign_statement(
        Statement(
            mechanism=ledger.mechanism,
            author="TUR",
            desk=None,
            id=fresh_id(SeededRandomness("thief").bytes, mechanism=ledger.mechanism, author="TUR"),
            kind="node.beat",
            to=(),
            at=ledger.now(),
            body={"unreadable": []},
        ),
        [thief],
    )
    forged = replace(parse_leaf(last), seq=mirror.size, at=mirror.last_at, heads=mirror.heads, content=beat)
    assert refusal(lambda: mirror.accept(sign_leaf(forged, thief)), NotVerified) == "entry-not-signed"


@pytest.mark.parametrize("role", ["authority", "witness"])
def test_other_standing_keys_are_replaced_alike(channel: Channel, role: str) -> None:
    ledger = channel.node("TUR").ledger
    name = KeyName("authority" if role == "authority" else "witness")
    old = ledger.keys.signer(name).keyid
    name_keys(ledger, NameKeys(role="authority" if role == "authority" else "witness", fresh=True))
    assert ledger.keys.signer(name).keyid != old
    assert not ledger.keys.has(KeyName("next", role))
    assert refusal(lambda: name_keys(ledger, NameKeys(role="node")), Refused) == "nothing-to-name"


def test_a_desk_gets_a_key_or_another_one(channel: Channel) -> None:
    ledger = channel.node("TUR").ledger
    name_keys(ledger, NameKeys(role="duty", desk="night", days=3))
    night = ledger.keys.signer(KeyName("duty", "night")).keyid
    rows = [one for one in ledger.own.keys.holders(KeyRole.DUTY) if one.desk == "night"]
    assert [one.keyid for one in rows] == [night] * 3
    name_keys(ledger, NameKeys(role="duty", desk="night", fresh=True, days=1))
    assert ledger.keys.signer(KeyName("duty", "night")).keyid != night
    elsewhere = MemoryKeystore(SeededRandomness("elsewhere").bytes).make_signer(KeyName("duty", "air"))
    name_keys(ledger, NameKeys(role="duty", desk="air", public=elsewhere.public.hex(), days=1))
    now = ledger.own.keys.holders(KeyRole.DUTY, at=ledger.now())
    assert elsewhere.keyid in {one.keyid for one in now}


def test_what_makes_no_sense_is_not_asked_of_the_root(channel: Channel) -> None:
    ledger = channel.node("TUR").ledger
    for wrong in (
        NameKeys(role="duty"),
        NameKeys(role="node", desk="air"),
        NameKeys(role="ahead", fresh=True),
        NameKeys(role="node", fresh=True, public="ab" * 32),
        NameKeys(role="duty", desk="air", days=36),
    ):
        assert refusal(lambda wrong=wrong: name_keys(ledger, wrong), BadInput) == "key-options"  # type: ignore[misc]
    for public in ("ab" * 31, "no hex"):
        odd = NameKeys(role="authority", public=public)
        assert refusal(lambda odd=odd: name_keys(ledger, odd), BadInput) == "key-public"  # type: ignore[misc]
    assert (
        refusal(lambda: revoke_keys(ledger, RevokeKeys(keyids=(), reason="x")), BadInput) == "revoke-nothing"
    )
    node = ledger.keys.signer(KeyName("node")).keyid
    for keyid in ("ab" * 32, node[:6]):
        odd_one = RevokeKeys(keyids=(keyid,), reason="x")
        assert refusal(lambda o=odd_one: revoke_keys(ledger, o), BadInput) == "key-unknown"  # type: ignore[misc]
    last = RevokeKeys(keyids=(node,), reason="stolen")
    assert refusal(lambda: revoke_keys(ledger, last), Refused) == "revoke-last-node-key"


def test_a_recipient_key_that_was_revoked_is_followed_by_another(channel: Channel) -> None:
    ledger = channel.node("TUR").ledger
    today = ledger.keys.recipients()["2025-04-10"]
    revoke_keys(ledger, RevokeKeys(keyids=(today.keyid,), reason="the disk was copied"))
    assert not ledger.recipient_keys("TUR")
    asked = name_keys(ledger, NameKeys(role="recipient"))
    assert asked.says == ("name a recipient key, from 2025-04-10T00:00Z until 2025-04-11T00:00Z",)
    other = ledger.keys.recipients()["2025-04-10-2"]
    assert [one.public for one in ledger.recipient_keys("TUR")] == [other.public] != [today.public]
    assert ledger.keys.has(KeyName("recipient", "2025-04-10")), "it still opens what was sealed before"


def test_a_revoked_key_is_not_named_again(channel: Channel) -> None:
    ledger = channel.node("TUR").ledger
    air = ledger.keys.signer(KeyName("duty", "air")).keyid
    revoke_keys(ledger, RevokeKeys(keyids=(air,), reason="lost"))
    assert refusal(lambda: name_keys(ledger, NameKeys(role="duty", desk="air")), Refused) == "key-revoked"
    channel.at("2025-05-01T00:00:00.000Z")
    ahead = name_keys(ledger, NameKeys(role="ahead"))
    assert not any(air[:16] in line for line in ahead.says)
    fresh = name_keys(ledger, NameKeys(role="duty", desk="air", days=1, fresh=True))
    assert [one.kind for one in fresh.receipts] == ["key.delegate"]
    assert ledger.own.keys.holders(KeyRole.DUTY, at=ledger.now())[-1].desk == "air"


# ---- signed twice ------------------------------------------------------------------------------------------


def test_under_a_charter_that_asks_for_it_annexes_come_into_force_by_two_signatures() -> None:
    channel = ratified(signs_twice=True)
    view = channel.node("ISR").ledger.view
    assert view.annexes.in_force(AnnexName.NOTICES, channel.clock.now()) is not None
    ledger = channel.node("TUR").ledger
    second = ledger.keys.second(KeyName("authority")).keyid
    log = ledger.own
    found = 0
    for stored in ledger.store.entries("TUR", 0):
        said = ledger.said_in(stored)
        if said is not None and said.statement.kind == "annex.ratify":
            found += 1
            assert second in {one.keyid for one in said.envelope.signatures}
            judged = log.judge(said, stored.seq, log.at_of(stored.seq))
            assert judged.standing_as(KeyRole.AUTHORITY) is Standing.VALID
    assert found


# ---- at the table ------------------------------------------------------------------------------------------


def test_root_keys_lie_in_files_of_their_own_under_their_own_passphrases(tmp_path: Path) -> None:
    other = Passphrase("see how they run", log_n=14)
    root = make_root(tmp_path / "stick", threshold=2, protections=[WEAK, other])
    assert len(root.keys) == 2
    assert root.seconds == ()
    files = sorted((tmp_path / "stick").iterdir())
    assert [path.name for path in files] == ["root-1.json", "root-2.json", "root.json"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_root_that_cannot_be_is_not_made(tmp_path: Path) -> None:
    def make(folder: Path, threshold: int, count: int) -> None:
        make_root(folder, threshold=threshold, protections=[Unencrypted()] * count)

    assert refusal(lambda: make(tmp_path / "a", 3, 2), BadInput) == "root-form"
    make(tmp_path / "b", 1, 1)
    assert refusal(lambda: make(tmp_path / "b", 1, 1), Refused) == "key-exists"
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    assert refusal(lambda: make(tmp_path / "open", 1, 1), Refused) == "keys-too-open"
    assert list((tmp_path / "open").iterdir()) == []
    (tmp_path / "half").mkdir(mode=0o700)
    (tmp_path / "half" / "root-2.json").write_bytes(b"")
    assert refusal(lambda: make(tmp_path / "half", 1, 2), Refused) == "key-exists"
    assert [path.name for path in (tmp_path / "half").iterdir()] == ["root-2.json"]


def test_only_a_root_key_that_opens_signs(apart: Channel, tmp_path: Path, stick: Path) -> None:
    request = parse_request(ask_to_begin(apart.node("TUR").ledger, founds=False).request.encode())
    make_root(tmp_path / "own", threshold=1, protections=[WEAK])
    key = tmp_path / "own" / "root-1.json"
    wrong = Passphrase("three blind cats", log_n=14)
    assert refusal(lambda: sign_request(request, key, lambda _: wrong), Refused) == "passphrase-wrong"
    assert (
        refusal(lambda: sign_request(request, key, lambda _: Unencrypted()), Refused) == "passphrase-missing"
    )
    assert refusal(lambda: sign_request(request, key, lambda _: WEAK), Refused) == "request-other-root"
    bare = stick / "root-1.json"
    assert refusal(lambda: sign_request(request, bare, lambda _: WEAK), Refused) == "key-not-encrypted"
    write_key_file(tmp_path / "node.json", KeyName("node"), bytes(32), Unencrypted())
    node = tmp_path / "node.json"
    assert refusal(lambda: sign_request(request, node, lambda _: Unencrypted()), Refused) == "not-a-root"
    node.write_bytes(node.read_bytes().replace(b'"private":"00', b'"private":"01'))
    assert (
        refusal(lambda: sign_request(request, node, lambda _: Unencrypted()), NotVerified)
        == "key-file-damaged"
    )
