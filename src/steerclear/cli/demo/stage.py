# SPDX-License-Identifier: Apache-2.0
"""How is the story told? A heading for each act, a line for each thing that happens, at a reader's pace."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from steerclear.cli import show

if TYPE_CHECKING:
    from steerclear.cli.demo.nodes import Scene

__all__ = ["Teller"]

READING_S: Final = 2.5
WIDTH: Final = 108

_COLOUR: Final = {"TUR": "bright_red", "ISR": "bright_blue", "AZE": "bright_green", "all": "bold"}

_THEME: Final = TerminalTheme(
    (16, 22, 30),
    (214, 222, 230),
    [(16, 22, 30), (226, 92, 92), (104, 186, 127), (222, 178, 94), (96, 156, 226), (178, 132, 214),
     (92, 190, 194), (214, 222, 230)],
    [(120, 132, 146), (238, 120, 112), (130, 206, 148), (238, 200, 120), (126, 178, 240), (198, 158, 230),
     (124, 210, 214), (240, 244, 248)],
)  # fmt: skip


class Teller:
    """Writes to the terminal; ``hurried`` leaves the pauses out, ``records`` keeps it for a picture."""

    def __init__(self, *, quiet: bool, hurried: bool, records: bool) -> None:
        self._hurried = hurried
        width = WIDTH if records or not sys.stdout.isatty() else None
        self._console = Console(
            file=sys.stdout,
            quiet=quiet,
            record=records,
            width=width,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def act(self, title: str) -> None:
        if not self._hurried:
            time.sleep(READING_S)
        self._console.print()
        self._console.print(Rule(Text(title, style="bold"), align="left", characters="─", style="dim"))

    def line(self, clock: str, who: str, words: str, *, style: str = "") -> None:
        """One thing that happened, at the mechanism's time, at whose node it is seen."""
        text = Text()
        text.append(f"{clock}  ", style="dim")
        text.append(f"{who:<4} ", style=_COLOUR.get(who, "bold"))
        text.append(show.printable(words), style=style)
        self._console.print(text)

    def note(self, words: str) -> None:
        self._console.print(Text(f"            {words}", style="dim italic"))

    def table(self, title: str, rows: list[tuple[str, str]]) -> None:
        table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None)
        for name, value in rows:
            table.add_row(Text(f"  {name}"), Text(value, style="bold"))
        self._console.print()
        self._console.print(table)
        self._console.print(Text(show.NOT_PERMISSION, style="dim"))

    def wait_for_the_reader(self, scene: Scene) -> None:
        """Leave the nodes up, to be looked at from another terminal, until Ctrl-C."""
        self._console.print()
        self._console.print("The nodes stay up. In a browser on this machine, each link once:")
        for place, link in scene.invite().items():
            self._console.print(Text(f"    {place:<18} {link}"), soft_wrap=True)
        self._console.print("In another terminal:")
        for member in ("tur", "isr", "aze"):
            self._console.print(f"    steerclear status --node {scene.folder / member}")
        self._console.print("Ctrl-C ends them and leaves nothing.")
        while True:
            time.sleep(1)

    def save(self, path: Path) -> None:
        """The story as an SVG that loads nothing from elsewhere."""
        drawn = self._console.export_svg(title="steerclear demo", theme=_THEME, code_format=_SVG)
        path.write_text(drawn, encoding="utf-8")


_SVG: Final = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g>
</g>
</svg>
"""
