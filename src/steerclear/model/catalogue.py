# SPDX-License-Identifier: Apache-2.0
"""Which signals are there, and what does each mean? The one catalogue that every face and language stands on.

How to read the table, and how to add to it:

    [group]
    code *: The meaning in English, with every {slot} named once.

``*`` asks for a read-back. ``{name:kind:smallest-largest}`` types a slot; ``{time}`` is ``{time:time}``.
A count has two sentences, ``for one | for many``.
A code never changes its meaning: what was wrong gets a new code, and the old one stays readable.
Adding one raises ``CATALOGUE_VERSION`` and changes ``CATALOGUE_HASH``, which the annex *vocabulary* ratifies.
Nothing here grants anything, names a target or tells anybody to use a weapon.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from steerclear.model.signal import Group, Signal, signal_of

__all__ = ["CATALOGUE_HASH", "CATALOGUE_VERSION", "SIGNALS", "hash_of", "read_table"]

CATALOGUE_VERSION: Final = 1

_TABLE: Final = """
[line]
line-check: Line check. How do you read me?
read-you: I read you {readability:number:1-5}.
say-again: Say again {item}.
correction *: My {wrong:item} was wrong. Correct: {right:item}.
call-desk: Have {desk} call us by {time}.
stand-by: Wait. I answer by {time}.
watch-changed: The watch at {desk} has changed.
received: We have received and understood {item}. This is not agreement.
not-understood: We do not understand {item}. Say it in other words.
read-back-please: Read back {item}.
read-back-wrong *: Your read-back of {item} is wrong. Read it back again.
sent-in-error *: {item} was sent in error. Disregard it.
answer-yes: Answer to {item}: yes. This is not permission.
answer-no: Answer to {item}: no.
answer-not-known: Answer to {item}: we do not know.
answer-needed: We need your answer to {item} by {time}.
listening-on *: From {time} we listen on {frequency}.
voice-line-down: Our voice line is down since {time}. Use this line.
line-off *: This line is off at our side from {start:time} to {end:time}. Call by voice.
[ownership]
is-it-yours: Is the track at {place}, level {altitude}, heading {heading}, at {time} yours?
it-is-ours: What {item} asks about is ours.
it-is-not-ours *: What {item} asks about is not ours. This does not identify it as hostile.
ownership-not-known *: We do not know whose it is that {item} asks about. This does not identify it as
    hostile.
our-track-is-at: Our track {track}: at {place}, level {altitude}, heading {heading}, at {time}.
check-position *: The position in {item} may be wrong. We read {place}. Check it.
position-confirmed *: We confirm the position in {item}: {place}.
which-datum: From which datum are the heights in {item} measured?
[air]
our-aircraft-in-emergency *: Our aircraft at {place}, level {altitude}, is in emergency and will pass
    through {area} to {exit:place}.
emergency-over: The emergency of {item} is over since {time}.
we-lost-contact: We have lost contact with our aircraft or unit near {place} since {time}.
contact-regained: We have contact again with our aircraft or unit near {place} since {time}.
please-turn-away: Your track at {place} approaches {area}. We ask that it turn away. Time to entry
    {duration}.
we-turn-away: Our track at {place} is turning away to heading {heading}.
we-did-not-intend: Our track at {place} entered {area} at {entered:time} without intent and leaves by
    {leaves:time}.
please-stay-above *: We ask that your track at {place} stay above {altitude} until {time}.
please-stay-below *: We ask that your track at {place} stay below {altitude} until {time}.
we-stay-above *: Our track at {place} stays above {altitude} until {time}.
we-stay-below *: Our track at {place} stays below {altitude} until {time}.
we-divert *: Our aircraft at {place} diverts to {goal:place}. Time there {time}.
fuel-low *: Our aircraft at {place} is low on fuel. Time left {duration}.
civil-aircraft-near *: A civil aircraft is at {place}, level {altitude}, heading {heading}, at {time}.
civil-aircraft-will-enter *: A civil aircraft will enter {area}. Time to entry {duration}. Say what you
    do.
