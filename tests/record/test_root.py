# SPDX-License-Identifier: Apache-2.0
"""Does a root say only what k of its keys have signed, twice where the charter asks, and what was shown?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.record.conftest import DAY, START, World

from steerclear.errors import BadInput, NotVerified, Refused, SteerclearError
from steerclear.record import (
    Charter,
    Delegation,
    Ed25519Signer,
    FloorMessage,
    JsonObject,
    KeyBook,
    KeyRole,
    Log,
    Revocation,
    SignedStatement,
    Signer,
    Standing,
    Statement,
    Succession,
    delegate_body,
    fresh_id,
    join_body,
    judge_floor,
    judge_remark,
    mechanism_of,
    parse_card,
    parse_charter,
    print_card,
    print_charter,
    print_floor,
    read_delegate_body,
    revoke_body,
    sign_statement,
    succeed_body,
)
from steerclear.record.floor import without_seconds
from steerclear.record.request import RootRequest, parse_request, print_request, request_of
from steerclear.record.root import RootKeys, parse_root, print_root
from steerclear.record.second import PREFIX, SecondSigner, is_second, second_hash


def refusal(attempt: Callable[[], object], error: type[SteerclearError]) -> str:
    with pytest.raises(error) as refused:
        attempt()
    assert refused.value.remedy
    return refused.value.code


def beside(key: Ed25519Signer) -> SecondSigner:
    return SecondSigner.beside(key.private_bytes)


def signing_twice(world: World, *, required: bool = True) -> World:
    """The same members, whose root keys have second keys beside them."""
    members = tuple(
        replace(
            card, root_seconds=tuple(second_hash(beside(key).public) for key in world.keys[card.member].roots)
        )
        for card in world.charter.members
    )
    world.charter = replace(world.charter, members=members, signs_twice=required)
    world.mechanism = mechanism_of(world.charter)
    world.logs = {member: Log(world.charter, member) for member in world.charter.with_log}
    return world


@pytest.fixture(scope="module")
def twice() -> World:
    return signing_twice(World())


def rooted(
    world: World, kind: str, body: JsonObject, *, seconds: int = 2, author: str = "TUR"
) -> SignedStatement:
    """Signed by two root keys of TUR, of which the first ``seconds`` sign twice."""
    roots = world.keys[author].roots[:2]
    signers: list[Signer] = [*roots, *(beside(key) for key in roots[:seconds])]
    return sign_statement(plain(world, kind, body, author=author), signers)


def plain(world: World, kind: str, body: JsonObject, *, author: str = "TUR") -> Statement:
    return Statement(
        mechanism=world.mechanism,
        author=author,
        desk=None,
        id=fresh_id(world.random, mechanism=world.mechanism, author=author),
        kind=kind,
        to=(),
        at=world.now,
        body=body,
    )


def named(world: World) -> JsonObject:
    return delegate_body(world.keys["TUR"].delegations(START))


# ---- the second signature -------------------------------------------------------------------------------


def test_a_second_key_comes_of_the_same_secret_and_is_known_by_its_hash() -> None:
    secret = bytes(range(32))
    one, other = SecondSigner.beside(secret), SecondSigner.beside(secret)
    assert one.public == other.public
    assert one.keyid == PREFIX + second_hash(one.public)
    assert secret.hex() not in repr(one)
    assert len(one.sign(b"said")) == 1_952 + 3_309


def test_a_second_signature_holds_for_its_message_and_its_key_alone() -> None:
    signer = SecondSigner.beside(bytes(32))
    signature, digest = signer.sign(b"said"), second_hash(signer.public)
    assert is_second(signature, b"said", digest)
    assert not is_second(signature, b"sa1d", digest)
    assert not is_second(signature, b"said", "0" * 64)
    assert not is_second(signature[:-1], b"said", digest)
    for place in (0, 1_951, 1_952, 5_260):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not is_second(bytes(changed), b"said", digest)


def test_a_charter_that_asks_for_it_refuses_a_root_statement_without_it(twice: World) -> None:
    log = Log(twice.charter, "TUR")
    for seconds in (0, 1):
        entry = twice.write(
            "TUR", rooted(twice, "key.delegate", named(twice), seconds=seconds), heads={}, seq=0
        )
        assert refusal(lambda entry=entry: log.accept(entry), NotVerified) == "not-signed-twice"  # type: ignore[misc]
    log.accept(twice.write("TUR", rooted(twice, "key.delegate", named(twice)), heads={}, seq=0))
    assert log.size == 1


def test_without_that_word_it_may_be_left_out_and_is_checked_where_it_stands() -> None:
    world = signing_twice(World(), required=False)
    book = KeyBook(world.charter.card("TUR"))
    for seconds in (0, 1, 2):
        judged = book.judge(rooted(world, "key.delegate", named(world), seconds=seconds), at=START)
        assert judged.by_root
        assert judge_remark(judged) is None
    signed = rooted(world, "key.delegate", named(world))
    last = signed.envelope.signatures[-1]
    false = replace(last, sig=last.sig[:-1] + bytes([last.sig[-1] ^ 1]))
    envelope = replace(signed.envelope, signatures=(*signed.envelope.signatures[:-1], false))
    judged = book.judge(replace(signed, envelope=envelope), at=START)
    remark = judge_remark(judged)
    assert remark is not None
    assert remark[0] == "statement-signature"


def test_a_ratification_counts_only_with_the_second_key_that_the_root_named(twice: World) -> None:
    authority = twice.keys["TUR"].authority
    row = Delegation.of(
        KeyRole.AUTHORITY,
        authority.public,
        valid_from=START,
        valid_until=START + DAY,
        second=second_hash(beside(authority).public),
    )
    book = KeyBook(twice.charter.card("TUR"), signs_twice=True)
    book.delegate([row], seq=0)

    def worth(kind: str, *signers: Ed25519Signer | SecondSigner) -> Standing:
        judged = book.judge(sign_statement(plain(twice, kind, {}), signers), at=START)
        return judged.standing_as(KeyRole.AUTHORITY)

    assert worth("annex.ratify", authority) is Standing.NOT_SIGNED_TWICE
    assert worth("annex.ratify", authority, beside(twice.keys["ISR"].authority)) is Standing.NOT_SIGNED_TWICE
    assert worth("annex.ratify", authority, beside(authority)) is Standing.VALID
    assert worth("suspend", authority) is Standing.VALID
    remark = judge_remark(book.judge(sign_statement(plain(twice, "annex.ratify", {}), [authority]), at=START))
    assert remark is not None
    assert remark[0] == "statement-signed-once"


def test_a_floor_message_carries_its_delegations_without_second_signatures(twice: World) -> None:
    duty = twice.keys["TUR"].duty
    rows = [
        Delegation.of(
            KeyRole.DUTY,
            duty.public,
            valid_from=START + day * DAY,
            valid_until=START + (day + 1) * DAY,
            desk="air",
        )
        for day in range(7)
    ]
    chain = without_seconds(rooted(twice, "key.delegate", delegate_body(rows)))
    stop = sign_statement(replace(plain(twice, "stop.call", {}), desk="air"), [duty])
    message = FloorMessage(stop, (chain,))
    print_floor(message)
    assert judge_floor(message, twice.charter, at=START).standing_as(KeyRole.DUTY) is Standing.VALID


def test_card_charter_and_delegation_keep_their_one_spelling(twice: World) -> None:
    card = twice.charter.card("TUR")
    assert parse_card(print_card(card)) == card
    assert parse_charter(print_charter(twice.charter)) == twice.charter
    row = Delegation.of(KeyRole.AUTHORITY, bytes([7] * 32), valid_from=0, valid_until=1, second="ab" * 32)
    assert read_delegate_body(delegate_body([row])) == (row,)


def test_what_cannot_be_asked_of_second_keys_is_refused(bare: World, twice: World) -> None:
    required = replace(bare.charter, signs_twice=False)
    assert refusal(lambda: replace(required, signs_twice=True), BadInput) == "charter-second-keys"
    card = twice.charter.card("TUR")
    assert refusal(lambda: replace(card, root_seconds=card.root_seconds[:2]), BadInput) == "card-seconds"
    spelled = print_charter(twice.charter).replace(b'"required"', b'"optional"')
    assert refusal(lambda: parse_charter(spelled), NotVerified) == "charter-second-policy"
    key = bare.keys["TUR"].node.public
    wrong = lambda: Delegation.of(KeyRole.NODE, key, valid_from=0, valid_until=1, second="ab" * 32)  # noqa: E731
    assert refusal(wrong, NotVerified) == "delegation-second"


# ---- doubt ------------------------------------------------------------------------------------------------


def windows(world: World, *days: float) -> KeyBook:
    book = KeyBook(world.charter.card("TUR"))
    rows = [
        Delegation.of(
            KeyRole.DUTY,
            world.keys["TUR"].duty.public,
            valid_from=int(day * DAY),
            valid_until=int((day + 1) * DAY),
            desk="air",
        )
        for day in days
    ]
    book.delegate(rows, seq=0)
    return book


@pytest.mark.parametrize(
    ("first", "last", "standing"),
    [
        (0.2, 0.8, Standing.VALID),
        (0.5, 1.5, Standing.VALID),  # two days in a row are one
        (1.5, 2.5, Standing.IN_DOUBT),
        (2.2, 2.8, Standing.EXPIRED),
        (2.5, 4.5, Standing.IN_DOUBT),  # a day within, and neither end of it
        (0.5, 3.5, Standing.IN_DOUBT),  # valid at both ends, with a gap between
        (-0.5, 0.5, Standing.IN_DOUBT),
        (-0.5, -0.2, Standing.NOT_YET_VALID),
        (1.0, 1.0, Standing.VALID),
        (2.0, 2.0, Standing.EXPIRED),
    ],
)
def test_a_time_that_is_an_interval_puts_a_key_in_doubt(
    bare: World, first: float, last: float, standing: Standing
) -> None:
    book = windows(bare, 10, 11, 13)
    judged = book.judge(bare.notice("TUR"), at=int((first + 10) * DAY), until=int((last + 10) * DAY))
    assert judged.standing_as(KeyRole.DUTY, desk="air") is standing
    assert (KeyRole.DUTY in judged.roles) is (standing is Standing.VALID)


def test_what_is_in_doubt_is_a_doubt_and_a_revocation_is_none(bare: World) -> None:
    book = windows(bare, 10)
    late = book.judge(bare.notice("TUR"), at=int(10.5 * DAY), until=int(11.5 * DAY))
    remark = judge_remark(late)
    assert remark is not None
    assert remark[0::2] == ("statement-expired-key", False)
    book.revoke([bare.keys["TUR"].duty.keyid], seq=4)
    assert book.revoked == {bare.keys["TUR"].duty.keyid}
    before, after = (
        book.judge(bare.notice("TUR"), at=int(10.5 * DAY), until=int(11.5 * DAY), seq=seq) for seq in (4, 5)
    )
    assert before.standing_as(KeyRole.DUTY) is Standing.IN_DOUBT
    assert after.standing_as(KeyRole.DUTY) is Standing.REVOKED


def test_a_log_judges_within_an_interval(world: World) -> None:
    log = world.logs["TUR"]
    signed = world.notice("TUR")
    doubted = log.judge(signed, log.size, world.now, until=world.now + 40 * DAY)
    assert doubted.standing_as(KeyRole.DUTY) is Standing.IN_DOUBT
    (row, place, revoked), *_ = log.keys.rows()
    assert (row.role, place, revoked) == (KeyRole.NODE, 0, None)


# ---- the request that is carried --------------------------------------------------------------------------


def asked(world: World) -> RootRequest:
    keyid = world.keys["TUR"].duty.keyid
    bodies: Sequence[tuple[str, JsonObject]] = (
        ("key.delegate", named(world)),
        ("charter.join", join_body(world.mechanism)),
        ("key.revoke", revoke_body(Revocation((keyid,), "lost"))),
        ("log.succeed", succeed_body(Succession(1, 4, "ab" * 32, "stolen"))),
    )
    return request_of(world.charter.card("TUR"), [plain(world, kind, body) for kind, body in bodies])


def test_a_request_collects_signatures_until_they_are_enough(bare: World) -> None:
    request, roots = asked(bare), bare.keys["TUR"].roots
    assert parse_request(print_request(request)) == request
    assert refusal(lambda: request.signed_statements(twice=False), Refused) == "request-unsigned"
    once = parse_request(print_request(request.with_signatures([roots[2]])))
    assert (once.missing, once.signed_by) == (1, (roots[2].keyid,))
    assert refusal(lambda: once.with_signatures([roots[2]]), Refused) == "request-signed-already"
    done = parse_request(print_request(once.with_signatures([roots[0]])))
    assert (done.missing, done.digest, done.mechanism) == (0, request.digest, bare.mechanism)
    said = done.signed_statements(twice=False)
    assert [one.statement.kind for one in said] == [one.kind for one in request.statements]
    book = KeyBook(bare.charter.card("TUR"))
    assert all(book.judge(one, at=START).by_root for one in said)
    assert refusal(lambda: done.signed_statements(twice=True), Refused) == "request-unsigned"


def test_a_request_takes_second_signatures_beside_the_first(twice: World) -> None:
    request = asked(twice)
    for key in twice.keys["TUR"].roots[:2]:
        request = parse_request(print_request(request.with_signatures([key, beside(key)])))
    assert len(request.signed_statements(twice=True)) == 4


def test_a_request_is_signed_by_root_keys_of_its_member_alone(bare: World) -> None:
    assert (
        refusal(lambda: asked(bare).with_signatures(bare.keys["ISR"].roots), Refused) == "request-other-root"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda said: replace(said, kind="notice.file"),
        lambda said: replace(said, author="ISR"),
        lambda said: replace(said, to=("ISR",)),
        lambda said: replace(said, desk="air"),
        lambda said: replace(said, id="00" * 16),
        lambda said: replace(said, kind="charter.join", body={"charter": "ab" * 32}),
        lambda said: replace(said, kind="key.revoke"),
    ],
)
def test_nothing_is_put_before_a_root_that_it_does_not_say(
    bare: World, change: Callable[[Statement], Statement]
) -> None:
    card = bare.charter.card("TUR")
    odd = change(plain(bare, "key.delegate", named(bare)))
    with pytest.raises(NotVerified):
        request_of(card, [odd])


def test_one_mechanism_a_request_and_not_too_much_of_it(bare: World) -> None:
    card = bare.charter.card("TUR")
    here = plain(bare, "key.delegate", named(bare))
    other = World("another")
    there = plain(other, "key.delegate", named(bare))
    assert refusal(lambda: request_of(card, [here, there]), NotVerified) == "root-request-form"
    assert refusal(lambda: request_of(card, []), BadInput) == "request-size"


def test_a_founding_is_asked_for_with_the_charter_in_it(bare: World) -> None:
    body: JsonObject = {"charter": json.loads(print_charter(bare.charter))}
    request = request_of(bare.charter.card("TUR"), [plain(bare, "charter.found", body)])
    assert parse_request(print_request(request)) == request
    foreign: Charter = replace(bare.charter, name="other")
    body = {"charter": json.loads(print_charter(foreign))}
    wrong = plain(bare, "charter.found", body)
    assert refusal(lambda: request_of(bare.charter.card("TUR"), [wrong]), NotVerified) == "root-request-form"


def test_a_request_that_was_touched_is_refused(bare: World, twice: World) -> None:
    request = asked(bare).with_signatures([bare.keys["TUR"].roots[0]])
    spelled = json.loads(print_request(request))

    def changed(**fields: object) -> bytes:
        return json.dumps({**spelled, **fields}, separators=(",", ":")).encode()

    row = spelled["statements"][0]
    signature = row["signatures"][0]
    others = spelled["statements"][1:]
    moved = {**row, "signatures": others[0]["signatures"]}
    doubled = {**row, "signatures": [signature, signature]}
    stranger = {**row, "signatures": [{**signature, "keyid": PREFIX + "ab" * 32}]}
    for data in (
        changed(form="steerclear root request 2"),
        changed(statements=[moved, *others]),
        changed(statements=[doubled, *others]),
        changed(statements=[stranger, *others]),
        b" " * (4 * 1024 * 1024 + 1),
    ):
        assert refusal(lambda data=data: parse_request(data), NotVerified) == "root-request-form"  # type: ignore[misc]


# ---- the public half of a root ----------------------------------------------------------------------------


def test_a_root_is_printed_and_read_in_one_spelling(twice: World) -> None:
    card = twice.charter.card("TUR")
    for seconds in ((), card.root_seconds):
        root = RootKeys(threshold=2, keys=card.root_keys, seconds=seconds)
        assert parse_root(print_root(root)) == root
        assert root.keyids == card.root_keyids


def test_what_can_be_no_root_is_refused(bare: World) -> None:
    keys = bare.charter.card("TUR").root_keys
    for threshold, several, seconds in (
        (4, keys, ()),
        (0, keys, ()),
        (1, (keys[0], keys[0]), ()),
        (1, keys, ("ab" * 32,)),
        (1, (bytes(32),), ()),
    ):
        wrong = lambda t=threshold, k=several, s=seconds: RootKeys(threshold=t, keys=k, seconds=s)  # noqa: E731
        assert refusal(wrong, BadInput) == "root-form"
    other = print_root(RootKeys(threshold=1, keys=keys)).replace(b"root 1", b"root 2")
    assert refusal(lambda: parse_root(other), NotVerified) == "root-unknown-form"
