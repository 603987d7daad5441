# SPDX-License-Identifier: Apache-2.0
"""Which elements are in this XML of a stranger's, and where does each stand?

Refused: a DTD, an entity, anything that points outside (``defusedxml``); more elements, or deeper ones,
than any drawing has; bytes that are not UTF-8. Names come out without their namespaces. Each element knows
the characters that it was written with, so that what is in doubt can be shown in its author's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from steerclear.errors import BadInput

__all__ = ["Element", "read_xml"]

DEEPEST: Final = 60
MOST_ELEMENTS: Final = 100_000


@dataclass(slots=True)
class Element:
    """One element; ``start`` and ``end`` are bytes of the file, tags included."""

    name: str
    attributes: dict[str, str]
    start: int
    end: int = 0
    pieces: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def child(self, name: str) -> Element | None:
        return next((one for one in self.children if one.name == name), None)

    def text_of(self, name: str) -> str:
        """The text of the first child of this name, trimmed; empty when there is none."""
        found = self.child(name)
        return "" if found is None else found.text.strip()

    def all(self, name: str) -> Iterator[Element]:
        """This one and those below of this name, outermost first, in the order of the file."""
        waiting = [self]
        while waiting:
            here = waiting.pop()
            if here.name == name:
                yield here
            waiting += reversed(here.children)


def read_xml(data: bytes) -> Element:
    """The root. Raises ``BadInput``: ``not-utf8``, ``not-xml``, ``xml-entity``, ``xml-too-large``."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "not-utf8", f"Byte {error.start + 1} is not UTF-8 text.", remedy="Save the file as UTF-8."
        ) from error
    tree = _Tree(data)
    parser = DefusedXMLParser(
        target=tree, encoding="utf-8", forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    tree.parser = parser.parser
    try:
        parser.feed(data)
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise BadInput(
            "not-xml",
            "This is not XML that can be read.",
            where=f"line {line}, column {column + 1}",
            remedy="Export the file again, and check that it was not cut off.",
        ) from error
    except DefusedXmlException as error:
        raise BadInput(
            "xml-entity",
            "The file defines a document type or entities, which can hide what it says.",
            remedy="Export it again without a DOCTYPE.",
        ) from error
    if tree.root is None:
        raise BadInput("not-xml", "There is no element in it.", remedy="Export the file again.")
    return tree.root


class _Tree:
    """What the parser calls."""

    def __init__(self, data: bytes) -> None:
        self.source = data
        self.parser: Any = None
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) >= DEEPEST:
            raise BadInput(
                "xml-too-large",
                f"The file has more than {MOST_ELEMENTS:,} elements, or deeper ones than {DEEPEST} levels.",
                remedy="Export the areas that are meant alone.",
            )
        plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition("}")[2], plain, self.parser.CurrentByteIndex)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _: str) -> None:
        element = self.open.pop()
        # The index is that of the end tag, or again of the start tag where the element closes itself.
        element.end = self.source.find(b">", self.parser.CurrentByteIndex) + 1 or len(self.source)

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].pieces.append(text)

    def close(self) -> Element | None:
        return self.root
