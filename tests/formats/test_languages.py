# SPDX-License-Identifier: Apache-2.0
"""Each language, held against the catalogue and CLDR: whole, slots named once, plural forms, direction."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from pathlib import Path

import pytest
from babel import Locale

from steerclear.errors import BadInput
from steerclear.formats.languages import (
    LANGUAGES,
    Source,
    awaits_review,
    catalogue,
    language,
    sources,
    translations,
)
from steerclear.formats.po import AWAITING
from steerclear.model.catalogue import SIGNALS

TRANSLATED = [code for code in LANGUAGES if code != "en"]
SOURCES = list(sources())
ROOM = Path(__file__).parents[2] / "src" / "steerclear" / "formats" / "catalogues"

SCRIPTS = {"tr": "LATIN", "az": "LATIN", "he": "HEBREW", "ar": "ARABIC", "ru": "CYRILLIC"}
GRANTS = {
    "tr": ("onay", "müsaade", "serbest bırak"),
    "he": ("מאושר", "מאשר", "אישור"),
    "ar": ("مصادق", "مرخص", "تصريح"),
    "az": ("təsdiq", "razıyıq"),
    "ru": ("одобр", "разрешаем", "разрешён"),
}
"""Words that would grant something, or that a tired reader could take for it."""

SAYS_THAT_IT_IS_NONE = {
    "tr": "izin değildir",
    "he": "אין זו הרשאה",
    "ar": "ليس إذنًا",
    "az": "icazə deyil",
    "ru": "не разрешение",
}


def gaps(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


def pot() -> str:
    """The template for a new language: every message, untranslated."""
    lines = [
        "# Steerclear: the messages of the signals, for a new language. Written from the code by the tests.",
        "# SPDX-License-Identifier: Apache-2.0",
        'msgid ""',
        'msgstr ""',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        "",
    ]
    for one in SOURCES:
        lines += [f'msgctxt "{one.context}"', f'msgid "{one.english}"']
        lines += [f'msgid_plural "{one.plural}"', 'msgstr[0] ""', 'msgstr[1] ""', ""] if one.plural else []
        lines += [] if one.plural else ['msgstr ""', ""]
    return "\n".join(lines)


def test_the_six_languages_of_the_design() -> None:
    assert [one.english_name for one in LANGUAGES.values()] == [
        "English",
        "Turkish",
        "Hebrew",
        "Arabic",
        "Azerbaijani",
        "Russian",
    ]
    with pytest.raises(BadInput) as caught:
        language("fr")
    assert caught.value.code == "language-unknown"


def test_the_template_for_translators_says_what_the_code_says(request: pytest.FixtureRequest) -> None:
    path = ROOM / "signals.pot"
    if request.config.getoption("--write-golden"):
        path.write_text(pot(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == pot()


@pytest.mark.parametrize("code", TRANSLATED)
class TestLanguage:
    def test_it_is_complete_and_translates_the_english_of_today(self, code: str) -> None:
        held = catalogue(code)
        assert [
            Source(context, one.english, one.english_plural) for context, one in held.messages.items()
        ] == SOURCES
        assert held.header["Language"] == code

    def test_every_slot_stands_exactly_once_in_every_form(self, code: str) -> None:
        faults = [
            (context, form)
            for context, one in catalogue(code).messages.items()
            for form in one.forms
            if gaps(form) != gaps(one.english) or form.count("{") != len(gaps(form))
        ]
        assert faults == []

    def test_no_ending_is_hung_on_a_slot(self, code: str) -> None:
        """No value is inflected: a blank or a mark of punctuation stands on both sides of a gap."""
        hung = re.compile(r"[^\s(־]\{\w+\}|\{\w+\}[^\s.,:;?)،؛؟]")
        texts = chain.from_iterable(one.forms for one in catalogue(code).messages.values())
        assert [text for text in texts if hung.search(text)] == []

    def test_plural_forms_are_those_of_cldr(self, code: str) -> None:
        """Two counts share a form here exactly where CLDR puts them into one class."""
        theirs = Locale(code).plural_form
        held = catalogue(code)
        number_of_forms = len(held.messages["signal movement-people"].forms)
        assert held.header["Plural-Forms"].startswith(f"nplurals={number_of_forms};")
        classes: dict[str, set[int]] = {}
        for count in (*range(250), 1_000, 1_001, 1_002, 10_011, 100_000):
            index = held.translations.plural(count)  # type: ignore[attr-defined]  # set when it is read
            classes.setdefault(theirs(count), set()).add(index)
        assert all(len(indices) == 1 for indices in classes.values())
        assert len(set(chain.from_iterable(classes.values()))) == len(classes) == number_of_forms

    def test_its_direction_is_that_of_cldr(self, code: str) -> None:
        assert Locale(code).text_direction == LANGUAGES[code].direction

    def test_it_is_written_in_its_own_script(self, code: str) -> None:
        strangers = {
            (context, char)
            for context, one in catalogue(code).messages.items()
            for form in one.forms
            for char in re.sub(r"\{\w+\}", "", form)
            if char.isalpha() and not unicodedata.name(char).startswith(SCRIPTS[code])
        }
        assert strangers == set()

    def test_every_text_prints_and_ends_as_english_does(self, code: str) -> None:
        questions = ("?", "؟")
        for context, one in catalogue(code).messages.items():
            for form in one.forms:
                assert form.isprintable(), context
                assert form == form.strip(), context
                assert ("?" in one.english) == any(mark in form for mark in questions), context
                assert not context.startswith("signal ") or form[-1] in ".?؟", context

    def test_nothing_in_it_grants_anything(self, code: str) -> None:
        for context, one in catalogue(code).messages.items():
            for form in one.forms:
                assert not any(word in form.casefold() for word in GRANTS[code]), context
                assert ("permission" in one.english) == (SAYS_THAT_IT_IS_NONE[code] in form), context

    def test_hot_and_cold_are_never_told_apart_by_a_small_word(self, code: str) -> None:
        """“not hot” heard as “hot” is the error to avoid: the two states have two words."""
        hot = set(re.findall(r"\w+", catalogue(code).messages["signal area-hot"].forms[0].casefold()))
        cold = set(re.findall(r"\w+", catalogue(code).messages["signal area-cold"].forms[0].casefold()))
        assert hot - cold
        assert cold - hot

    def test_no_two_signals_say_the_same(self, code: str) -> None:
        texts = [catalogue(code).messages[f"signal {one}"].forms for one in SIGNALS]
        assert len(set(texts)) == len(texts)

    def test_what_no_native_speaker_read_is_marked_in_the_file(self, code: str) -> None:
        held = catalogue(code)
        marked = [context for context, one in held.messages.items() if one.awaits_review]
        assert (held.header.get("X-Steerclear-Review") == AWAITING) == bool(marked)
        assert all(awaits_review(code, context) for context in marked)


def test_english_is_the_source_and_awaits_nobody() -> None:
    assert not awaits_review("en", "signal area-hot")
    assert translations("en").npgettext("signal small-boats", "one", "many", 1) == "one"
    assert translations("en").npgettext("signal small-boats", "one", "many", 0) == "many"
