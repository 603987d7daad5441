# SPDX-License-Identifier: Apache-2.0
"""A room imports only rooms on lower floors; no arrow runs up, sideways or round.

Imports hidden in functions and under ``TYPE_CHECKING`` count.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

FLOORS = {
    "errors": 1,
    "model": 2,
    "record": 2,
    "geometry": 3,
    "formats": 4,
    "mechanism": 4,
    "screening": 4,
    "tracking": 4,
    "blind": 4,
    "store": 5,
    "links": 5,
    "services": 6,
    "node": 7,
    "api": 8,
    "replay": 8,
    "client": 8,
    "cli": 9,
}
FACES = {"api", "cli", "client"}
BEHIND_THE_FACES = {"store", "links"}
OUTSIDE = {"model": set[str](), "record": {"cryptography"}, "errors": set[str]()}
"""Rooms that name what they may take from outside the standard library."""
ONLY_ON = {"record": {"errors"}}


def imports_of(source: Any, modules: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported; ``from a import b`` is ``a.b`` where that is a module."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(source, node)
            names = [f"{base}.{name.name}" for name in node.names]
            yield from ((node.lineno, name if name in modules else base) for name in names)


def computed_imports_of(source: Any) -> Iterator[tuple[int, str]]:
    """Line and fixed beginning of every module name that is put together at run time."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            yield from ((node.lineno, _spelled(argument)) for argument in node.args[:1])


def _absolute(source: Any, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = source.name if source.place.endswith("__init__.py") else source.name.rpartition(".")[0]
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{node.module}" if node.module else package


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _spelled(argument: ast.expr) -> str:
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) and argument.values else argument
    return str(first.value).rstrip(".") if isinstance(first, ast.Constant) else "what nobody can tell"


def room_of(name: str) -> str:
    return name.split(".")[1] if name.count(".") else ""


def complaints(sources: Iterable[Any]) -> list[str]:
    """Every arrow that may not be, as ``place:line why``."""
    kept = list(sources)
    modules = frozenset(source.name for source in kept)
    found = []
    for source in kept:
        here = room_of(source.name)
        if here and here not in FLOORS:
            found.append(f"{source.place}: {here} is no room of this house")
            continue
        for line, name in (*imports_of(source, modules), *computed_imports_of(source)):
            why = _why_not(here, name)
            if why:
                found.append(f"{source.place}:{line} {why}")
    return found


def _why_not(here: str, name: str) -> str | None:
    top = name.split(".")[0]
    if top != "steerclear":
        allowed = OUTSIDE.get(here)
        foreign = allowed is not None and top not in sys.stdlib_module_names and top not in allowed
        return f"{here} takes nothing from outside, yet imports {name}" if foreign else None
    there = room_of(name)
    if there == here or (not there and here):
        return None if there else "imports the whole house"
    if there not in FLOORS:
        return f"imports {there}, which is no room of this house"
    if not here or FLOORS[there] >= FLOORS[here]:
        return f"{here or 'the entrance'} imports {there}: up or sideways"
    if here in FACES and there in BEHIND_THE_FACES:
        return f"{here} imports {there}: a face speaks through services"
    if here in ONLY_ON and there not in ONLY_ON[here]:
        return f"{here} stands on {', '.join(ONLY_ON[here])} alone, yet imports {there}"
    return None


def rounds(sources: Iterable[Any]) -> list[str]:
    """Every way round: modules of one room that import each other in a circle."""
    kept = list(sources)
    modules = frozenset(source.name for source in kept)
    arrows = {
        source.name: {name for _, name in imports_of(source, modules) if name in modules} - {source.name}
        for source in kept
    }
    while True:
        last = {name for name, targets in arrows.items() if not targets & arrows.keys()}
        if not last:
            return sorted(_on_a_round(arrows))
        arrows = {name: targets for name, targets in arrows.items() if name not in last}


def _on_a_round(arrows: dict[str, set[str]]) -> Iterator[str]:
    for start in arrows:
        reached, edge = set[str](), {start}
        while edge:
            edge = {target for name in edge for target in arrows.get(name, ())} - reached
            reached |= edge
        if start in reached:
            yield start


def test_no_arrow_runs_up_or_sideways(product: Any) -> None:
    assert complaints(product) == []


def test_no_arrow_runs_round(product: Any) -> None:
    assert rounds(product) == []


@pytest.mark.parametrize(
    ("room", "text", "complaint"),
    [
        ("model", "from steerclear.geometry import datum", "up or sideways"),
        ("mechanism", "import steerclear.screening.index", "up or sideways"),
        ("formats", "def f():\n    from steerclear.services import x", "up or sideways"),
        (
            "links",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import steerclear.store",
            "up or sideways",
        ),
        ("geometry", "from ..formats import geojson", "up or sideways"),
        ("geometry", "import importlib\nimportlib.import_module('steerclear.cli')", "up or sideways"),
        ("cli", "from steerclear.store.port import Store", "a face speaks through services"),
        ("client", "import steerclear.links.tls", "a face speaks through services"),
        ("api", "from steerclear import cli", "up or sideways"),
        ("cli", "import steerclear", "the whole house"),
        ("record", "from steerclear.model.time import Instant", "up or sideways"),
        ("record", "import numpy", "nothing from outside"),
        ("model", "import pydantic", "nothing from outside"),
        ("services", "import steerclear.helpers", "no room"),
        ("helpers", "x = 1", "no room"),
    ],
)
def test_a_wrong_arrow_is_seen(sample: Any, room: str, text: str, complaint: str) -> None:
    bad = sample.of(text, name=f"steerclear.{room}.bad")
    others = [sample.of("", name=f"steerclear.{name}") for name in FLOORS]
    (found,) = complaints([bad, *others])
    assert complaint in found


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("services", "from steerclear.store.port import Store\nfrom steerclear.mechanism import view"),
        ("model", "import re\nfrom steerclear.errors import BadInput\nfrom .time import Instant"),
        ("record", "from cryptography import x509\nfrom steerclear.errors import BadInput"),
        ("cli", "from steerclear.client import Client\nimport rich"),
    ],
)
def test_a_right_arrow_is_left_alone(sample: Any, room: str, text: str) -> None:
    assert complaints([sample.of(text, name=f"steerclear.{room}.good")]) == []


def test_a_round_is_seen(sample: Any) -> None:
    one = sample.of("from steerclear.model import two", name="steerclear.model.one")
    two = sample.of("def f():\n    import steerclear.model.one", name="steerclear.model.two")
    three = sample.of("from steerclear.model import one", name="steerclear.model.three")
    assert rounds([one, two, three]) == ["steerclear.model.one", "steerclear.model.two"]
    assert rounds([one, three, sample.of("", name="steerclear.model.two")]) == []
