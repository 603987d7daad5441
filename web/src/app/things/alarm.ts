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
  return isUntold(row) || DUTIES.includes(row.what) || (row.what === "acknowledgement" && row.words.endsWith(" is to call. Acknowledge."));
}

/** An alarm that could not be sealed to a member: nobody told it, and our own desk calls it. */
export function isUntold(row: OwedRow): boolean {
  return row.what === "reseal" && row.words.includes(" IS NOT TOLD, ");
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
  const doubt = alarm.is_certain ? "" : ` (${said("UNDETERMINED: a height or a velocity is not known")})`;
  return words.charAt(0).toLocaleUpperCase() + words.slice(1) + doubt;
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
  return isUntold(row) ? untold(row) : toDo(alarm, t);
}

export function untold(row: OwedRow): string {
  return t("{member} IS NOT TOLD: no key of it is known. Call {member}.", { member: row.creditor });
}

/** What the caller owes. */
export function toDo(alarm: TrackAlarmRow, t: Say): string {
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
  return aloud(alarm, alarm.called ?? t("civil control"), me, voiceAsk(alarm, me, t), t);
}

/** The same to a member that this reached in no other way: what it must know, and who is to call. */
export function untoldVoice(alarm: TrackAlarmRow, whom: string, me: string, t: Say): string {
  const ask = whom === alarm.caller ? toDo(alarm, t) : t("{member} is to call. Acknowledge.", { member: alarm.caller });
  return aloud(alarm, whom, me, ask.charAt(0).toLocaleUpperCase() + ask.slice(1), t);
}

function aloud(alarm: TrackAlarmRow, whom: string, me: string, ask: string, t: Say): string {
  const given = { whom, me, short: alarm.short, seen: seenWords(alarm, null, t), ask };
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
