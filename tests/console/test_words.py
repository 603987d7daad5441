# SPDX-License-Identifier: Apache-2.0
"""Is every phrase of the console translated, with its gaps? Read by Babel; the build reads with our own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[2] / "web"
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
