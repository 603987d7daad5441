# SPDX-License-Identifier: Apache-2.0
"""Do two parsers ever disagree? Each of ours on mutated files, beside another where there is one.

    ours reads it   ──► it prints back to the same bytes, and the other reads the same thing
    ours refuses it ──► by an error of our tree, never by another; what the other reads does not matter

A parser gets thousands of files, a minute of them where it is decided whether a change lands, and 5 million
in `make soak-parsers`; always the same ones in the same order. A file on which two disagree is written to
build/mutations/; kept in tests/interop/seeds/FORM/, it is tried first for ever.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest
from securesystemslib.dsse import Envelope as TheirEnvelope
from tests.effort import effort
from tests.interop.conftest import Ask, hexed
from tests.interop.mutations import mutated

from steerclear.errors import NotVerified, SteerclearError
from steerclear.record import (
    AddCheckpoint,
    Envelope,
    Note,
    NoteKey,
    TilePath,
    TlogProof,
    parse_add_checkpoint,
    parse_bundle,
    parse_card,
    parse_charter,
    parse_checkpoint,
    parse_entries,
    parse_envelope,
    parse_floor,
    parse_ijson,
    parse_note,
    parse_proof,
    parse_signed,
    parse_signed_leaf,
    parse_tile_path,
    parse_vkey,
    print_add_checkpoint,
    print_bundle,
    print_card,
    print_charter,
    print_checkpoint,
    print_entries,
    print_envelope,
    print_floor,
    print_ijson,
    print_note,
    print_proof,
    print_signed,
    print_tile_path,
    print_vkey,
)

FEWEST: Final = effort(test=10_000, ci=10_000, soak=5_000_000)
"""Files a parser."""
FOR_S: Final = effort(test=0, ci=60, soak=0)
"""So long a parser is given more of them."""
AT_ONCE: Final = 2_000
HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE.parent / "golden" / "record"
PATH: Final = TilePath(None, 0, 3)

Reading = str | None
Others = Callable[[Sequence[bytes]], Sequence[Reading]]


@dataclass(frozen=True)
class Form:
    """``again`` reads and prints; ``ours`` reads and tells, in the words of the other parser (``others``)."""

    seeds: tuple[bytes, ...]
    again: Callable[[bytes], bytes]
    ours: Callable[[bytes], Reading] | None = None
    others: str | None = None


def golden(*names: str) -> tuple[bytes, ...]:
    return tuple((GOLDEN / name).read_bytes() for name in names)


def entries() -> tuple[bytes, ...]:
    """The three entries in clear, and the sealed one."""
    return (*golden("TUR.entries.jsonl")[0].splitlines(), *golden("TUR.sealed-entry.json"))


def note_reading(note: Note) -> str:
    lines = (f"{one.name.encode().hex()}:{one.key_id.hex()}:{one.signature.hex()}" for one in note.signatures)
    return f"{note.text.encode().hex()} {','.join(lines)}"


def tree_reading(data: bytes) -> str:
    found = parse_checkpoint(data.decode())
    return f"{found.origin} {found.size} {found.root}"


def vkey_reading(data: bytes) -> Reading:
    """Theirs knows keys of type 1 alone."""
    key = parse_vkey(data.decode())
    return f"{key.name.encode().hex()}:{key.key_id.hex()}" if key.kind == 1 else None


def envelope_reading(kind: str, payload: bytes, signatures: Sequence[tuple[str, str]]) -> str:
    return repr((kind, payload, sorted(signatures)))


def our_envelope(envelope: Envelope) -> str:
    return envelope_reading(
        envelope.payload_type,
        envelope.payload,
        [(one.keyid, one.sig.hex()) for one in envelope.signatures],
    )


def proof_reading(proof: TlogProof) -> str:
    return repr((proof.extra, proof.index, list(proof.hashes), print_note(proof.checkpoint)))


def request_reading(request: AddCheckpoint) -> str:
    return repr((request.old_size, list(request.proof), print_note(request.note)))


def text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    """A parser of text, for bytes: what is no UTF-8 is refused before it."""

    def of_bytes(data: bytes) -> Any:
        try:
            whole = data.decode()
        except UnicodeDecodeError as error:
            raise NotVerified("not-utf-8", "It is no text.", remedy="Refuse it.") from error
        return read(whole)

    return of_bytes


def _without_extra(proof: bytes) -> bytes:
    return re.sub(rb"extra [^\n]*\n", b"", proof)


CHECKPOINT, PROOF = golden("TUR.checkpoint.note", "notice.tlog-proof")
REQUEST = b"old 2\n" + PROOF.partition(b"index 2\n")[2]
VKEYS = tuple(
    print_vkey(NoteKey(name, kind, bytes(range(32)))).encode()
    for name, kind in (("steerclear/x/TUR/0", 1), ("PeterNeumann", 1), ("steerclear/x/TUR/witness", 4))
)

FORMS: Final[dict[str, Form]] = {
    "ijson": Form(
        golden("charter.json", "statement.json", "TUR.member.json"),
        lambda data: print_ijson(parse_ijson(data, where="json")),
        lambda data: repr(parse_ijson(data, where="json")),
        "json",
    ),
    "note": Form(
        (CHECKPOINT, b"text\n\n\xe2\x80\x94 a AAAAAAA=\n"),
        lambda data: print_note(parse_note(data)),
        lambda data: note_reading(parse_note(data)),
        "go-note",
    ),
    "checkpoint": Form(
        (CHECKPOINT.partition(b"\n\n")[0] + b"\n",),
        text(lambda data: print_checkpoint(parse_checkpoint(data)).encode()),
        tree_reading,
        "node-tree",
    ),
    "vkey": Form(VKEYS, text(lambda data: print_vkey(parse_vkey(data)).encode()), vkey_reading, "go-vkey"),
    "tile-path": Form(
        (b"tile/0/x001/x234/067", b"tile/3/000.p/17", b"tile/0/999.p/255"),
        text(lambda data: print_tile_path(parse_tile_path(data)).encode()),
        lambda data: print_tile_path(parse_tile_path(data.decode())),
        "go-path",
    ),
    "tile-entries": Form(
        (print_entries([b"a", b"", b"c" * 300]), print_entries(entries()[:3])),
        lambda data: print_entries(parse_entries(data, PATH)),
        lambda data: repr(list(parse_entries(data, PATH))),
        "lengths",
    ),
    "proof": Form(
        (PROOF, _without_extra(PROOF)),
        lambda data: print_proof(parse_proof(data)),
        lambda data: proof_reading(parse_proof(data)),
        "proof-lines",
    ),
    "witness-request": Form(
        (REQUEST,),
        lambda data: print_add_checkpoint(parse_add_checkpoint(data)),
        lambda data: request_reading(parse_add_checkpoint(data)),
        "request-lines",
    ),
    "envelope": Form(
        (*golden("statement.json"), *entries()),
        lambda data: print_envelope(parse_envelope(data, where="envelope")),
        lambda data: our_envelope(parse_envelope(data, where="envelope")),
        "securesystemslib",
    ),
    "statement": Form(golden("statement.json"), lambda data: print_signed(parse_signed(data))),
    "leaf": Form(entries(), lambda data: print_envelope(parse_signed_leaf(data).envelope)),
    "card": Form(golden("TUR.member.json"), lambda data: print_card(parse_card(data))),
    "charter": Form(golden("charter.json"), lambda data: print_charter(parse_charter(data))),
    "floor": Form(golden("stop.floor.json"), lambda data: print_floor(parse_floor(data))),
    "bundle": Form(golden("bundle.steerclear"), lambda data: print_bundle(parse_bundle(data))),
}
LARGE: Final = {"bundle": 10, "leaf": 2, "charter": 2}
"""Forms whose files are large get so many times fewer."""


def by_json(data: bytes) -> Reading:
    """Python's own reader, which takes much more."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    return repr(json.loads(data.decode(), object_pairs_hook=once))