balloon-released: An unmanned balloon was released at {place} at {time}. It rises to {altitude}.
[area]
area-hot *: {area} is hot from {time}.
area-cold *: {area} is cold since {time}.
hot-longer *: {area} stays hot until {time}.
not-yet-cold *: {area} is not cold yet. Treat it as hot. We report again by {time}.
is-it-cold: The end of {area} has passed. Is it cold?
keep-clear-request *: We ask that you keep out of {area} from {start:time} to {end:time}.
we-keep-out *: We keep out of {area} from {start:time} to {end:time}.
inside-off-limits *: Your track at {place} is inside {area}, which is off limits. We ask that it leave.
corridor-in-use *: The corridor {area} is in use from {start:time} to {end:time}. Keep out of it.
corridor-not-in-use *: The corridor {area} is no longer in use since {time}.
corridor-blocked *: The corridor {area} is blocked at {place} since {time}.
pause-holds *: Our activity in {area} pauses from {start:time} to {end:time}.
pause-ends *: Our pause in {area} ends at {time}.
[hazard]
your-emission-endangers: Your emission (jamming, laser or radar lock) endangers our aircraft at {place}
    since {time}. We ask that it cease.
emission-ceased: Our emission at {place} has ceased at {time}.
emission-planned *: We emit (jamming, laser or radar) in {area} from {start:time} to {end:time}.
navigation-unreliable: Satellite navigation is unreliable in {area} since {time}.
debris-falling *: Debris may fall in {area} from {start:time} to {end:time}.
unexploded *: Unexploded ordnance at {place}. Stay {distance} away.
mines-reported *: Mines are reported in {area} at {place}.
fire-at: Fire at {place}. Radius {distance}, seen at {time}.
dangerous-substance *: A dangerous substance has escaped at {place} at {time}. Stay {distance} away.
[hold]
hold-request: We ask that you hold your activity {item} until {time}, because {place} is concerned.
holding *: We hold {item} until {time}.
cannot-hold *: We cannot hold {item}. It goes on until {time}.
has-ceased *: All activity named in {item} has ceased at {time}.
goes-on-again *: The activity named in {item} goes on again from {time}.
danger-goes-on *: The danger reported in {item} goes on at {place}.
danger-over: The danger reported in {item} is over since {time}.
reached-without-intent *: An activity of ours reached {place} at {time} without intent. It has ceased.
are-you-hurt: Something happened at {place} at {time}. Are people of yours hurt?
nobody-hurt: None of our people is hurt by what happened at {place} at {time}.
[people]
people-here *: Our people or civilians are at {place} until {time}.
civilians-here *: {count:number:0-100000} civilian is at {place} until {time}. | {count} civilians are at
    {place} until {time}.
people-in-danger *: {count:number:0-100000} person of ours is in danger at {place}. | {count} people of
    ours are in danger at {place}.
people-hurt *: {count:number:0-100000} person of ours is hurt at {place}, at {time}. | {count} people of
    ours are hurt at {place}, at {time}.
people-missing: {count:number:0-100000} person of ours is missing. Last seen at {place}, {time}. | {count}
    people of ours are missing. Last seen at {place}, {time}.
people-found: We found {count:number:0-100000} person of yours at {place} at {time}. | We found {count}
    people of yours at {place} at {time}.
people-handed-over *: Handover of {count:number:0-100000} person at {place} at {time}. | Handover of
    {count} people at {place} at {time}.
evacuation *: Evacuation of {count:number:0-100000} person from {origin:place} to {goal:place} from
    {start:time} to {end:time}. | Evacuation of {count} people from {origin} to {goal} from {start} to
    {end}.
aid-handed-out *: Aid is handed out at {place} from {start:time} to {end:time}. Many people are there.
gathering *: Civilians gather at {place} from {start:time} to {end:time}.
recovery-of-dead *: We recover the dead at {place} from {start:time} to {end:time}.
repair-crew *: {count:number:0-100000} repair worker is at {place} from {start:time} to {end:time}. |
    {count} repair workers are at {place} from {start} to {end}.
repair-done: The repair at {place} is done and the workers left at {time}.
[medical]
rescue-entering *: Rescue of ours enters {area} from {start:time} to {end:time}. Armed for its own defence
    only: {armed:number:0-1} (0 unarmed, 1 armed).
rescue-left *: Our rescue has left {area} at {time}.
rescue-needed *: {count:number:0-100000} person at {place} needs rescue. | {count} people at {place} need
    rescue.
medevac-needed *: {count:number:0-100000} person at {place} needs medical evacuation by {time}. | {count}
    people at {place} need medical evacuation by {time}.
