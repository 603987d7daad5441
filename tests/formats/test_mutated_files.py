# SPDX-License-Identifier: Apache-2.0
"""Does any file of another form break a reader? Each form's files, bent by slips and attacks.

    drafts       every doubt stands within the draft's own words, each field is filled or asked for, the
                 GeoJSON of what was said is JSON, and a draft in no doubt files as the notice that it is
    BadInput     the file is refused, by an error of our tree
    else         the reader is broken: the file is written to build/mutations/, and kept among the seeds

Always the same files in the same order. A reading of one file allocates less than 300 MB, and ends within the
minute that the test run grants to all; in `make soak-parsers` a form gets 5 million.
"""

from __future__ import annotations

import hashlib
import io
import json
import resource
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

import pytest
from tests.effort import effort
from tests.interop.mutations import mutated

from steerclear.errors import BadInput
from steerclear.formats.drafts import Draft, Field, Given, notice_of
from steerclear.formats.geojson import read_notices, write_notices
from steerclear.formats.gpx import print_gpx
from steerclear.formats.hns_print import print_hns_csv, print_hns_xlsx
from steerclear.formats.kml import print_kml
from steerclear.formats.notam_print import print_notam
from steerclear.formats.openair import print_openair
from steerclear.formats.reading import FORMS, read_bytes, reading_row
from steerclear.model.member import member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Legs,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import TimeSpan

FILES: Final = effort(test=150, ci=2_500, soak=5_000_000)
"""Files a form."""
SLOW: Final = {"hns-xlsx": 10, "kmz": 2}
"""Forms that are slow to open get so many times fewer."""
GROWN_BY_KB: Final = 300_000
HERE: Final = Path(__file__).parent
WHOSE: Final = Given(party=member_id("TUR"))

SPAN = TimeSpan(1_744_185_600, 1_744_192_800)
BAND = Band(Altitude(0, Datum.AGL), Altitude(24_000, Datum.STD))
AT = Position(345_225_000, 376_270_000)
RING = Polygon((AT, Position(347_000_000, 376_270_000), Position(347_000_000, 378_500_000)))


def notice(
    *shapes: Circle | Corridor | Polygon | Legs, kind: NoticeKind = NoticeKind.HAZARD, ref: str = "T4-1"
) -> Notice:
    volumes = tuple(Volume(shape, BAND, SPAN) for shape in shapes)
    return Notice(ref, member_id("TUR"), kind, volumes, "T4")


CIRCLE = Circle(AT, 5_000_000)
CORRIDOR = Corridor((AT, Position(347_000_000, 376_270_000)), 2_000_000)
LEGS = Legs((AT, Position(347_000_000, 376_270_000)), (SPAN.start_s, SPAN.end_s), (500_000, 900_000))
SITE = notice(CIRCLE, kind=NoticeKind.SITE)
MOVE = notice(LEGS, kind=NoticeKind.MOVEMENT, ref="M-7")
ALL = (notice(CIRCLE, RING), notice(CORRIDOR, ref="T4-2"), MOVE)

REPLACING = (
    b"(A1234/25 NOTAMR A1200/25\nQ) OSTT/QRDCA/IV/BO/W/000/240/3431N03738E018\nA) OSTT B) 2504090800 "
    b"C) 2504111000 EST\nD) DAILY 0800-1000, APR 10 2000-2200 MON-FRI\nE) WI 5NM RADIUS OF 343121N0373737E "
    b"AND 2KM EITHER SIDE OF LINE 3431N03737E - 3441N03737E SFC-FL100\nF) 500FT AGL G) UNL)"
)
NOTAMS = (
    *(print_notam(one, fir="OSTT", number="A0001/25").encode() for one in ALL),
    REPLACING,
)
ZONE = {
    "identifier": "TST01", "name": "Test", "restriction": "PROHIBITED",
    "applicability": [
        {"permanent": "NO", "startDateTime": "2025-04-09T08:00:00Z", "schedule": [{"day": ["MON"]}]},
    ],
    "geometry": [{
        "uomDimensions": "M", "lowerLimit": 0, "lowerVerticalReference": "AGL", "upperLimit": 120,
        "upperVerticalReference": "AGL",
        "horizontalProjection": {"type": "Circle", "center": [37.627, 34.5225], "radius": 5000},
    }],
}  # fmt: skip
ZONE_318 = {
    "type": "Feature",
    "geometry": {
        "type": "Point", "coordinates": [37.6, 34.5], "extent": {"subType": "Circle", "radius": 5000},
        "layer": {"lower": 0, "lowerReference": "AGL", "upper": 400, "upperReference": "AMSL", "uom": "ft"},
    },
    "properties": {
        "identifier": "TST01", "name": [{"text": "Test"}], "type": "CONDITIONAL",
        "limitedApplicability": [{"startDateTime": "2025-04-09T08:00Z", "endDateTime": "2025-04-09T10:00Z"}],
    },
}  # fmt: skip
AIRSPACE = (
    b"AC Q\nAN T\nAL 4500ft\nAH FL95\nAA 2025-04-09T08:00Z/2025-04-09T10:00Z\nV X=34:31:21 N 037:37:37 E\n"
    b"V D=-\nDA 5,270,90\nDB 34:31:21 N 037:31:33 E, 34:31:21 N 037:43:40 E\nDP 34:31.5N 037:37.5E\n"
)
FROM_TO = (
    b"Convoy,Departure latitude,Departure longitude,Departure time (UTC),Destination latitude,"
    b"Destination longitude,Arrival time,Radius\n"
    b"C1,34.0N,37.0E,2025-04-09 08:00,34.5N,37.5E,9 Apr 2025 10:00,500\n"
)


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml", (2025, 4, 9, 8, 0, 0)), data)
    return out.getvalue()