def by_securesystemslib(data: bytes) -> Reading:
    read = TheirEnvelope.from_dict(json.loads(data))
    return envelope_reading(
        read.payload_type,
        read.payload,
        [(one.keyid, one.signature) for one in read.signatures.values()],
    )


def by_lengths(data: bytes) -> Reading:
    """The specification's sentence, word for word: big-endian uint16 length-prefixed entries."""
    found: list[bytes] = []
    rest = data
    while rest:
        length, rest = rest[0] * 256 + rest[1], rest[2:]
        found, rest = [*found, rest[:length]], rest[length:]
    return repr(found)


PROOF_LINES = re.compile(
    rb"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (\d+)\n((?:[^\n]+\n)*)\n(.*)", re.DOTALL
)
REQUEST_LINES = re.compile(rb"old (\d+)\n((?:[^\n]+\n)*)\n(.*)", re.DOTALL)


def by_proof_lines(data: bytes) -> Reading:
    """C2SP tlog-proof by one expression."""
    found = PROOF_LINES.fullmatch(data)
    if found is None:
        return None
    extra, index, hashes, note = found.groups()
    steps = [base64.b64decode(line).hex() for line in hashes.split()]
    return repr((None if extra is None else base64.b64decode(extra), int(index), steps, note))


def by_request_lines(data: bytes) -> Reading:
    """C2SP tlog-witness, add-checkpoint, by one expression."""
    found = REQUEST_LINES.fullmatch(data)
    if found is None:
        return None
    old, hashes, note = found.groups()
    return repr((int(old), [base64.b64decode(line).hex() for line in hashes.split()], note))


