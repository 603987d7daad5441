# SPDX-License-Identifier: Apache-2.0
"""What runs with the product is under licences that anyone can use: permissive, weak copyleft by name."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Unlicense|Zlib|MIT-0|HPND)\b", re.IGNORECASE
)
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|GNU|MPL|Mozilla|EUPL|CDDL|SSPL|BUSL)", re.IGNORECASE)
ALLOWED_BY_NAME = {
    "certifi": "MPL-2.0 on a list of certificates, unmodified",
}


class Licence(NamedTuple):
    """What a package says about its licence, all of it in one string."""

    package: str
    said: str


def licence_of(found: Distribution) -> Licence:
    said = found.metadata.get_all("License-Expression") or []
    if not said:
        classifiers = found.metadata.get_all("Classifier") or []
        said = [line for line in classifiers if line.startswith("License ::")]
        said += [text.strip().partition("\n")[0] for text in found.metadata.get_all("License") or []]
    return Licence(canonicalize_name(found.metadata["Name"]), " ".join(said))


def objection(licence: Licence) -> str | None:
    """Why this one may not run with the product; ``A OR B`` is as good as its best."""
    if licence.package in ALLOWED_BY_NAME:
        return None
    choices = re.split(r"\bOR\b", licence.said)
    if any(PERMISSIVE.search(choice) and not COPYLEFT.search(choice) for choice in choices):
        return None
    return f"{licence.package}: {licence.said or 'no licence named'}"


def run_time_packages(name: str = "steerclear") -> dict[str, Distribution]:
    """The product's dependencies and theirs, extras left out."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        here = canonicalize_name(waiting.pop())
        if here in found:
            continue
        found[here] = distribution(here)
        needs = [Requirement(text) for text in found[here].requires or []]
        waiting += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    del found[name]
    return found


def test_every_run_time_dependency_is_permissive() -> None:
    packages = run_time_packages()
    assert "numpy" in packages
    objections = [objection(licence_of(found)) for found in packages.values()]
    assert [words for words in objections if words] == []


def test_nobody_keeps_an_exception_that_is_not_needed() -> None:
    assert set(ALLOWED_BY_NAME) <= set(run_time_packages())


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("License :: OSI Approved :: BSD License", True),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-or-later", False),
        ("LGPL-2.1", False),
        ("BSD-3-Clause AND GPL-3.0-only", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_licence_that_may_not_run_with_us_is_seen(said: str, *, fine: bool) -> None:
    assert (objection(Licence("x", said)) is None) is fine