medevac-starting *: Medical evacuation {callsign} goes from {origin:place} to {goal:place} at {time}.
medevac-complete: Medical evacuation {callsign} has ended at {place} at {time}.
hospital-full: The hospital at {place} receives no more patients since {time}.
[movement]
movement-late: Movement {movement} is late. New time at {place}: {time}.
movement-stopped: Movement {movement} has stopped at {place} since {time}.
movement-goes-on: Movement {movement} goes on from {place} at {time}.
movement-cancelled *: Movement {movement} is cancelled at {time}.
movement-silent *: We have no contact with movement {movement} since {time}.
movement-vehicles *: Movement {movement} has {count:number:0-100000} vehicle. | Movement {movement} has
    {count} vehicles.
movement-people *: Movement {movement} has {count:number:0-100000} person. | Movement {movement} has
    {count} people.
wait-for-movement *: We ask that you wait until movement {movement} has passed {place}, expected at
    {time}.
road-blocked: The road at {place} is blocked until {time}.
[sea]
vessel-in-distress *: Vessel {callsign} is in distress at {place} with {count:number:0-100000} person on
    board. | Vessel {callsign} is in distress at {place} with {count} people on board.
person-overboard *: A person is overboard at {place} since {time}.
vessel-not-under-command *: Vessel {callsign} at {place} is not under command since {time}.
vessel-limited *: Vessel {callsign} at {place} cannot turn freely. Stay {distance} away.
drifting-mine *: A drifting mine was seen at {place} at {time}.
search-at-sea *: Search and rescue at sea in {area} from {start:time} to {end:time}.
small-boats: {count:number:0-100000} small boat with people on board at {place} at {time}. | {count} small
    boats with people on board at {place} at {time}.
port-closed: The port at {place} is closed from {start:time} to {end:time}.
[drone]
drones-flying *: {count:number:0-100000} drone of ours flies in {area} up to {altitude} until {time}. |
    {count} drones of ours fly in {area} up to {altitude} until {time}.
drone-lost-link *: Our drone at {place}, level {altitude}, heading {heading}, has lost its link at {time}.
drone-regained: We control our drone at {place} again since {time}.
drone-came-down *: Our drone came down at {place} at {time}. Do not touch it.
unknown-drone: A drone that we do not know is at {place}, level {altitude}, heading {heading}, at {time}.
[weather]
weather-stops-us: Weather has stopped our activity in {area} since {time}.
storm-expected: A storm is expected in {area} from {start:time} to {end:time}.
icing: Severe icing in {area} from {lower:altitude} to {upper:altitude} at {time}.
[plan]
starts-later *: {item} starts later. New start {time}.
lasts-longer *: {item} lasts longer. New end {time}.
cancelled *: {item} is cancelled.
please-amend: We ask that you amend {item} by {time}.
we-amend *: We amend {item} by {time}. Until then it stands as it is.
who-changes: {item} and {other:item} are in conflict. Which of us changes?
pass-on-please: We ask that you pass {item} on to the unit and confirm by {time}.
not-passed-on *: {item} has not reached the unit. We try until {time}.
also-concerns: {item} also concerns {member}.
pass-to-member: We ask that you pass {item} on to {member} by {time}.
"""

_ROW: Final = re.compile(r"([a-z][a-z-]*)( \*)?: (.+)", re.ASCII)


def read_table(table: str) -> Iterator[Signal]:
    """The signals of a table, in its order."""
    group = Group.LINE
    for line in re.sub(r"\n {4}", " ", table).strip().splitlines():
        if line.startswith("["):
            group = Group(line.strip("[]"))
        elif row := _ROW.fullmatch(line):
            yield signal_of(row[1], group, row[3], read_back=row[2] is not None)
        else:
            raise ValueError(f"this line of the catalogue is no signal: {line}")


def hash_of(signals: Mapping[str, Signal], version: int) -> str:
    """SHA-256 (hex) over all that a code stands for: meaning, slots and read-back mark. Sorted by code."""
    rows = [
        [
            signal.code,
            signal.text,
            signal.singular,
            [[slot.name, slot.kind.value, slot.smallest, slot.largest] for slot in signal.slots],
            signal.read_back,
        ]
        for _, signal in sorted(signals.items())
    ]
    written = json.dumps({"signals": rows, "version": version}, ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


SIGNALS: Final[Mapping[str, Signal]] = MappingProxyType({one.code: one for one in read_table(_TABLE)})
"""Every signal by its code, in the order of the table."""

CATALOGUE_HASH: Final = hash_of(SIGNALS, CATALOGUE_VERSION)
"""What the annex *vocabulary* ratifies, and every sent signal names."""
