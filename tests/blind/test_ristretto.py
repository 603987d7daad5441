# SPDX-License-Identifier: Apache-2.0
"""Do hash, group and proofs do what RFC 9380, RFC 9496 and RFC 9497 say, and refuse what they refuse?"""

from __future__ import annotations

from hashlib import sha512
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from steerclear.blind import decaf, ristretto, sodium
from steerclear.blind.decaf import has_decaf
from steerclear.blind.proofs import (
    MOST_BATCH,
    adding_up,
    batch_of,
    is_proved,
    is_proved_under,
    proof_bytes,
    proof_under,
    prove,
    seed_of,
    weights_under,
)
from steerclear.blind.ristretto import (
    ORDER,
    expand_message_xmd,
    hash_each_to_ristretto255,
    hash_to_ristretto255,
    hash_to_scalar,
    is_element,
    is_scalar,
    power,
    power_of_each,
    power_of_generator,
    random_scalar,
    require_elements,
)
from steerclear.blind.rows import ALONE, new_rows, rows_of
from steerclear.blind.sodium import LINKED, linked, require_sodium, sodium_version
from steerclear.errors import NotVerified, Unreachable

TAG = b"QUUX-V01-CS02-with-expander-SHA512-256"
FEW = 1_024
"""Slots under a proof, where a test wants more than one."""
LONG, LONGER = b"q128_" + b"q" * 128, b"a512_" + b"a" * 512

EXPANDED = [
    (b"", 32, "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba"),
    (b"abc", 32, "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc"),
    (b"abcdef0123456789", 32, "087e45a86e2939ee8b91100af1583c4938e0f5fc6c9db4b107b83346bc967f58"),
    (LONG, 32, "7336234ee9983902440f6bc35b348352013becd88938d2afec44311caf8356b3"),
    (LONGER, 32, "57b5f7e766d5be68a6bfe1768e3c2b7f1228b3e4b3134956dd73a59b954c66f4"),
    (
        b"abc",
        128,
        (
            "7f1dddd13c08b543f2e2037b14cefb255b44c83cc397c1786d975653e36a6b11"
            "bdd7732d8b38adb4a0edc26a0cef4bb45217135456e58fbca1703cd6032cb134"
            "7ee720b87972d63fbf232587043ed2901bce7f22610c0419751c065922b48843"
            "1851041310ad659e4b23520e1772ab29dcdeb2002222a363f0c2b1c972b3efe1"
        ),
    ),
    (
        LONGER,
        128,
        (
            "05b0bfef265dcee87654372777b7c44177e2ae4c13a27f103340d9cd11c86cb2"
            "426ffcad5bd964080c2aee97f03be1ca18e30a1f14e27bc11ebbd650f305269c"
            "c9fb1db08bf90bfc79b42a952b46daf810359e7bc36452684784a64952c343c5"
            "2e5124cd1f71d474d5197fefc571a92929c9084ffe1112cf5eea5192ebff330b"
        ),
    ),
]
"""RFC 9380, appendix K.3."""

MULTIPLES = """
e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76
6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919
94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259
da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57
e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e
f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403
44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d
903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c
02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031
20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f
bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42
e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460
aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f
46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e
e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e
""".strip().splitlines()
"""RFC 9496, appendix A.1: 1·B to 15·B."""

INVALID = """
00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
0100000000000000000000000000000000000000000000000000000000000000
01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20
c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562
c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78
47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24
f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72
87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309
26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371
4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f
de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b
bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042
2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08
f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22
8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731
2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b
3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e
a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220
d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e
8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32
32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b
227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165
5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e
445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b
ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
""".strip().splitlines()
"""RFC 9496, appendix A.2."""

