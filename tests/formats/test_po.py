# SPDX-License-Identifier: Apache-2.0
"""A .po file is read as gettext reads it, held against another reader, and refused where it is not whole."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.pofile import read_po as babel_reads

from steerclear.errors import BadInput
from steerclear.formats.languages import LANGUAGES, catalogue
from steerclear.formats.po import read_po

TRANSLATED = [code for code in LANGUAGES if code != "en"]

HEAD = 'msgid ""\nmsgstr ""\n"Language: xx\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
ONE = '\nmsgctxt "c"\nmsgid "a"\nmsgstr "b"\n'
MANY = (
    '\n# awaiting-review\nmsgctxt "d"\nmsgid "{n} x"\nmsgid_plural "{n} xs"\nmsgstr[0] "1"\nmsgstr[1] "2"\n'
)


@pytest.mark.parametrize("code", TRANSLATED)
def test_another_reader_reads_the_same(code: str) -> None:
    text = files("steerclear.formats").joinpath("catalogues", f"{code}.po").read_bytes()
    theirs = {
        str(one.context): (one.id if isinstance(one.id, tuple) else (one.id,), one.string)
        for one in babel_reads(BytesIO(text), abort_invalid=True)
        if one.id
    }
    ours = {
        context: (
            (one.english,) if one.english_plural is None else (one.english, one.english_plural),
            one.forms[0] if one.english_plural is None else one.forms,
        )
        for context, one in catalogue(code).messages.items()
    }
    assert ours == theirs


def test_a_whole_file() -> None:
    held = read_po(HEAD + ONE + MANY, where="xx.po")
    assert held.header["Language"] == "xx"
    assert [one.awaits_review for one in held.messages.values()] == [False, True]
    assert held.translations.pgettext("c", "a") == "b"
    assert [held.translations.npgettext("d", "{n} x", "{n} xs", count) for count in (0, 1, 2)] == [
        "2",
        "1",
        "2",
    ]


def test_texts_run_over_lines_and_spell_quotes() -> None:
    text = HEAD + '\nmsgctxt "c"\nmsgid ""\n"a \\"b\\" "\n"\\\\ \\t\\n"\nmsgstr "x"\n"y"\n'
    (one,) = read_po(text, where="xx.po").messages.values()
    assert (one.english, one.forms) == ('a "b" \\ \t\n', ("xy",))


def refused() -> Iterator[tuple[str, str]]:
    yield "", "po-header"
    yield ONE, "po-header"
    yield 'msgid ""\nmsgstr "Language: xx\\n"\n', "po-header"
    yield HEAD + '\nmsgid "a"\nmsgstr "b"\n', "po-message"
    yield HEAD + '\nmsgctxt "c"\nmsgid "a"\nmsgstr ""\n', "po-message"
    yield HEAD + '\nmsgctxt "c"\nmsgid "a"\n', "po-message"
    yield HEAD + ONE + ONE, "po-message"
    yield HEAD + MANY.replace('msgstr[1] "2"\n', ""), "po-message"
    yield HEAD + MANY.replace("# awaiting-review", "#, fuzzy"), "po-message"
    yield HEAD + ONE + 'msgstr "b"\n', "po-line"
    yield HEAD + "\nmsgctxt c\n", "po-line"
    yield HEAD + '\n"alone"\n', "po-line"
    yield HEAD + '\nmsgid "a\\x"\n', "po-line"
    yield HEAD + '\nmsgid "a" b"\n', "po-line"


@pytest.mark.parametrize(("text", "code"), list(refused()))
def test_what_is_not_whole_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_po(text, where="xx.po")
    assert (caught.value.code, caught.value.where) == (code, "xx.po")


def test_the_hash_is_of_what_is_shown() -> None:
    held = read_po(HEAD + ONE + MANY, where="xx.po")
    signed = read_po(HEAD + (ONE + MANY).replace("# awaiting-review\n", ""), where="xx.po")
    other = read_po(HEAD + (ONE + MANY).replace('"2"', '"3"'), where="xx.po")
    rule = read_po((HEAD + ONE + MANY).replace("n != 1", "n > 1"), where="xx.po")
    assert held.hash == signed.hash
    assert len({held.hash, other.hash, rule.hash}) == 3
