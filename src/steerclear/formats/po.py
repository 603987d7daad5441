# SPDX-License-Identifier: Apache-2.0
"""Which translations does a gettext ``.po`` file hold, and which of them still await their reviewer?

The source is read as it stands: there is nothing to compile, and nothing that can be older than its source.
It becomes the ``.mo`` form in memory, which the standard library's ``gettext`` reads: context, plural rule
and lookup are gettext's own (GNU gettext manual, 3.1 and 11.2).

Held more strictly than gettext does: every message has a context, a translation and as many plural forms as
the header says. Nothing is *fuzzy*: a message whose English changed is translated anew before it is shown.
A comment ``# awaiting-review`` marks what no native speaker has read; it is our own, and the message is used.
"""

from __future__ import annotations

import gettext
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Final

from steerclear.errors import BadInput

__all__ = ["AWAITING", "Catalogue", "PoMessage", "read_po"]

AWAITING: Final = "awaiting-review"

_LINE: Final = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr|msgstr\[(\d)\])? *"((?:[^"\\]|\\[\\"nt])*)"')
_ESCAPES: Final = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\t": "\t"}
_MAGIC: Final = 0x950412DE
_CONTEXT_END: Final = "\x04"


@dataclass(frozen=True, slots=True)
class PoMessage:
    """One message. ``forms`` are its translations: one, or as many as the language has plural forms."""

    context: str
    english: str
    english_plural: str | None
    forms: tuple[str, ...]
    awaits_review: bool

    @property
    def key(self) -> str:
        whole = self.english if self.english_plural is None else f"{self.english}\0{self.english_plural}"
        return f"{self.context}{_CONTEXT_END}{whole}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's file: its header fields, its messages by context, and gettext's own reading of them."""

    header: Mapping[str, str]
    messages: Mapping[str, PoMessage]
    translations: gettext.GNUTranslations

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of what a reader is shown: the plural rule and every translation; marks left out."""
        shown = [self.header["Plural-Forms"]]
        for _, one in sorted(self.messages.items()):
            shown += [one.key, "\0".join(one.forms)]
        return sha256("\n\n".join(shown).encode()).hexdigest()


@dataclass(slots=True)
class _Draft:
    """A message while its lines are read."""

    line: int
    comments: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)


def read_po(text: str, *, where: str) -> Catalogue:
    """The catalogue in ``text``. Raises ``BadInput`` (``po-line``, ``po-message``, ``po-header``)."""
    drafts = [draft for draft in _drafts(text, where) if draft.parts]
    if not drafts or drafts[0].parts.get("msgid") != "" or "msgctxt" in drafts[0].parts:
        raise _bad_header("its first message is not the header", where)
    written = drafts[0].parts.get("msgstr", "")
    fields = (line.partition(": ") for line in written.splitlines())
    header = {name: value for name, _, value in fields}
    plurals = re.match(r"nplurals=(\d);", header.get("Plural-Forms", ""))
    if plurals is None:
        raise _bad_header("it names no plural rule", where)
    messages: dict[str, PoMessage] = {}
    for draft in drafts[1:]:
        message = _message(draft, int(plurals[1]), where)
        if message.context in messages:
            raise _bad_message(draft, "stands there twice", where)
        messages[message.context] = message
    pairs = {"": written} | {one.key: "\0".join(one.forms) for one in messages.values()}
    return Catalogue(header, messages, gettext.GNUTranslations(BytesIO(_as_mo(pairs))))


def _drafts(text: str, where: str) -> Iterator[_Draft]:
    """One draft for each block of lines; blocks are parted by empty lines."""
    draft, last = _Draft(1), ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            yield draft
            draft, last = _Draft(number + 1), ""
        elif line.startswith("#"):
            draft.comments.append(line)
        else:
            match = _LINE.fullmatch(line.strip())
            if match is None or (match[1] is None and not last) or match[1] in draft.parts:
                raise BadInput(
                    "po-line",
                    f"Line {number} of the translations is no line of a .po file.",
                    where=where,
                    remedy="Write one keyword and one quoted text; part messages by an empty line.",
                )
            last = match[1] or last
            plain = re.sub(r"\\.", lambda escape: _ESCAPES[escape[0]], match[3])
            draft.parts[last] = draft.parts.get(last, "") + plain
    yield draft


def _message(draft: _Draft, plurals: int, where: str) -> PoMessage:
    parts = draft.parts
    plural = parts.get("msgid_plural")
    names = ["msgstr"] if plural is None else [f"msgstr[{number}]" for number in range(plurals)]
    given = set(parts) - {"msgctxt", "msgid", "msgid_plural"}
    if not parts.get("msgctxt") or not parts.get("msgid") or given != set(names):
        raise _bad_message(draft, "lacks a context, its English or a form of its translation", where)
    forms = tuple(parts[name] for name in names)
    if not all(form.strip() for form in forms):
        raise _bad_message(draft, "is not translated", where)
    if any(comment.startswith("#,") and "fuzzy" in comment for comment in draft.comments):
        raise _bad_message(draft, "is marked fuzzy: its English changed", where)
    awaits = any(comment.strip("# ") == AWAITING for comment in draft.comments)
    return PoMessage(parts["msgctxt"], parts["msgid"], plural, forms, awaits)


def _as_mo(pairs: Mapping[str, str]) -> bytes:
    """The binary form (GNU gettext manual, 10.3): a table of keys, a table of texts, both sorted by key."""
    rows = sorted((key.encode(), text.encode()) for key, text in pairs.items())
    keys_at = 7 * 4
    texts_at = keys_at + 8 * len(rows)
    place = texts_at + 8 * len(rows)
    tables: tuple[list[int], list[int]] = ([], [])
    data = b""
    for table, column in zip(tables, (0, 1), strict=True):
        for row in rows:
            table += [len(row[column]), place + len(data)]
            data += row[column] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, len(rows), keys_at, texts_at, 0, 0)
    return head + struct.pack(f"<{4 * len(rows)}I", *tables[0], *tables[1]) + data


def _bad_header(why: str, where: str) -> BadInput:
    return BadInput(
        "po-header",
        f"The translations cannot be used: {why}.",
        where=where,
        remedy="Begin the file with the header of another language's file, and its own plural rule.",
    )


def _bad_message(draft: _Draft, why: str, where: str) -> BadInput:
    context = draft.parts.get("msgctxt", "without context")
    return BadInput(
        "po-message",
        f"The message at line {draft.line} ({context[:60]}) {why}.",
        where=where,
        remedy="Give it context, English and every form; translate it anew where its English changed.",
    )
