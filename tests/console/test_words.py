# SPDX-License-Identifier: Apache-2.0
"""Is every phrase of the console translated, with its gaps? Read by Babel; the build reads with our own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from steerclear.services.say import kinds_shown

WEB = Path(__file__).parents[2] / "web"
ASKED_ELSEWHERE = {"track.answer"}
"""Its buttons have words of their own where they are asked for."""

LANGUAGES = ("ar", "az", "he", "ru", "tr")
ASKED = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')
NAMED = re.compile(r'(?:title: |^  "?[\w.-]+"?: )("[^"]+")', re.MULTILINE)


def phrases() -> set[str]:
    """What is asked for in so many words, and the titles and names that are asked for by a table."""
    app = WEB / "src" / "app"
    paths = [path for folder in ("app", "map", "filing") for path in (WEB / "src" / folder).rglob("*")]
    texts = [path.read_text(encoding="utf-8") for path in paths if path.suffix in (".svelte", ".ts")]
    tables = [(app / name).read_text(encoding="utf-8") for name in ("views/pages.ts", "say/kinds.ts")]
    found = [phrase for text in texts for phrase in ASKED.findall(text)]
    named = [phrase for text in tables for phrase in NAMED.findall(text)]
    return {json.loads(phrase) for phrase in (*found, *named)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_has_a_translation_with_the_same_gaps(language: str) -> None:
    words: dict[str, str] = {}
    for path in sorted((WEB / "catalogues").glob(f"*.{language}.po")):
        with path.open("rb") as file:
            words |= {str(one.id): str(one.string) for one in read_po(file, locale=language) if one.id}
    wanted = phrases()
    assert sorted(wanted - {english for english, said in words.items() if said}) == []
    gaps = re.compile(r"\{\w+\}")
    assert [
        one for one, said in words.items() if said and set(gaps.findall(one)) != set(gaps.findall(said))
    ] == []


def test_every_field_and_choice_of_a_form_has_a_name() -> None:
    """Of the kinds that the console asks for: what the table lacks would be shown by its bare name."""
    app = WEB / "src" / "app"
    table = (app / "say" / "fields.ts").read_text(encoding="utf-8")
    named = {name.strip('"') for name in re.findall(r'^  ("?[\w-]+"?): "', table, re.MULTILINE)}
    sources = [path.read_text(encoding="utf-8") for path in app.rglob("*.svelte")]
    sources.append((app / "say" / "kinds.ts").read_text(encoding="utf-8"))
    asked = set(re.findall(r'"([a-z]+\.[a-z-]+)"', " ".join(sources))) - ASKED_ELSEWHERE
    answers = dict(re.findall(r'kind: "([\w.-]+)", field: "(\w+)"', " ".join(sources)))
    answers |= {"filer.hold": "about", "filer.proceed": "about"}
    bare = set()
    for kind in kinds_shown():
        for field in kind.fields if kind.kind in asked else ():
            if answers.get(kind.kind) == field.name:
                continue
            choices = re.match(r"one of (.+)$", field.typed_as)
            names = {field.name, *(choices[1].split(", ") if choices else ())}
            bare |= {(kind.kind, name) for name in names - named}
    assert sorted(bare) == []