LABELS = {
    "Ristretto is traditionally a short shot of espresso coffee": (
        "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
    ),
    "made with the normal amount of ground coffee but extracted with": (
        "f26e5b6f7d362d2d2a94c5d0e7602cb4773c95a2e5c31a64f133189fa76ed61b"
    ),
    "about half the amount of water in the same amount of time": (
        "006ccd2a9e6867e6a2c5cea83d3302cc9de128dd2a9a57dd8ee7b9d7ffe02826"
    ),
    "by using a finer grind.": "f8f0c87cf237953c5890aec3998169005dae3eca1fbb04548c635953c817f92a",
    "This produces a concentrated shot of coffee per volume.": (
        "ae81e7dedf20a497e10c304a765c1767a42d6e06029758d2d7e8ef7cc4c41179"
    ),
    "Just pulling a normal shot short will produce a weaker shot": (
        "e2705652ff9f5e44d3e841bf1c251cf7dddb77d140870d1ab2ed64f1a9ce8628"
    ),
    "and is not a Ristretto as some believe.": (
        "80bd07262511cdde4863f8a7434cef696750681cb9510eea557088f76d9e5065"
    ),
}
"""RFC 9496, appendix A.3: SHA-512 of the label, mapped to an element."""

SECRET = bytes.fromhex("e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909")
PUBLIC = bytes.fromhex("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")
PROVED = [
    (
        "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
        "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
        "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
        (
            "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
            "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d"
        ),
    ),
    (
        "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
        "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
        "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
        (
            "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
            "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02"
        ),
    ),
    (
        "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
        (
            "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
            "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654"
        ),
        (
            "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
            "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a"
        ),
        (
            "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
            "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08"
        ),
    ),
]
"""RFC 9497, appendix A.1.2: nonce, blinded elements, evaluated elements, proof."""


def drawn(*scalars: bytes) -> Any:
    """A generator that gives these scalars, widened to the 64 bytes that are asked for."""
    waiting = iter(scalars)
    return lambda size: next(waiting).ljust(size, b"\0")


def number(value: int) -> bytes:
    return value.to_bytes(32, "little")


def seed_of_the_rfc(public: bytes) -> bytes:
    """RFC 9497, 2.2.1: of g^k and a tag, and of no row."""
    tag = b"Seed-OPRFV1-\1-ristretto255-SHA512"
    return sha512(b"\0\x20" + public + len(tag).to_bytes(2, "big") + tag).digest()


def some_elements(count: int) -> Any:
    return hash_each_to_ristretto255(
        b"", rows_of(b"".join(place.to_bytes(4, "big") for place in range(count)), 4), b"tag"
    )


@pytest.mark.parametrize(("message", "length", "expected"), EXPANDED)
def test_expand_message_xmd_of_rfc_9380(message: bytes, length: int, expected: str) -> None:
    assert expand_message_xmd(message, TAG, length).hex() == expected


@pytest.mark.parametrize(("tag", "length"), [(TAG, 16_321), (b"x" * 256, 32)])
def test_what_rfc_9380_does_not_expand(tag: bytes, length: int) -> None:
    with pytest.raises(ValueError, match="255"):
        expand_message_xmd(b"", tag, length)


def test_multiples_of_the_generator_of_rfc_9496() -> None:
    assert [power_of_generator(number(place)).hex() for place in range(1, 16)] == MULTIPLES
    assert all(is_element(bytes.fromhex(one)) for one in MULTIPLES)


@pytest.mark.parametrize("encoding", [*INVALID, "00" * 32, "00" * 31])
def test_what_is_no_element_or_the_identity(encoding: str) -> None:
    assert not is_element(bytes.fromhex(encoding))


@pytest.mark.parametrize("encoding", [*INVALID, "00" * 32])
def test_a_list_with_such_a_row_is_refused_by_its_number(encoding: str) -> None:
    rows = some_elements(5)
    rows[3] = np.frombuffer(bytes.fromhex(encoding), np.uint8)
    for refuse in (require_elements, lambda given: power_of_each(given, SECRET)):
        with pytest.raises(NotVerified) as caught:
            refuse(rows)
        assert (caught.value.code, caught.value.where) == ("blind-element", "slot 3")


@pytest.mark.parametrize(("label", "expected"), LABELS.items())
def test_the_one_way_map_of_rfc_9496(label: str, expected: str) -> None:
    wide = sha512(label.encode()).digest()
    assert require_sodium().crypto_core_ristretto255_from_hash(wide).hex() == expected


