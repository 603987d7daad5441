# SPDX-License-Identifier: Apache-2.0
"""Every form has one printer and one parser, exact inverses; and a list of what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.errors import BadInput, NotVerified, SteerclearError
from steerclear.record import (
    Bundle,
    Corner,
    Delegation,
    Envelope,
    FloorMessage,
    Heard,
    Held,
    JsonObject,
    JsonValue,
    KeyRole,
    LogPart,
    Revocation,
    Signature,
    Statement,
    Succession,
    Unreadable,
    beat_body,
    delegate_body,
    found_body,
    fresh_id,
    heard_body,
    heard_of,
    is_id_of,
    join_body,
    keyid_of,
    pae,
    parse_bundle,
    parse_card,
    parse_charter,
    parse_envelope,
    parse_floor,
    parse_leaf,
    parse_signed,
    print_bundle,
    print_card,
    print_charter,
    print_envelope,
    print_floor,
    print_ijson,
    print_note,
    print_signed,
    read_beat_body,
    read_delegate_body,
    read_found_body,
    read_heard_body,
    read_join_body,
    read_revoke_body,
    read_succeed_body,
    require_id_of,
    revoke_body,
    sign_envelope,
    sign_statement,
    statement_hash,
    succeed_body,
)
from steerclear.record.form import instant_field, print_instant

if TYPE_CHECKING:
    from tests.record.conftest import World


def floor_message(world: World) -> FloorMessage:
    stop = world.say("TUR", "stop.call", {"basis": "civilians"}, to=("ISR",), desk="air")
    duty = world.keys["TUR"].delegations(world.now)[3:4]
    return FloorMessage(stop, (world.say("TUR", "key.delegate", delegate_body(duty)),))


def bundle_of(world: World) -> Bundle:
    return Bundle(
        mechanism=world.mechanism,
        sender="AZE",
        at=world.now,
        sizes={member: Held(0, log.size) for member, log in world.logs.items()},
        parts=(
            LogPart("TUR", 0, 0, tuple(world.entries["TUR"]), print_note(world.note("TUR", "ISR"))),
            LogPart("ISR", 0, 1, tuple(world.entries["ISR"][1:])),
        ),
        floor=(floor_message(world),),
        presence={"air": True, "ground": False},
    )


def forms_of(world: World) -> dict[str, tuple[bytes, Callable[[bytes], bytes]]]:
    """One printed example of each form, and what reading and printing makes of it."""
    world.talk(1)
    signed = world.notice("TUR")
    return {
        "envelope": (print_signed(signed), lambda data: print_envelope(parse_envelope(data, where="test"))),
        "statement": (print_signed(signed), lambda data: print_signed(parse_signed(data))),
        "card": (print_card(world.charter.card("TUR")), lambda data: print_card(parse_card(data))),
        "charter": (print_charter(world.charter), lambda data: print_charter(parse_charter(data))),
        "floor": (print_floor(floor_message(world)), lambda data: print_floor(parse_floor(data))),
        "bundle": (print_bundle(bundle_of(world)), lambda data: print_bundle(parse_bundle(data))),
    }


FORMS = ("envelope", "statement", "card", "charter", "floor", "bundle")


@pytest.mark.parametrize("form", FORMS)
def test_reading_and_printing_gives_the_same_bytes(world: World, form: str) -> None:
    data, again = forms_of(world)[form]
    assert again(data) == data


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_byte_is_refused_or_is_another_value_with_its_own_spelling(world: World, form: str) -> None:
    data, again = forms_of(world)[form]
    step = max(1, len(data) // 150)
    for place in range(0, len(data), step):
        for other in (b"0", b" ", b"A", b'"', b"\n", b"\xff", b""):
            changed = data[:place] + other + data[place + 1 :]
            try:
                assert again(changed) == changed
            except SteerclearError:
                continue


@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_off_or_goes_on_is_refused(world: World, form: str) -> None:
    data, again = forms_of(world)[form]
    for changed in (
        b"",
        data[:-1],
        data[: len(data) // 2],
        data + b" ",
        data + b"\n",
        data + data,
        b"null",
        b"[]",
    ):
        with pytest.raises(SteerclearError):
            again(changed)


@pytest.mark.parametrize("form", ["card", "charter", "floor", "statement"])
def test_another_order_a_missing_and_an_additional_field_are_refused(world: World, form: str) -> None:
    data, again = forms_of(world)[form]
    value = json.loads(data)
    names = list(value)
    for changed in (
        {name: value[name] for name in reversed(names)},
        {name: value[name] for name in names[:-1]},
        {**value, "more": 1},
    ):
        with pytest.raises(NotVerified) as refused:
            again(print_ijson(changed))
        assert refused.value.code == "form-fields"


def test_the_published_example_of_dsse() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@settings(deadline=None, derandomize=True)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40),
    st.binary(max_size=80),
    st.sets(st.text("abcdef0123456789:", min_size=1, max_size=9), min_size=1, max_size=4),
)
def test_envelopes_are_exact_inverses(kind: str, payload: bytes, keyids: set[str]) -> None:
    envelope = Envelope(kind, payload, tuple(Signature(one, one.encode()) for one in sorted(keyids)))
    assert parse_envelope(print_envelope(envelope), where="test") == envelope


def test_signatures_stand_in_one_order(bare: World) -> None:
    signers = [bare.keys["TUR"].duty, bare.keys["TUR"].authority]
    assert sign_envelope("t", b"p", signers) == sign_envelope("t", b"p", reversed(signers))
    envelope = sign_envelope("t", b"p", signers)
    swapped = replace(envelope, signatures=envelope.signatures[::-1])
    twice = replace(envelope, signatures=envelope.signatures[:1] * 2)
    for other in (swapped, twice):
        with pytest.raises(NotVerified) as refused:
            parse_envelope(print_envelope(other), where="test")
        assert refused.value.code == "signatures-unordered"
    for unsigned in ([], signers[:1] * 2):
        with pytest.raises(BadInput):
            sign_envelope("t", b"p", unsigned)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 253_402_300_799_999))
def test_instants_are_exact_inverses(at: int) -> None:
    assert instant_field(print_instant(at), "at") == at


@pytest.mark.parametrize(
    "text",
    [
        "2025-04-09T08:00:00Z",
        "2025-04-09T08:00:00.0000Z",
        "2025-04-09 08:00:00.000Z",
        "2025-04-09T08:00:00.000+00:00",
        "2025-04-09T24:00:00.000Z",
        "2025-02-29T08:00:00.000Z",
        "2025-04-09T08:00:60.000Z",
        "1969-12-31T23:59:59.999Z",
        "٢٠٢٥-04-09T08:00:00.000Z",
        1,
        None,
    ],
)
def test_other_spellings_of_an_instant_are_refused(text: str | int | None) -> None:
    with pytest.raises(NotVerified):
        instant_field(text, "at")


@pytest.mark.parametrize("at", [-1, 253_402_300_800_000])
def test_an_instant_that_no_date_can_hold_is_not_printed(at: int) -> None:
    with pytest.raises(NotVerified):
        print_instant(at)


@pytest.mark.parametrize(
    "changed",
    [
        {"mechanism": "AB" * 32},
        {"mechanism": "ab"},
        {"author": "tur"},
        {"author": "T"},
        {"desk": "Air"},
        {"desk": ""},
        {"id": "x"},
        {"kind": "Notice.file"},
        {"kind": "notice.file.more"},
        {"kind": "notice-.file"},
        {"kind": "x" * 49},
        {"kind": "notice.file\n"},
        {"to": ("ISR", "ISR")},
        {"to": ("isr",)},
    ],
    ids=str,
)
def test_a_statement_out_of_form_cannot_be_made(bare: World, changed: dict[str, Any]) -> None:
    with pytest.raises(NotVerified):
        replace(bare.notice("TUR").statement, **changed)


def test_a_statement_that_is_no_statement_is_refused(bare: World) -> None:
    signed = bare.notice("TUR")
    other = replace(signed.envelope, payload_type="application/json")
    with pytest.raises(NotVerified) as refused:
        parse_signed(print_envelope(other))
    assert refused.value.code == "not-a-statement"
    payload = signed.envelope.payload
    for changed in (
        payload.replace(b'"body":{"ref":"n0"}', b'"body":[]'),
        payload.replace(b'"to":["ISR"]', b'"to":"ISR"'),
        payload.replace(b'"to":["ISR"]', b'"to":[1]'),
        payload.replace(b'"kind":"notice.file"', b'"kind":7'),
    ):
        assert changed != payload
        with pytest.raises(NotVerified):
            parse_signed(print_envelope(replace(signed.envelope, payload=changed)))


def test_leaves_are_refused_in_any_other_form(world: World) -> None:
    world.add("TUR", world.notice("TUR"))
    entry = world.entries["TUR"][-1]
    envelope = parse_envelope(entry, where="test")
    heads = b'"heads":{"AZE":['
    assert heads in envelope.payload
    first = envelope.payload.index(heads)
    aze = envelope.payload[first + len(heads) - 7 : envelope.payload.index(b"]", first) + 1]
    for changed in (
        envelope.payload.replace(b'"seq":2', b'"seq":-2'),
        envelope.payload.replace(b'"seq":2', b'"seq":true'),
        envelope.payload.replace(b'"seq":2', b'"seq":"2"'),
        envelope.payload.replace(heads, b'"heads":{"aze":['),
        envelope.payload.replace(aze, aze.replace(b"[0,4", b"[0,0")),
        envelope.payload.replace(b'"AZE":[0,4,', b'"AZE":[4,'),
        envelope.payload.replace(b'"AZE"', b'"XXX"'),
    ):
        assert changed != envelope.payload
        with pytest.raises(NotVerified):
            parse_leaf(print_envelope(replace(envelope, payload=changed)))
    twice = (*envelope.signatures, Signature("z" * 64, b"z"))
    for other in (replace(envelope, signatures=twice), replace(envelope, payload_type="x")):
        with pytest.raises(NotVerified) as refused:
            parse_leaf(print_envelope(other))
        assert refused.value.code == "not-an-entry"


def test_an_entry_that_would_be_too_large_is_not_signed(world: World) -> None:
    with pytest.raises(BadInput) as refused:
        world.write("TUR", world.say("TUR", "signal.send", {"text": "x" * 60_000}))
    assert refused.value.code == "entry-too-large"


def test_texts_are_printable_and_keys_are_texts(bare: World) -> None:
    charter = json.loads(print_charter(bare.charter))
    for name in ("", "two\nlines", "x" * 81, "right\u202eleft", 7):
        with pytest.raises(NotVerified) as refused:
            parse_charter(print_ijson({**charter, "name": name}))
        assert refused.value.code == "form-text"
    card = json.loads(print_card(bare.charter.card("TUR")))
    for keys in ([7], ["AAAA"], [None], ["AAA"], ["\u00e9"]):
        with pytest.raises(NotVerified) as refused:
            parse_card(print_ijson({**card, "root_keys": keys}))
        assert refused.value.code == "form-base64"


def test_an_id_is_bound_to_its_author_and_mechanism() -> None:
    drawn = bytes(range(12))
    bound = hashlib.sha256(b"steerclear/id/v1\n" + b"ab" * 32 + b"\nTUR\n" + drawn).digest()[:4]
    identity = fresh_id(lambda size: bytes(range(size)), mechanism="ab" * 32, author="TUR")
    assert identity == (drawn + bound).hex() == "000102030405060708090a0b" + bound.hex()
    assert is_id_of(identity, mechanism="ab" * 32, author="TUR")
    assert not is_id_of(identity, mechanism="ab" * 32, author="ISR")
    assert not is_id_of(identity, mechanism="cd" * 32, author="TUR")
    for changed in ("01" + identity[2:], identity[:-1] + "g", identity.upper(), identity[:-2], ""):
        assert not is_id_of(changed, mechanism="ab" * 32, author="TUR")


def test_an_id_that_nobody_here_drew_is_refused_by_name(bare: World) -> None:
    identity = bare.identity("TUR")
    require_id_of(identity, ("AZE", "TUR"), mechanism=bare.mechanism, where="AZE 0 7")
    with pytest.raises(NotVerified) as refused:
        require_id_of(identity, ("AZE", "MSF"), mechanism=bare.mechanism, where="AZE 0 7")
    assert (refused.value.code, refused.value.where) == ("id-of-another", "AZE 0 7")
    assert "AZE or MSF" in refused.value.what


def test_bodies_are_exact_inverses(bare: World) -> None:
    delegations = bare.keys["TUR"].delegations(bare.now)
    assert read_delegate_body(delegate_body(delegations)) == delegations
    revocation = Revocation(("ab" * 32, "cd" * 32), "stolen with the laptop")
    assert read_revoke_body(revoke_body(revocation)) == revocation
    succession = Succession(1, 42, "ab" * 32, "node key stolen")
    assert read_succeed_body(succeed_body(succession)) == succession
    unreadable = (Unreadable("TUR", "ab" * 16), Unreadable("ISR", "cd" * 16, "commitment does not match"))
    assert read_beat_body(beat_body(unreadable)) == unreadable
    assert read_found_body(found_body(bare.charter)) == bare.charter
    assert read_join_body(join_body(bare.mechanism)) == bare.mechanism
    message = floor_message(bare)
    author, identity, digest = heard_of(message)
    assert digest == statement_hash(message.statement)
    for heard in (Heard(author, identity, digest), Heard(author, identity, digest, message)):
        assert read_heard_body(heard_body(heard)) == heard
    with pytest.raises(NotVerified):
        Heard(author, identity, "00" * 32, message)


def changed_body(body: JsonObject, **fields: Any) -> JsonObject:
    return {**body, **fields}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "root"),
        ("keyid", "00" * 32),
        ("public", "AAAA"),
        ("desk", "Air"),
        ("from", "2025-04-09"),
        ("until", "1970-01-01T00:00:00.000Z"),
    ],
)
def test_a_delegation_out_of_form_is_refused(bare: World, field: str, value: str) -> None:
    rows = delegate_body(bare.keys["TUR"].delegations(bare.now)[:1])["delegations"]
    assert isinstance(rows, list)
    with pytest.raises(NotVerified):
        read_delegate_body({"delegations": [changed_body(rows[0], **{field: value})]})
    with pytest.raises(NotVerified):
        read_delegate_body({"delegations": []})


def test_a_delegation_says_only_what_a_key_can_be(bare: World) -> None:
    public = bare.keys["TUR"].duty.public
    day = 86_400_000
    Delegation.of(KeyRole.DUTY, public, valid_from=0, valid_until=day, desk="air")
    for role, desk, until in (
        (KeyRole.DUTY, "air", day + 1),
        (KeyRole.NODE, "air", day),
        (KeyRole.NODE, None, 0),
    ):
        with pytest.raises(NotVerified):
            Delegation.of(role, public, valid_from=0, valid_until=until, desk=desk)
    with pytest.raises(NotVerified):
        Delegation(KeyRole.NODE, keyid_of(b"short"), b"short", None, 0, day)


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "judge"},
        {"root_threshold": 0},
        {"root_threshold": 4},
        {"addresses": ("https://a b",)},
        {"root_keys": ()},
    ],
    ids=str,
)
def test_a_card_that_cannot_be_is_refused(bare: World, changed: dict[str, Any]) -> None:
    card = bare.charter.card("TUR")
    with pytest.raises(BadInput):
        replace(card, **changed)
    with pytest.raises(BadInput):
        replace(card, root_keys=(card.root_keys[0], card.root_keys[0]))


def test_a_card_keeps_its_certificate(bare: World) -> None:
    card = replace(bare.charter.card("TUR"), tls_certificate="AAAA")
    assert parse_card(print_card(card)) == card


def test_a_charter_that_cannot_be_is_refused(bare: World) -> None:
    charter = bare.charter
    tur = charter.card("TUR")
    for changed in (
        {"host": "TUR"},
        {"members": charter.members[::-1]},
        {"members": (*charter.members, tur)},
        {"members": (*charter.members[:3], replace(tur, role="host"))},
        {"members": (*charter.members[:3], replace(tur, carrier="TUR"))},
        {"members": (*charter.members[:3], replace(tur, carrier="MSF"))},
        {"members": (*charter.members[:3], replace(tur, carrier="USA"))},
    ):
        with pytest.raises(BadInput):
            replace(charter, **changed)
    with pytest.raises(NotVerified):
        charter.card("USA")
    for name, value in (
        ("theatre", [[0, 0]]),
        ("theatre", [[0, 0], [1, 1], [900_000_001, 0]]),
        ("members", []),
    ):
        with pytest.raises(NotVerified):
            parse_charter(print_ijson({**json.loads(print_charter(charter)), name: value}))
    assert charter.quorum == ("AZE", "ISR", "TUR")
    assert charter.with_log == ("AZE", "ISR", "TUR")
    assert charter.carried_by("AZE") == {"MSF"}
    assert charter.theatre[0] == Corner(320_000_000, 355_000_000)


def test_only_floor_messages_with_their_own_delegations_travel_as_floor_messages(bare: World) -> None:
    message = floor_message(bare)
    with pytest.raises(NotVerified) as kind:
        FloorMessage(bare.notice("TUR"), message.delegations)
    assert kind.value.code == "floor-kind"
    foreign = bare.say("ISR", "key.delegate", delegate_body(bare.keys["ISR"].delegations(bare.now)))
    for other in (foreign, bare.notice("TUR")):
        with pytest.raises(NotVerified) as delegation:
            FloorMessage(message.statement, (other,))
        assert delegation.value.code == "floor-delegation"


def test_a_floor_message_has_at_most_sixteen_kibibytes(bare: World) -> None:
    large = FloorMessage(bare.say("TUR", "stop.call", {"text": "x" * 13_000}), ())
    with pytest.raises(BadInput) as refused:
        print_floor(large)
    assert refused.value.code == "floor-too-large"
    with pytest.raises(NotVerified) as oversize:
        parse_floor(b"x" * 16_385)
    assert oversize.value.code == "floor-oversize"


def test_a_bundle_is_bounded_and_counts_its_lines(world: World) -> None:
    bundle = bundle_of(world)
    data = print_bundle(bundle)
    assert parse_bundle(data) == bundle
    for changed in (
        data.replace(b"bundle/v1", b"bundle/v2"),
        data.replace(b'"count":2', b'"count":3'),
        data.replace(b'"count":2', b'"count":1'),
        data.replace(b'"count":2', b'"count":99'),
        data.replace(b'"floor":1', b'"floor":2'),
        data.replace(b'"checkpoint":null', b'"checkpoint":7'),
        data.replace(b'"AZE":[0,4]', b'"AZE":[0]'),
        data.replace(b'"AZE":[0,4]', b'"ZZZ":[0,4]'),
        data.replace(b'"presence":{"air":true,"ground":false}', b'"presence":{"ground":false,"air":true}'),
        data.replace(b'"presence":{"air":true', b'"presence":{"air":1'),
        data.replace(b'"presence":{"air":true', b'"presence":[{"air":true').replace(b"false}", b"false}]"),
        data + b"\n",
        data.replace(b"\n", b"\n\n"),
    ):
        assert changed != data
        with pytest.raises(NotVerified):
            parse_bundle(changed)
    with pytest.raises(NotVerified) as refused:
        parse_bundle(data, at_most=100)
    assert refused.value.code == "bundle-form"
    for entry in (b"", b"a\nb", b"x" * 65_536):
        with pytest.raises(NotVerified):
            LogPart("TUR", 0, 0, (entry,))


def test_a_bundle_larger_than_a_node_reads_at_once_is_not_printed(bare: World) -> None:
    entries = (b"x" * 65_535,) * 1_100
    bundle = Bundle(bare.mechanism, "TUR", bare.now, {}, (LogPart("TUR", 0, 0, entries),))
    with pytest.raises(BadInput) as refused:
        print_bundle(bundle)
    assert refused.value.code == "bundle-too-large"


def header(parts: Sequence[JsonObject] = (), floor: int = 0, **fields: JsonValue) -> bytes:
    """The first two lines of a bundle that a stranger makes up."""
    head: dict[str, JsonValue] = {
        "mechanism": "ab" * 32,
        "sender": "TUR",
        "at": "2025-04-09T08:00:00.000Z",
        "sizes": {},
        "presence": {},
        "parts": list(parts),
        "floor": floor,
    }
    return b"steerclear/bundle/v1\n" + print_ijson(head | fields) + b"\n"


def part_of(count: int) -> JsonObject:
    return {"member": "TUR", "generation": 0, "start": 0, "count": count, "checkpoint": None}


def rows(count: int, value: JsonValue) -> JsonObject:
    return {f"AA{number:03}": value for number in range(count)}


def test_a_bundle_that_is_large_on_purpose_is_refused_before_it_is_read() -> None:
    """64 MiB of anything costs no more than to look at it once."""
    mebibytes = 1 << 26
    hostile = {
        "newlines": header() + b"\n" * (mebibytes - 400),
        "a header without end": b"steerclear/bundle/v1\n" + b"[" * (mebibytes - 400) + b"\n",
        "a long header": header(presence={"air": "x" * 262_144}),
        "many desks": header(presence=rows(65, True)),
        "many logs": header(sizes=rows(65, [0, 0])),
        "many messages": header(floor=257) + (b"x" * 16_383 + b"\n") * 257,
        "short lines": header([part_of(300_000)]) + b"x\n" * 300_000,
    }
    for name, data in hostile.items():
        began = process_time()
        with pytest.raises(NotVerified) as refused:
            parse_bundle(data)
        assert refused.value.code in ("bundle-form", "bundle-order"), name
        assert process_time() - began < 5, name
    assert len(parse_bundle(header(presence=rows(64, True), sizes=rows(64, [0, 0]))).presence) == 64


def test_no_bundle_is_printed_that_nobody_reads(world: World) -> None:
    def code_of(**fields: Any) -> str:
        with pytest.raises(BadInput) as refused:
            print_bundle(replace(bundle_of(world), **fields))
        return refused.value.code

    note = b"x" * 200_000
    parts = tuple(LogPart("TUR", 0, start, (), note) for start in range(2))
    assert code_of(parts=parts) == "bundle-header-too-large"
    assert code_of(presence=rows(65, True)) == "bundle-header-too-large"
    assert code_of(sizes=rows(65, [0, 0])) == "bundle-header-too-large"
    assert code_of(floor=(floor_message(world),) * 4_097) == "bundle-floor-too-large"
    body: JsonObject = {"text": "x" * 11_000}
    long = FloorMessage(world.say("TUR", "stop.call", body), ())
    assert code_of(floor=(long,) * 300) == "bundle-floor-too-large"
    assert code_of(parts=(LogPart("TUR", 0, 0, (b"x",) * 262_145),)) == "bundle-too-large"


def test_statements_by_hand_have_the_documented_order(bare: World) -> None:
    statement = Statement("ab" * 32, "TUR", None, "cd" * 16, "heard", (), 0, {})
    payload = sign_statement(statement, [bare.keys["TUR"].duty]).envelope.payload
    assert payload == (
        b'{"mechanism":"'
        + b"ab" * 32
        + b'","author":"TUR","desk":null,"id":"'
        + b"cd" * 16
        + b'","kind":"heard"'
        b',"to":[],"at":"1970-01-01T00:00:00.000Z","body":{}}'
    )
