# SPDX-License-Identifier: Apache-2.0
"""The commands about signals: what there is, in every language; and one that is sent, read and read back."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import Channel, copy_of, ratified
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.errors import BadInput
from steerclear.formats.languages import catalogue
from steerclear.model.catalogue import CATALOGUE_HASH, SIGNALS
from steerclear.node import read_settings


def run(*words: str, status: int = 0) -> str:
    said = CliRunner().invoke(root, ["signals", *words])
    assert said.exit_code == status, said.output
    return said.stdout


def test_the_list_names_every_code_and_the_hash_to_ratify() -> None:
    said = run("list")
    assert all(f"  {code}" in said for code in SIGNALS)
    assert "  area-hot *: {area} is hot from {time}.\n" in said
    assert said.endswith(f"130 signals; * is read back. Catalogue 1, {CATALOGUE_HASH}\n")


def test_the_list_in_a_language_is_what_its_reviewer_reads() -> None:
    said = run("list", "--language", "ar")
    assert "  area-hot *: المنطقة {area} ساخنة: نشاط خطر ابتداءً من {time}.  (awaits review)\n" in said
    assert f"Translation ar, {catalogue('ar').hash}: this is what a reviewer signs for." in said


def test_the_list_as_json_has_all_languages() -> None:
    said = json.loads(run("list", "--json"))
    assert (said["hash"], len(said["signals"])) == (CATALOGUE_HASH, 130)
    assert set(said["signals"][0]["meanings"]) == {"en", "tr", "he", "ar", "az", "ru"}
    assert [one["direction"] for one in said["languages"]] == ["ltr", "ltr", "rtl", "rtl", "ltr", "ltr"]


def test_a_word_of_any_language_finds_a_signal() -> None:
    assert "area-hot" in run("search", "ساخنة")
    assert "area-hot" in run("search", "HOT", "area")
    assert run("search", "nothing-is-called-so", status=1).startswith("0 signals")


def test_one_signal_in_all_languages_with_its_slots() -> None:
    said = run("show", "rescue-needed")
    assert said.startswith("rescue-needed   READ BACK\n  en  {count} person at {place} needs rescue.\n")
    assert said.count("  ar  ") == 5
    assert "  place: coordinates in degrees, DMS or MGRS" in said
    assert json.loads(run("show", "read-you", "--json"))["slots"][0]["largest"] == 5


def test_what_is_not_there() -> None:
    run("show", "area-lukewarm", status=2)
    run("list", "--language", "fr", status=2)


@pytest.mark.parametrize(("line", "signed"), [("", {}), ('[signals.reviewed]\ntr = "ab"\n', {"tr": "ab"})])
def test_the_settings_name_the_translations_that_are_trusted(tmp_path: Path, line: str, signed: Any) -> None:
    (tmp_path / "steerclear.toml").write_text(f'member = "TUR"\nlisten = "127.0.0.1:1"\n{line}')
    assert read_settings(tmp_path).reviewed == signed


@pytest.mark.parametrize("line", ["[signals]", '[signals.reviewed]\nfr = "ab"', "[signals.reviewed]\ntr = 1"])
def test_settings_that_name_no_translation_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "steerclear.toml").write_text(f'member = "TUR"\nlisten = "127.0.0.1:1"\n{line}\n')
    with pytest.raises(BadInput) as caught:
        read_settings(tmp_path)
    assert caught.value.code == "settings-form"


class Line:
    """The commands of two parties, each at its own node."""

    def __init__(self, channel: Channel, folders: dict[str, Path]) -> None:
        self.channel = channel
        self.folders = folders

    def run(self, member: str, verb: str, *words: str, status: int = 0) -> str:
        said = run(verb, "--node", str(self.folders[member]), *words, status=status)
        self.channel.settle()
        return said


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    channel = copy_of(ratified())
    with contextlib.ExitStack() as stack:
        folders = {}
        for member in ("TUR", "ISR"):
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sc-")))
            folders[member] = stack.enter_context(serving(node_of(channel, member, short)))
        yield Line(channel, folders)


def test_a_signal_is_sent_read_and_read_back(line: Line) -> None:
    assert line.run("ISR", "received") == "No signals.\n"
    words = ["people-here", "place=34.5225N 37.627E", "time=2025-04-10T09:00Z"]
    sent = json.loads(line.run("TUR", "send", "--desk", "air", *words, "--json"))["receipts"][0]
    heard = line.run("ISR", "received", "--language", "he")
    assert f"{sent['short']} people-here from TUR air to ISR at 2025-04-10T05:10:00.000Z\n" in heard
    assert heard.index("    en  Our people") < heard.index("    he  אנשינו")
    assert "(awaits review)" in heard
    assert (
        "        place: 34.52250N 37.62700E · 34°31'21.00\"N 037°37'37.20\"E · 37S CU 73983 20948\n" in heard
    )
    assert "WAITS FOR THE READ-BACK OF ISR" in heard
    other = [sent["short"], "people-here", "place=34.5226N 37.627E", "time=2025-04-10T09:00Z"]
    line.run("ISR", "read-back", "--desk", "air", *other, status=4)
    same = [sent["short"], "people-here", "place=37SCU7398320948", "time=2025-04-10T09:00Z"]
    line.run("ISR", "read-back", "--desk", "air", *same)
    line.run("ISR", "answer", "--desk", "air", sent["short"], "received", f"item={sent['short']}")
    shown = line.run("TUR", "received")
    assert "    read back by ISR at 2025-04-10T05:10:00.000Z: right\n" in shown
    assert "    answer of ISR at 2025-04-10T05:10:00.000Z: received\n" in shown
    assert "WAITS" not in shown
    rows = json.loads(line.run("TUR", "received", "--language", "ar", "--json"))["signals"]
    assert [one["language"] for one in rows[0]["said"]] == ["en", "ar"]
    assert "\u206837S CU" not in rows[0]["said"][1]["text"]
    assert "\u206834.52250N 37.62700E (37S CU 73983 20948)\u2069" in rows[0]["said"][1]["text"]


@pytest.mark.parametrize(
    "words", [["line-check", "time"], ["stand-by", "time=x", "time=y"], ["stand-by", "=x"]]
)
def test_a_slot_is_spelled_once_with_its_value(line: Line, words: list[str]) -> None:
    line.run("TUR", "send", "--desk", "air", *words, status=2)


def test_free_words_and_a_member_named(line: Line) -> None:
    line.run("TUR", "send", "--desk", "air", "free-text", "--text", "good morning", "--to", "ISR")
    assert "Free text, without safety meaning: good morning" in line.run("ISR", "received")


def test_the_api_gives_the_catalogue_to_a_console(line: Line) -> None:
    from steerclear.client import NodeClient

    with NodeClient(line.folders["TUR"]) as client:
        shown = client.signal_catalogue()
    assert (shown.hash, len(shown.signals)) == (CATALOGUE_HASH, 130)