def each(read: Callable[[bytes], Reading]) -> Others:
    """Another parser that is called here; whatever it raises is its refusal."""

    def one(data: bytes) -> Reading:
        try:
            return read(data)
        except Exception:  # noqa: BLE001 - theirs may fail as it likes; ours may not
            return None

    return lambda files: [one(data) for data in files]


@pytest.fixture(scope="module")
def others(go: Ask, node: Ask) -> dict[str, Others]:
    def asked(ask: Ask, question: str) -> Others:
        def answers(files: Sequence[bytes]) -> Sequence[Reading]:
            told = ask(f"{question} {hexed(data)}" for data in files)
            return [None if answer == "no" else answer for answer in told]

        return answers

    def paths(files: Sequence[bytes]) -> Sequence[Reading]:
        """Their path stands on one line, in ASCII; what is not is no path to anybody."""
        sayable = [data.decode("ascii") if _PLAIN.fullmatch(data) else "-" for data in files]
        return [None if answer == "no" else answer for answer in go(f"path {path}" for path in sayable)]

    return {
        "json": each(by_json),
        "securesystemslib": each(by_securesystemslib),
        "lengths": each(by_lengths),
        "proof-lines": each(by_proof_lines),
        "request-lines": each(by_request_lines),
        "go-note": asked(go, "lines"),
        "go-vkey": asked(go, "vkey"),
        "go-path": paths,
        "node-tree": asked(node, "tree"),
    }


_PLAIN = re.compile(rb"[!-~]+")


def kept(form: str) -> list[bytes]:
    """Files on which two parsers disagreed once, or nearly did."""
    return [path.read_bytes() for path in sorted((HERE / "seeds" / form).glob("*"))]


@pytest.mark.parametrize("name", FORMS)
def test_two_parsers_never_disagree(name: str, others: dict[str, Others]) -> None:
    form = FORMS[name]
    stream = mutated(form.seeds, seed=len(name) * 1_009 + 7)
    accepted = tried(name, [*form.seeds, *kept(name)], others)
    files, until_s = 0, time.monotonic() + FOR_S
    while files < FEWEST // LARGE.get(name, 1) or time.monotonic() < until_s:
        accepted += tried(name, list(islice(stream, AT_ONCE // LARGE.get(name, 1))), others)
        files += AT_ONCE // LARGE.get(name, 1)
    assert accepted >= len(form.seeds)


def tried(name: str, files: Sequence[bytes], others: dict[str, Others]) -> int:
    """How many of the files ours reads; each of them must print back, and be read alike elsewhere."""
    form = FORMS[name]
    read = [data for data in files if is_read(name, data)]
    if form.ours is not None and form.others is not None:
        for data, theirs in zip(read, others[form.others](read), strict=True):
            ours = form.ours(data)
            if ours is not None and ours != theirs:
                raise AssertionError(f"{written(name, data)}: we read {ours!r}, they read {theirs!r}")
    return len(read)


def is_read(name: str, data: bytes) -> bool:
    try:
        again = FORMS[name].again(data)
    except SteerclearError:
        return False
    except Exception as error:
        raise AssertionError(f"{written(name, data)}: our parser fails by {error!r}") from error
    assert again == data, f"{written(name, data)}: it prints back otherwise"
    return True


def written(name: str, data: bytes) -> Path:
    """Where the file lies now, to be looked at and then kept among the seeds."""
    folder = HERE.parents[1] / "build" / "mutations" / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path