def test_the_loop_hashes_as_the_sentence_in_the_rfc_does() -> None:
    rows = rows_of(bytes(range(250)) * 13, 13)
    hashed = hash_each_to_ristretto255(b"begins so", rows, b"tag", workers=2)
    for row, element in zip(rows, hashed, strict=True):
        assert element.tobytes() == hash_to_ristretto255(b"begins so" + row.tobytes(), b"tag")


def test_as_many_cores_as_are_given_give_the_same() -> None:
    rows = some_elements(ALONE + 7)
    alone, together = (power_of_each(rows, SECRET, workers=workers) for workers in (1, 2))
    assert np.array_equal(alone, together)
    rows[ALONE] = 0
    with pytest.raises(NotVerified) as caught:
        power_of_each(rows, SECRET, workers=2)
    assert caught.value.where == f"slot {ALONE}"
    with pytest.raises(NotVerified):
        require_elements(rows, workers=2)


def test_nothing_at_all_is_a_list_too() -> None:
    assert power_of_each(new_rows(0, 32), SECRET).shape == (0, 32)
    assert is_proved(PUBLIC, new_rows(0, 32), new_rows(0, 32), b"")


def test_zero_is_drawn_again() -> None:
    assert random_scalar(drawn(number(0), number(ORDER), number(7))) == number(7)


@pytest.mark.parametrize("given", [number(0), number(ORDER), number(ORDER + 1), b"\xff" * 32, b"\1"])
def test_what_is_no_scalar(given: bytes) -> None:
    assert not is_scalar(given)
    assert is_scalar(number(ORDER - 1))


def test_a_scalar_hashed_is_below_the_order() -> None:
    assert int.from_bytes(hash_to_scalar(b"message", b"tag"), "little") < ORDER


@pytest.mark.parametrize(("nonce", "blinded", "evaluated", "proof"), PROVED)
def test_proofs_of_rfc_9497(nonce: str, blinded: str, evaluated: str, proof: str) -> None:
    masked, raised = (rows_of(bytes.fromhex(given), 32) for given in (blinded, evaluated))
    assert power_of_generator(SECRET) == PUBLIC
    assert np.array_equal(power_of_each(masked, SECRET), raised)
    seed = seed_of_the_rfc(PUBLIC)
    assert proof_under(seed, SECRET, masked, raised, bytes.fromhex(nonce), 1).hex() == proof
    assert is_proved_under(seed, PUBLIC, masked, raised, bytes.fromhex(proof), 1)


def test_an_input_is_hashed_and_blinded_as_in_rfc_9497() -> None:
    element = hash_to_ristretto255(b"\0", b"HashToGroup-OPRFV1-\1-ristretto255-SHA512")
    blind = bytes.fromhex("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706")
    assert power(element, blind).hex() == PROVED[0][1]


@pytest.fixture(scope="module")
def proved() -> tuple[Any, Any, bytes]:
    """Two batches of 513."""
    masked = some_elements(FEW + 2)
    raised = power_of_each(masked, SECRET)
    scalars = iter(number(place) for place in range(1, 9))
    proofs = prove(SECRET, masked, raised, lambda size: next(scalars).ljust(size, b"\0"), most=FEW)
    return masked, raised, proofs


def test_a_list_is_proved_in_batches(proved: tuple[Any, Any, bytes]) -> None:
    masked, raised, proofs = proved
    assert len(proofs) == proof_bytes(len(masked), most=FEW) == 128
    for workers in (1, 2, 3):
        assert is_proved(PUBLIC, masked, raised, proofs, workers=workers, most=FEW)
    assert not is_proved(PUBLIC, masked, raised, proofs)
    whole = prove(SECRET, masked, raised, drawn(number(7)), workers=3)
    assert len(whole) == proof_bytes(len(masked)) == 64
    assert whole == prove(SECRET, masked, raised, drawn(number(7)), workers=1)
    assert is_proved(PUBLIC, masked, raised, whole)


