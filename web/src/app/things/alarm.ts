// SPDX-License-Identifier: Apache-2.0
// What does an alarm of the live picture say? To a desk in its language, and over a telephone to whoever is called.

import type { OwedRow, TrackAlarmRow } from "../api/types";
import { t } from "../i18n/i18n.svelte";
import { alarms } from "../state/alarms.svelte";

export type Say = (english: string, given?: Record<string, string | number>) => string;

/** English, whatever the console speaks: what is read aloud to the other side. */
export const inEnglish: Say = (english, given = {}) => english.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));

const DUTIES = ["call", "ask-ownership", "warn-airliner", "amend-or-return"];

export function isTrackAlarm(row: OwedRow): boolean {
  return DUTIES.includes(row.what) || (row.what === "acknowledgement" && row.words.endsWith(" is to call. Acknowledge."));
}

/** A duty about an alarm, in the language of the page; `null`: it is about something else. */
export function alarmDuty(row: OwedRow): string | null {
  if (!isTrackAlarm(row)) return null;
  const alarm = alarms.find(row.about);
  // Until it is read, in the node's own words.
  if (alarm === undefined) return row.words;
  return `${seenWords(alarm, row.debtor)}: ${asked(alarm, row)}`;
}

/** What is seen, as `reader` says it: *yours* is the reader's; without a reader each has its name. Never a place. */
export function seenWords(alarm: TrackAlarmRow, reader: string | null, said: Say = t): string {
  const [near, far] = [alarm.track, alarm.other].sort((one, other) => Number(other.member === reader) - Number(one.member === reader)) as [Holder, Holder];
  const when = whenWords(alarm, said);
  const area = areaWords(alarm, said);
  const words = seenOf(alarm, { one: aircraft(near, reader, said), other: aircraft(far, reader, said), track: aircraft(alarm.track, reader, said), area, when }, said);
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

type Holder = TrackAlarmRow["track"];

function seenOf(alarm: TrackAlarmRow, given: Record<string, string>, t: Say): string {
  if (alarm.danger === "separation") return t("{one} and {other} come too close to each other, {when}", given);
  if (alarm.danger === "entry") return t("{track} enters {area}, {when}", given);
  return t("{track} leaves what {area} filed, {when}", given);
}

function whenWords(alarm: TrackAlarmRow, t: Say): string {
  return Date.parse(alarm.first_at) <= Date.parse(alarm.at) ? t("now") : t("from {at}", { at: `${alarm.first_at.slice(11, 16)}Z` });
}

export function aircraft(holder: Holder, reader: string | null, t: Say): string {
  if (holder.side === "civil") return t("a civil aircraft");
  if (holder.side === "unknown") return t("an aircraft that nobody has named");
  if (holder.member === null) return t("an aircraft");
  return holder.member === reader ? t("an aircraft of yours") : t("an aircraft of {member}", { member: holder.member });
}

export function areaWords(alarm: TrackAlarmRow, t: Say): string {
  const meant = alarm.concerns;
  if (meant === null) return t("an area that is not shown here");
  if (meant.annex !== null) return t("the agreed area {name}", { name: meant.area ?? meant.annex });
  if (meant.notice === null || meant.author === null) return t("an area that is not shown here");
  return t("{short} of {member}", { short: meant.notice, member: meant.author });
}

function asked(alarm: TrackAlarmRow, row: OwedRow): string {
  if (row.what === "acknowledgement") return t("{member} is to call. Acknowledge.", { member: alarm.caller });
  return toDo(alarm);
}

/** What the caller owes. */
export function toDo(alarm: TrackAlarmRow): string {
  const member = alarm.called ?? "";
  switch (alarm.owes) {
    case "call":
      return t("call {member}.", { member });
    case "ask-ownership":
      return t("ask {member} whose it is.", { member });
    case "warn-airliner":
      return t("have it warned: held, ATC warned, or cannot.");
    case "amend-or-return":
      return t("amend the notice, or return to it, and tell {member}.", { member });
  }
}

/** To be read aloud by the caller: who speaks, which alarm, what is seen, and what is asked. */
export function voiceWords(alarm: TrackAlarmRow, me: string, t: Say): string {
  const given = { whom: alarm.called ?? t("civil control"), me, short: alarm.short, seen: seenWords(alarm, null, t), ask: voiceAsk(alarm, me, t) };
  return t("{whom}, this is {me}, alarm {short}. {seen}. {ask}", given);
}

function voiceAsk(alarm: TrackAlarmRow, me: string, t: Say): string {
  if (alarm.owes === "ask-ownership") return t("Is it yours? Say ours, not ours, or not known.");
  if (alarm.owes === "warn-airliner") return t("Hold it or warn it, and say which.");
  if (alarm.owes === "amend-or-return") return t("We return or amend, and say which.");
  const isOurs = alarm.danger === "entry" && alarm.track.member === me;
  return isOurs ? t("It is ours; we say now what we do.") : t("Say what you do about it.");
}

export function actWords(act: string): string {
  const words: Record<string, string> = {
    acknowledged: t("acknowledged"),
    called: t("Called"),
    asked: t("Asked whose it is"),
    "turned-away": t("Turned away"),
    returned: t("Returned"),
    amended: t("Notice amended"),
    held: t("Held"),
    "atc-warned": t("ATC warned"),
    "not-ours": t("Not ours"),
    cannot: t("Cannot"),
  };
  return words[act] ?? act;
}
