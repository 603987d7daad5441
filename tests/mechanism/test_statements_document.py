# SPDX-License-Identifier: Apache-2.0
"""docs/statements.md is written from the declarations that are held (--write-golden writes it anew)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from steerclear.mechanism.annexes import SURVIVES_SUSPENSION
from steerclear.mechanism.bodies import KINDS, Kind
from steerclear.mechanism.judge import ACTED_ON_IN_DOUBT, FLOOR
from steerclear.model import forms
from steerclear.model import terms as model_terms
from steerclear.model.annex import Annex, Mark
from steerclear.model.response import ClassTerms, Ladder, Rung
from steerclear.model.wire import FieldForm, fields_of

PAGE = Path(__file__).parents[2] / "docs" / "statements.md"
OF_THE_RECORD = {"heard", "node.beat"}

HEAD = """\
# Statements

<!-- Written by tests/mechanism/test_statements_document.py from the code. Do not edit by hand. -->

What a statement of each kind holds, who may say it, and what it must be about.
The body is the `body` field of a statement.
Around it stand `mechanism`, `author`, `desk`, `id`, `kind`, `to` and `at`.

Every field is always present, in this order; `null` stands where there is nothing.
There are no floats.
Instants are RFC 3339 with three decimals and `Z`.
Places are `[lat_e7, lon_e7]` in 1e-7 degree; heights are whole feet with a datum.
A union of objects carries the tag `is`, first.
A footprint is a Polygon, MultiPolygon, Circle, Corridor or Legs.
What is unknown, missing, out of order or of another form is refused with the field named.
A statement with such a body is kept and counts for nothing.

*Floor message*: valid by itself, by any path, in anybody's log.
*Acted on in doubt*: it can only add care, so an expired key or a doubtful log does not silence it.
*Survives suspension*: it goes on while the mechanism is suspended.

Times of entries are taken as the entries give them.
A claimed time that two other members contradict is moved ([whose clock counts](rules.md#whose-clock-counts)).
"""


def page() -> str:
    lines = [HEAD, "## Kinds\n"]
    for kind in KINDS.values():
        lines += of_kind(kind)
    lines += ["## Objects\n", "Objects that bodies hold, in alphabetical order.\n"]
    for cls in sorted(objects(), key=lambda one: one.__name__.strip("_")):
        lines += of_object(cls)
    return "\n".join(lines).rstrip() + "\n"


def of_kind(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name}\n"
    yield first_line(kind.body) + "\n"
    sayers = ", ".join(sorted(role.value for role in kind.sayers))
    yield f"- Said by: {sayers}; signed by a key for {' or '.join(sorted(kind.signed))}."
    if kind.target is not None:
        yield f"- About (`{kind.target.field}`): {', '.join(kind.target.kinds)}; by {kind.target.who.value}."
    if kind.once is not None:
        per = ", ".join(f"`{name}`" for name in kind.once)
        yield f"- Counts once for each author{' and ' + per if per else ''}."
    marks = (
        (FLOOR, "Floor message"),
        (ACTED_ON_IN_DOUBT, "Acted on in doubt"),
        (SURVIVES_SUSPENSION, "Survives suspension"),
    )
    for names, says in marks:
        if kind.name in names:
            yield f"- {says}."
    yield ""
    if kind.name in OF_THE_RECORD:
        yield "The form of this body belongs to the record, which checks it.\n"
    else:
        yield from table(fields_of(kind.body))


def of_object(cls: type) -> Iterator[str]:
    yield f"### {cls.__name__.strip('_').removesuffix('Form')}\n"
    yield first_line(cls) + "\n"
    if hasattr(cls, "IS"):
        yield f"`is`: `{cls.IS}`\n"
    yield from table(fields_of(cls))


def table(rows: tuple[FieldForm, ...]) -> Iterator[str]:
    yield "| field | form | meaning |"
    yield "|---|---|---|"
    for row in rows:
        form = (
            row.codec.says.replace("_", "").replace("Form`", "`")
            if "`_" in row.codec.says
            else row.codec.says
        )
        yield f"| `{row.name}` | {form.replace('|', chr(92) + '|')} | {row.says} |"
    yield ""


def first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().splitlines()[0].replace("``", "`")


def objects() -> set[type]:
    """Every declaration that a body reaches, and the terms of annexes."""
    named = {Annex, Mark, Rung, Ladder, ClassTerms}
    named |= {
        cls
        for cls in vars(model_terms).values()
        if isinstance(cls, type)
        and cls.__module__ == model_terms.__name__
        and hasattr(cls, "__dataclass_fields__")
    }
    named |= {cls for cls in forms.FORMS if hasattr(cls, "__dataclass_fields__")}
    from steerclear.mechanism.bodies import civil, exchange, meetings, notices, screening
    from steerclear.model import slots

    for room in (civil, exchange, meetings, notices, screening, slots):
        for cls in vars(room).values():
            if (
                isinstance(cls, type)
                and cls.__module__ == room.__name__
                and hasattr(cls, "__dataclass_fields__")
            ) and all(kind.body is not cls for kind in KINDS.values()):
                named.add(cls)
    return named


def test_the_page_says_what_is_held(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-golden"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/statements.md is not what the code says: --write-golden"
    )