SEEDS: Final[dict[str, tuple[bytes, ...]]] = {
    "geojson": (write_notices(ALL).encode(),),
    "notam": NOTAMS,
    "hns-csv": (print_hns_csv((SITE,)), print_hns_csv((MOVE,)), FROM_TO),
    "hns-xlsx": (print_hns_xlsx((SITE, MOVE)),),
    "kml": (print_kml(ALL).encode(),),
    "kmz": (zipped(print_kml(ALL).encode()),),
    "openair": (print_openair((notice(CIRCLE), notice(RING), notice(CORRIDOR))).encode(), AIRSPACE),
    "gpx": (print_gpx((notice(CIRCLE), notice(RING), notice(CORRIDOR), MOVE)).encode(),),
    "ed269": (json.dumps({"features": [ZONE]}).encode(),),
    "ed318": (json.dumps({"type": "FeatureCollection", "features": [ZONE_318]}).encode(),),
}


def rezipped(seed: bytes, number: int) -> Iterator[bytes]:
    """A zip file whose members are bent one at a time and packed again: so it is opened at all."""
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    chance = Random(number)
    streams = {
        name: mutated([data], seed=number + place) for place, (name, data) in enumerate(members.items())
    }
    names = sorted(members)
    while True:
        bent = chance.choice(names)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, data in members.items():
                archive.writestr(name, next(streams[name]) if name == bent else data)
        yield out.getvalue()


def files(form: str) -> Iterator[bytes]:
    number = len(form) * 1_009 + 7
    whole = mutated(SEEDS[form], seed=number)
    if form not in ("hns-xlsx", "kmz"):
        yield from whole
    inside = rezipped(SEEDS[form][0], number)
    while True:
        yield next(whole)
        yield next(inside)


def test_every_form_that_is_read_is_bent_here() -> None:
    assert set(SEEDS) == set(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_no_file_breaks_a_reader(form: str) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = [path.read_bytes() for path in sorted((HERE / "seeds" / form).glob("*"))]
    good = sum(is_read(form, data) for data in (*SEEDS[form], *kept))
    for data in islice(files(form), FILES // SLOW.get(form, 1)):
        is_read(form, data)
    assert good >= len(SEEDS[form])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < GROWN_BY_KB


def is_read(form: str, data: bytes) -> bool:
    try:
        reading = read_bytes(data, where="file", form=form, given=WHOSE)
    except BadInput:
        return False
    except Exception as error:
        raise AssertionError(f"{written(form, data)}: the reader fails by {error!r}") from error
    try:
        json.dumps([draft.geojson for draft in reading_row(reading).drafts])
        for draft in reading.drafts:
            check(draft)
    except Exception as error:
        raise AssertionError(f"{written(form, data)}: {error!r}") from error
    return True


def check(draft: Draft) -> None:
    for doubt in draft.doubts:
        assert 0 <= doubt.start <= doubt.end <= len(draft.raw), doubt
    asked = {doubt.field for doubt in draft.doubts if doubt.must}
    assert draft.kind is not None or Field.KIND in asked
    for volume in draft.volumes:
        assert volume.footprint is not None or Field.AREA in asked
        assert volume.lower is not None or Field.LOWER in asked
        assert volume.end_s is not None or Field.END in asked
    if draft.is_complete:
        made = notice_of(draft)
        assert read_notices(write_notices([made]).encode(), where="again") == (made,)


def written(form: str, data: bytes) -> Path:
    """Where the file lies now, to be looked at and then kept among the seeds."""
    folder = HERE.parents[1] / "build" / "mutations" / form
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path
