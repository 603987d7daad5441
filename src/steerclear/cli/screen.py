# SPDX-License-Identifier: Apache-2.0
"""Do the notices in these files keep clear of one another?

This file holds the command's words alone; what works for it (``screen_work``) and what is printed
(``screen_words``) is imported when it runs, so that its help stays quick.
"""

from __future__ import annotations

from typing import Annotated

import typer

from steerclear.cli import show

__all__ = ["screen"]

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="GeoJSON files; - is standard input.")]
Lateral = Annotated[str, typer.Option(help="Distance to keep to the side, as 5nm, 10km or 9260m.")]
Vertical = Annotated[str, typer.Option(help="Distance to keep in height, as 1000ft or 300m.")]
Time = Annotated[str, typer.Option(help="Time to keep, as 0s, 15min or 2h; with 0s touching is no conflict.")]
Alternatives = Annotated[
    bool, typer.Option("--alternatives", help="Look for alternatives however many conflicts there are.")
]
AllAlternatives = Annotated[
    bool,
    typer.Option(
        "--all-alternatives",
        help="Look for start and altitude together, another place and what is left of the area, too.",
    ),
]


def screen(
    files: Files,
    *,
    lateral: Lateral = "5nm",
    vertical: Vertical = "1000ft",
    time: Time = "0s",
    alternatives: Alternatives = False,
    all_alternatives: AllAlternatives = False,
    as_json: show.Json = False,
) -> int:
    """Check the notices in files against each other; needs no node.

    Every pair of notices of different parties is compared. A conflict is less than all three distances at
    once. Ends with 0 when nothing was found, 1 when there is a conflict or something that cannot be known,
    2 when a file cannot be read.
    """
    from steerclear.cli import quantities, screen_words, screen_work
    from steerclear.model.finding import SeparationMinima

    minima = SeparationMinima(
        lateral_mm=quantities.lateral_mm(lateral),
        vertical_ft=quantities.vertical_ft(vertical),
        time_s=quantities.time_s(time),
    )
    report = screen_work.screened(
        files, minima, always_alternatives=alternatives, all_alternatives=all_alternatives
    )
    if as_json:
        show.print_json(screen_words.as_json(report))
    else:
        screen_words.show_report(report)
    return 1 if report.found_something else 0
