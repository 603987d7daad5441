# SPDX-License-Identifier: Apache-2.0
"""ASTERIX blocks as another program encodes them: libasterix."""

from __future__ import annotations

from typing import Any, Final

import asterix.generated as generated

NOW_MS: Final = 1_757_000_000_000
OF_DAY_S: Final = NOW_MS % 86_400_000 / 1000
SOURCE: Final = (("SAC", 25), ("SIC", 201))


def block(category: Any, *records: dict[str, Any]) -> bytes:
    made = category.create([category.cv_record.create(record) for record in records])
    data: bytes = made.unparse().to_bytes()
    return data


def adsb(**more: Any) -> bytes:
    return block(generated.Cat_021_2_6, adsb_record(**more))


def adsb_record(*, s: float = OF_DAY_S, **more: Any) -> dict[str, Any]:
    """Items by their names (``_145=…``); None leaves one out. An extended item is a list of its parts."""
    record: dict[str, Any] = {
        "010": SOURCE,
        "131": (("LAT", (34.5, "°")), ("LON", (36.25, "°"))),
        "080": 0x4CA2D6,
        "073": (s, "s"),
        "145": (350, "FL"),
        "160": (("RE", 0), ("GS", (480 / 3600, "NM/s")), ("TA", (90.0, "°"))),
        "155": (("RE", 0), ("BVR", (-1024, "ft/min"))),
    }
    return _without_none(record | {name[1:]: value for name, value in more.items()})


def radar_record(**more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "010": SOURCE,
        "140": (OF_DAY_S, "s"),
        "020": [(("TYP", 5), ("SIM", 0), ("RDP", 0), ("SPI", 0), ("RAB", 0), None)],
        "040": (("RHO", (60.0, "NM")), ("THETA", (30.0, "°"))),
        "090": (("V", 0), ("G", 0), ("FL", (350, "FL"))),
        "220": 0x4CA2D6,
        "161": (0, ("TRN", 77)),
        "200": (("GSP", (480 / 3600, "NM/s")), ("HDG", (90.0, "°"))),
    }
    return _without_none(record | {name[1:]: value for name, value in more.items()})


def system_record(**more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "010": SOURCE,
        "070": (OF_DAY_S, "s"),
        "105": (("LAT", (34.5, "°")), ("LON", (36.25, "°"))),
        "185": (("VX", (200.0, "m/s")), ("VY", (0.0, "m/s"))),
        "040": 4711,
        "136": (350, "FL"),
        "220": (-1024, "ft/min"),
    }
    return _without_none(record | {name[1:]: value for name, value in more.items()})


def _without_none(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


def _spelled(category: Any) -> str:
    """The list of a category's items, in the words of our own lists."""
    listed = category.cv_uap.cv_record.cv_items_list
    return " ".join(_item(one) for one in listed)


def _item(one: Any) -> str:
    if not hasattr(one, "cv_non_spare"):
        return "-"
    return f"{one.cv_non_spare.cv_name}:{_shape(_variation(one.cv_non_spare))}"


def _variation(non_spare: Any) -> Any:
    rule = non_spare.cv_rule
    return rule.cv_variation if hasattr(rule, "cv_variation") else rule.cv_default_variation


def _shape(variation: Any) -> str:
    kinds = {base.__name__ for base in variation.__mro__}
    if kinds & {"Element", "Group"}:
        return str(variation.cv_bit_size // 8)
    if "Extended" in kinds:
        [bits] = {
            sum(1 if one is None else one[1] for one in part)  # None is the bit that says whether it goes on
            for part in variation.cv_items_list
        }
        return "x" if bits == 8 else f"x{bits // 8}"
    if "Repetitive" in kinds and variation.cv_rep_bytes is None:
        octets = (variation.cv_variation.cv_bit_size + 1) // 8
        return "x" if octets == 1 else f"x{octets}"
    if "Repetitive" in kinds:
        return f"r{_shape(variation.cv_variation)}"
    if "Explicit" in kinds:
        return "len"
    parts = ("-" if part is None else _shape(_variation(part)) for part in variation.cv_items_list)
    return f"({' '.join(parts)})"


EDITIONS: Final = {
    (name, int(name[4:7])): _spelled(getattr(generated, name))
    for name in dir(generated)
    if name.startswith(("Cat_021_2", "Cat_048", "Cat_062"))
}
"""What libasterix has of the categories that we read, by its own names."""
