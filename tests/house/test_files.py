# SPDX-License-Identifier: Apache-2.0
"""Every file says its licence and what it answers; none swallows an error, reads a clock, names a machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SPDX = "# SPDX-License-Identifier: Apache-2.0"
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")} | {
    ("time", name) for name in ("time", "time_ns", "localtime", "gmtime")
}
MAY_READ_A_CLOCK = ("src/steerclear/node/", "src/steerclear/links/clock.py", "src/steerclear/cli/")

OURSELVES = "tests/house/test_files.py"

Check = Callable[[Any], Iterator[str]]


def unlabelled(source: Any) -> Iterator[str]:
    """Licence line, docstring, and the import that makes annotations cheap."""
    if not source.text.startswith(SPDX + "\n"):
        yield "does not start with the SPDX line"
    if not (ast.get_docstring(source.tree) or "").strip():
        yield "does not say what it answers"
    has_code = any(not isinstance(node, ast.Expr) for node in source.tree.body)
    is_package = source.place.endswith("__init__.py")
    if has_code and not is_package and "from __future__ import annotations" not in source.text:
        yield "does not import annotations from __future__"


def defining_package(source: Any) -> Iterator[str]:
    """``__init__.py`` files hand names on and define nothing."""
    if not source.place.endswith("__init__.py"):
        return
    for node in source.tree.body:
        names_exports = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (isinstance(node, ast.Import | ast.ImportFrom) or names_exports or is_text):
            yield f"line {node.lineno}: defines something"


def swallowed_errors(source: Any) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if all(isinstance(step, ast.Pass) or ast.unparse(step) == "..." for step in node.body):
            yield f"line {node.lineno}: swallows an error"
        if node.type is None:
            yield f"line {node.lineno}: catches everything, Ctrl-C too"


def clock_reading(source: Any) -> Iterator[str]:
    """Now comes in by constructor or argument; one file reads it from the machine."""
    if source.place.startswith(MAY_READ_A_CLOCK):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and (_last_word(node.value), node.attr) in CLOCKS:
            yield f"line {node.lineno}: reads the clock"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (
                f"line {node.lineno}: takes time.{name.name} out of sight of this test"
                for name in node.names
                if ("time", name.name) in CLOCKS
            )


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def unfinished(source: Any) -> Iterator[str]:
    for place, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|NotImplementedError)\b", line):
            yield f"line {place}: unfinished"


def foreign_words(text: str) -> Iterator[str]:
    """Paths of machines and hosts of registries do not belong in a repository that outlives both."""
    patterns = (
        r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/(?!\w*\.sock)[\w.]+",
        r"(?:pypi|pythonhosted|npmjs|crates|rubygems)\.(?:org|io|com)\b",
        r"/tmp/(?:team|bash)",
    )
    for place, line in enumerate(text.splitlines(), 1):
        if any(re.search(pattern, line) for pattern in patterns):
            yield f"line {place}: names a machine or a registry"


CHECKS: tuple[Check, ...] = (
    unlabelled,
    defining_package,
    swallowed_errors,
    clock_reading,
    unfinished,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_file_of_the_product_keeps_the_rule(check: Check, product: tuple[Any, ...]) -> None:
    assert [f"{source.place}: {fault}" for source in product for fault in check(source)] == []


def test_the_tests_say_what_they_answer_too(everything: tuple[Any, ...]) -> None:
    tests = [source for source in everything if not source.place.startswith(("src/", "tests/house/"))]
    checks = (unlabelled, swallowed_errors, unfinished)
    assert [
        f"{source.place}: {fault}" for source in tests for check in checks for fault in check(source)
    ] == []


def test_nothing_names_a_machine_or_a_registry(root: Path, everything: tuple[Any, ...]) -> None:
    others = [*root.glob("*.md"), *root.glob("*.toml"), *root.glob("docs/**/*.md"), root / "Makefile"]
    texts = {path.name: path.read_text(encoding="utf-8") for path in others}
    texts |= {source.place: source.text for source in everything if source.place != OURSELVES}
    assert [f"{place}: {fault}" for place, text in texts.items() for fault in foreign_words(text)] == []


HEAD = f'{SPDX}\n"""What?"""\n\nfrom __future__ import annotations\n\n'


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (unlabelled, '"""What?"""\nfrom __future__ import annotations\nx = 1\n'),
        (unlabelled, f"{SPDX}\nfrom __future__ import annotations\nx = 1\n"),
        (unlabelled, f'{SPDX}\n"""What?"""\nx = 1\n'),
        (swallowed_errors, "try:\n    f()\nexcept OSError:\n    pass\n"),
        (swallowed_errors, "try:\n    f()\nexcept OSError:\n    ...\n"),
        (swallowed_errors, "try:\n    f()\nexcept:\n    raise\n"),
        (clock_reading, "import time\nx = time.time()\n"),
        (clock_reading, "import datetime\nx = datetime.datetime.now(datetime.UTC)\n"),
        (clock_reading, "from datetime import date\nf = date.today\n"),
        (clock_reading, "from time import time\n"),
        (unfinished, "x = 1  # TODO\n"),
        (unfinished, "raise NotImplementedError\n"),
    ],
)
def test_a_fault_is_seen(sample: Any, check: Check, text: str) -> None:
    assert len(list(check(sample.of(text)))) == 1


@pytest.mark.parametrize("text", ["x = 1", "def f(): ...", "for x in y: pass", "if x: import y"])
def test_a_package_that_defines_is_seen(sample: Any, text: str) -> None:
    assert list(defining_package(sample.of(text, place="src/steerclear/x/__init__.py")))
    assert not list(defining_package(sample.of(text, place="src/steerclear/x/y.py")))


@pytest.mark.parametrize(
    "text", ["see /root/x", "in /home/me/x.py", "https://pypi.org/simple", "at registry.npmjs.org"]
)
def test_a_foreign_word_is_seen(text: str) -> None:
    assert list(foreign_words(text))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_file_is_left_alone(sample: Any, check: Check) -> None:
    good = HEAD + "try:\n    f()\nexcept OSError as error:\n    raise Bad from error\nnow = clock.now()\n"
    assert list(check(sample.of(good))) == []