def test_a_proof_under_the_seed_of_the_rfc_is_none_of_ours_and_ours_none_of_its(
    proved: tuple[Any, Any, bytes],
) -> None:
    masked, raised = proved[0][:FEW], proved[1][:FEW]
    ours, its = seed_of(PUBLIC, masked, raised), seed_of_the_rfc(PUBLIC)
    for count in (1, FEW):
        mine, theirs = masked[:count], raised[:count]
        unbound = proof_under(its, SECRET, mine, theirs, number(7), 2)
        assert is_proved_under(its, PUBLIC, mine, theirs, unbound, 2)
        assert not is_proved(PUBLIC, mine, theirs, unbound)
        bound = prove(SECRET, mine, theirs, drawn(number(7)))
        assert is_proved(PUBLIC, mine, theirs, bound)
        assert not is_proved_under(its, PUBLIC, mine, theirs, bound, 2)
    assert ours == seed_of(PUBLIC, masked.copy(), raised.copy()) != its


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("slot", [0, FEW // 2, FEW - 1])
def test_one_row_that_differs_gives_every_row_another_weight(
    proved: tuple[Any, Any, bytes], side: int, slot: int
) -> None:
    """Else whoever proves could choose each row by itself, until the errors of all of them cancel."""
    batch = [proved[0][:FEW], proved[1][:FEW]]
    before = weights_under(seed_of(PUBLIC, batch[0], batch[1]), batch[0], batch[1], 1)
    batch[side] = batch[side].copy()
    batch[side][slot] = np.frombuffer(PUBLIC, np.uint8)
    for workers in (1, 2):
        after = weights_under(seed_of(PUBLIC, batch[0], batch[1]), batch[0], batch[1], workers)
        assert (before != after).any(axis=1).all()


def test_a_row_that_moves_from_one_side_to_the_other_is_another_batch() -> None:
    """The count tells where the one side ends."""
    rows = some_elements(6)
    assert seed_of(PUBLIC, rows[:3], rows[3:]) != seed_of(PUBLIC, rows[:2], rows[2:])


@pytest.mark.parametrize("slot", [0, 512, 513, FEW + 1])
def test_one_wrong_slot_of_a_thousand_is_not_proved(proved: tuple[Any, Any, bytes], slot: int) -> None:
    masked, raised, proofs = proved
    wrong = raised.copy()
    wrong[slot] = np.frombuffer(PUBLIC, np.uint8)
    assert not is_proved(PUBLIC, masked, wrong, proofs, most=FEW)
    wrong[slot] = 0
    assert not is_proved(PUBLIC, masked, wrong, proofs, most=FEW)


def test_what_is_no_proof(proved: tuple[Any, Any, bytes]) -> None:
    masked, raised, proofs = proved
    swapped = proofs[64:] + proofs[:64]
    too_large = number(ORDER) + proofs[32:]
    for other in (b"", proofs[:-1], proofs + bytes(64), swapped, too_large, bytes(128)):
        assert not is_proved(PUBLIC, masked, raised, other, most=FEW)
    assert not is_proved(bytes(32), masked, raised, proofs, most=FEW)
    assert not is_proved(power_of_generator(number(2)), masked, raised, proofs, most=FEW)
    assert not is_proved(PUBLIC, masked[1:], raised, proofs, most=FEW)
    exchanged = raised[[1, 0, *range(2, len(raised))]]
    assert not is_proved(PUBLIC, masked, exchanged, proofs, most=FEW)


@pytest.mark.parametrize(
    ("slots", "batch"),
    [
        (0, 1),
        (1, 1),
        (2_048, 2_048),
        (10_240, 10_240),
        (65_535, MOST_BATCH),
        (65_536, 32_768),
        (100_352, 50_176),
        (1 << 20, 61_681),
    ],
)
def test_a_list_is_proved_at_once_or_in_equal_parts(slots: int, batch: int) -> None:
    """RFC 9497 numbers the slots of a batch with 16 bits."""
    assert batch_of(slots) == batch < 2**16
    assert proof_bytes(slots) == 64 * -(-slots // batch)


@pytest.mark.parametrize("count", [1, 2, 7, 640, FEW])
def test_both_libraries_add_up_alike(count: int) -> None:
    """libdecaf is among what the tests need (tests/debian-packages.txt); without it libsodium does it all."""
    assert has_decaf()
    elements, weights = some_elements(count), new_rows(count, 32)
    for row in range(count):
        scalar = hash_to_scalar(number(row), b"weights")
        weights[row] = np.frombuffer(scalar, np.uint8)
    weights[0] = np.frombuffer(number(ORDER - 1 if count % 2 else 1), np.uint8)
    sums = [new_rows(1, 32)[0] for _ in range(2)]
    for workers in (1, 2, 5):
        for with_decaf in (False, True):
            assert adding_up(with_decaf=with_decaf)(weights, elements, sums[with_decaf], workers) == -1
        assert sums[0].tobytes() == sums[1].tobytes() != bytes(32)


@pytest.mark.parametrize("count", [6, 3 * FEW])
def test_the_sum_of_a_long_list_is_that_of_its_parts(count: int) -> None:
    """With weights that fill all 256 bits, one that carries in every digit, and one that is nothing."""
    assert has_decaf()
    add_up = adding_up(with_decaf=True)
    elements, weights, ones = some_elements(count), new_rows(count, 32), new_rows(3, 32)
    weights[:] = np.random.default_rng(4).integers(0, 256, weights.shape)
    weights[0], weights[1], ones[:, 0] = 255, 0, 1
    parts, whole, again = new_rows(3, 32), *new_rows(2, 32)
    for part, total in zip(np.split(np.arange(count), 3), parts, strict=True):
        assert add_up(weights[part], elements[part], total, 1) == -1
    assert add_up(weights, elements, whole, 3) == add_up(ones, parts, again, 1) == -1
    assert whole.tobytes() == again.tobytes() != bytes(32)


@pytest.mark.parametrize("encoding", [*INVALID, "00" * 32])
def test_both_libraries_refuse_the_same_row_of_a_sum(encoding: str) -> None:
    rows, weights, total = some_elements(5), new_rows(5, 32), new_rows(1, 32)[0]
    weights[:, 0] = range(1, 6)
    rows[3] = np.frombuffer(bytes.fromhex(encoding), np.uint8)
    assert [adding_up(with_decaf=each)(weights, rows, total, 1) for each in (False, True)] == [3, 3]
    many, long = np.tile(rows, (120, 1)), np.tile(weights, (120, 1))
    assert [adding_up(with_decaf=each)(long, many, total, 4) for each in (False, True)] == [3, 3]


def _no_decaf() -> Any:
    raise OSError("libdecaf.so.0: cannot open shared object file")


def test_without_libdecaf_or_with_one_that_adds_otherwise_libsodium_does_it() -> None:
    assert not decaf.linked(_no_decaf)
    assert not decaf.linked(SimpleNamespace)
    assert not decaf.agrees(lambda weights, elements, total, workers: -1)
    assert not decaf.agrees(lambda weights, elements, total, workers: 3)
    assert decaf.agrees(adding_up(with_decaf=False))


def test_a_library_that_is_there_says_its_version() -> None:
    assert sodium_version().split(".")[0] == "1"


def _no_library() -> Any:
    raise ValueError("Unable to find libsodium")


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (_no_library, "none was found"),
        (lambda: SimpleNamespace(sodium=object()), "has no crypto_core_ristretto255_add"),
        (
            lambda: SimpleNamespace(
                sodium=SimpleNamespace(sodium_init=lambda: -1, **dict.fromkeys(LINKED, None))
            ),
            "cannot be initialised",
        ),
    ],
)
def test_a_library_that_is_not_there_is_named_with_the_remedy(opened: Any, words: str) -> None:
    with pytest.raises(Unreachable) as caught:
        linked(opened)
    assert caught.value.code == "libsodium-missing"
    assert words in caught.value.what
    assert "libsodium23" in caught.value.remedy


def test_every_exported_name_is_there() -> None:
    assert all(hasattr(module, name) for module in (ristretto, sodium, decaf) for name in module.__all__)
