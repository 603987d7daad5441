# SPDX-License-Identifier: Apache-2.0
"""Is anything on a page of the console still English when another language was chosen?

Each page is opened with a form, in English and then in the others. What stands there in both, outside of
what people or the node said in their own words (``dir=auto``), of names and codes (``.exact``) and of what is
marked as English (``lang``), was never translated.
"""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page
from tests.console.conftest import Seat, Table, catalogue
from tests.services.conftest import area

from steerclear.services import requests as ask
from steerclear.services.requests import Say

LANGUAGES = ("ar", "az", "he", "ru", "tr")

TEXTS = """() => {
  const theirs = ".exact, main [lang], aside [lang], dialog [lang], [dir=auto], kbd, canvas, option[lang]";
  const found = new Set();
  const seen = (one) => one.checkVisibility() && one.closest(theirs) === null;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: parent, textContent: text } = walk.currentNode;
    if (parent.closest("script, style, svg") === null && seen(parent)) found.add(text.trim());
  }
  for (const name of ["aria-label", "placeholder", "title"])
    for (const one of document.querySelectorAll(`[${name}]`))
      if (seen(one)) found.add(one.getAttribute(name).trim());
  return [...found];
}"""

NAMED = re.compile(
    r"\b(?:TUR|ISR|AZE|STOP|DRILL|MGRS|DMS|AMSL|AGL|WGS84|GeoJSON|KML|NOTAM|HNS|CoT|FL|SHA|TLS|UTC|OURS)\b|[A-Z]{2,}-\d+|\d+[A-Z]\b"
)
"""Names and abbreviations that are the same in every language."""


def texts(page: Page) -> set[str]:
    found: list[str] = page.evaluate(TEXTS)
    return {one for one in found if re.search(r"[A-Za-z]{3,}", NAMED.sub("", one))}


def opened(page: Page) -> None:
    """The last of its forms, and everything that is folded away."""
    page.evaluate(
        "for (const one of document.querySelectorAll('main button[aria-expanded=false]')) one.click();"
        "for (const one of document.querySelectorAll('main details')) one.open = true;"
    )


def lived(table: Table) -> list[str]:
    """Something of each sort; the names of those that have a page of their own."""
    channel, do = table.channel, table.channel.do
    channel.at("05:20")
    names = [channel.file("TUR", area("survey", "TUR"), level="L0").short]
    channel.file("ISR", area("flight", "ISR", lat=34.5423, lon=37.66), level="L0")
    channel.settle()
    place = json.dumps(area("here", "TUR"))

    def say(member: str, kind: str, *, to: tuple[str, ...] = (), **fields: str | tuple[str, ...]) -> None:
        names.append(do(member, Say(kind=kind, desk="air", fields=dict(fields), to=to))[0].short)

    say("ISR", "site.register", to=("TUR",), name="Clinic", category="hospital", footprint=place)
    times: dict[str, Any] = {"effective_at": "2025-04-10T12:00Z", "until": "2025-04-11T12:00Z"}
    say("ISR", "standstill.propose", area=place, acts="flights", **times)
    say("ISR", "incident.open", happened_at="2025-04-10T05:01Z", involved=("TUR", "ISR"), title="fire")
    say("ISR", "violation.claim", happened_at="2025-04-10T05:01Z", what="two aircraft")
    times = {"starts_at": "2025-04-14T08:00Z", "ends_at": "2025-04-14T09:00Z"}
    say("ISR", "meeting.convene", title="Review", agenda=("x",), **times)
    say("ISR", "communique.propose", paragraphs=("one",))
    say("AZE", "check.call", way="telephone")
    say("ISR", "distress.call", place="T4", seen_at="2025-04-10T05:19Z", who="aircraft", seen="smoke")
    stop = ask.CallStop(desk="ground", place="2 km NE of T4", seen="fire", basis="own-forces", to=("ISR",))
    names.append(do("TUR", stop)[0].short)
    table.settle()
    return names


PAGES = ("", "file", "notices", "conflicts", "signals", "watch", "places", "incidents", "meetings", "annexes")
MORE = ("board", "statistics", "settings")


def test_nothing_on_any_page_is_left_in_english(table: Table) -> None:
    names = lived(table)
    seat = table.sit("ISR", "supervisor", None)
    left: dict[str, list[str]] = {}
    _leftovers(seat, "ceremony", left)
    seat.begin()
    for place in (*PAGES, *MORE, *(f"thing/{name}" for name in names)):
        seat.page.evaluate(
            "place => { history.pushState(null, '', place); dispatchEvent(new PopStateEvent('popstate')); }",
            f"/{place}",
        )
        seat.page.wait_for_timeout(400)
        opened(seat.page)
        _leftovers(seat, place, left)
    seat.page.keyboard.press("F9")
    _leftovers(seat, "stop", left)
    assert left == {}
    seat.is_clean()


def _leftovers(seat: Seat, place: str, left: dict[str, list[str]]) -> None:
    speak(seat, "en")
    english = texts(seat.page)
    for language in LANGUAGES:
        speak(seat, language)
        words = catalogue(language)
        same = sorted(one for one in english & texts(seat.page) if words.get(one) != one)
        if same:
            left[f"{place} {language}"] = same
    speak(seat, "en")


def speak(seat: Seat, language: str) -> None:
    # Behind a dialog a hand would not reach it.
    seat.page.evaluate(
        "code => { const one = document.querySelector('select:has(option[lang=tr])');"
        " one.value = code; one.dispatchEvent(new Event('change', {bubbles: true})); }",
        language,
    )
    seat.page.wait_for_function("code => document.documentElement.lang === code", arg=language)
