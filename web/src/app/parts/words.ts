// SPDX-License-Identifier: Apache-2.0
// How are the mechanism's fixed words said? Closed sets of the API, each as a phrase that is translated.

import { t } from "../i18n/i18n.svelte";
import type { OwedRow } from "../api/types";
import { alarmDuty } from "../things/alarm";

const NAMED = /\b[A-Z]{2,12}-\d{4,}\b/;

/** What a duty is about, as an officer names it; a conflict has the name of the result that told it. */
export function nameOf(row: OwedRow): string {
  return NAMED.exec(row.short)?.[0] ?? NAMED.exec(row.words)?.[0] ?? row.short;
}

export function isStop(row: OwedRow): boolean {
  return /^(DRILL )?STOP /.test(row.words);
}

export function isConflict(row: OwedRow): boolean {
  return row.words.startsWith("Conflict ");
}

/** Plain language first; where the console has no phrase for it, the node's own English. */
export function duty(row: OwedRow): string {
  const ofAlarm = alarmDuty(row);
  if (ofAlarm !== null) return ofAlarm;
  return row.words.startsWith("DRILL ") ? `${t("DRILL")} · ${plainDuty(row)}` : plainDuty(row);
}

function plainDuty(row: OwedRow): string {
  const given = { short: nameOf(row), creditor: row.creditor };
  switch (row.what) {
    case "acknowledgement":
      if (isStop(row)) return t("STOP {short} of {creditor}: acknowledge", given);
      if (isConflict(row)) return t("Conflict {short}: acknowledge", given);
      return t("Acknowledge {short} of {creditor}", given);
    case "dissemination":
      return t("Pass {short} on to the unit and say so", given);
    case "cold":
      return t("Say when the area of {short} is cold", given);
    case "outcome":
      return isStop(row) ? t("Say what is done about STOP {short}", given) : t("Distress {short}: say what is done about it", given);
    case "renewal":
      if (/^(DRILL )?DISTRESS /.test(row.words)) return t("Distress {short}: say again what is done about it", given);
      if (row.words.startsWith("Renew site")) return t("Say that the site {short} still stands, or that it is gone", given);
      return t("Say again what is done about STOP {short}", given);
    case "close":
      return t("Close STOP {short} when it is over", given);
    case "ownership":
      return t("Say whose it is: {short}", given);
    case "answer-to-unable":
      return t("{short}: they are unable to keep clear. Amend, hold, or go on and say why", given);
    case "statement":
      return t("Incident {short}: state your side", given);
    case "review":
      return t("Incident {short}: review it together and close", given);
    case "check":
      return t("Check the line");
    case "check-answer":
      return t("{creditor} checks the line, {short}: answer", given);
    case "standstill-answer":
      return t("{creditor} proposes the standstill {short}: accept it, or say that you are unable", given);
    case "violation-answer":
      return t("{creditor} claims a violation, {short}: answer", given);
    case "read-back":
      return t("Read the signal {short} of {creditor} back", given);
    case "proposal-answer":
      return t("{creditor} proposes a way out of a conflict, {short}: accept or decline", given);
    case "concern-reply":
      return t("{creditor} raises a concern about the site {short}: reply", given);
    case "report":
      return t("Movement {short}: report where it is", given);
    case "contact":
      return t("Nobody reaches {short}: report where it is", given);
    case "machine-receipt":
      return t("The machine has not confirmed {short}", given);
    case "reseal":
      return t("{creditor} cannot read {short}: seal it anew", given);
    case "screening":
      return t("Screen {short} against all others", given);
    case "action":
      return t("Action item {short}: say that it is done", given);
    default:
      return row.words;
  }
}

export function lineState(state: string): string {
  const words: Record<string, string> = { "line up": t("line up"), "line down": t("line down"), "never heard": t("never heard") };
  return words[state] ?? state;
}

/** The presence that a peer's machine told, apart from the line. */
export function presence(told: string): string {
  if (told === "no watch taken") return t("desk silent: no watch taken");
  if (told === "no word of its desks") return t("no word of its desks");
  const manned = /^watch taken at (.+)$/.exec(told)?.[1];
  return manned === undefined ? told : t("watch taken: {desks}", { desks: manned.split(", ").map(deskName).join(", ") });
}

export function deskName(name: string): string {
  const words: Record<string, string> = { air: t("air"), ground: t("ground"), sea: t("sea"), humanitarian: t("humanitarian") };
  return words[name] ?? name;
}

export function role(name: string): string {
  const words: Record<string, string> = {
    "duty-officer": t("duty officer"),
    supervisor: t("supervisor"),
    liaison: t("liaison"),
    notifier: t("notifier"),
    host: t("host"),
    observer: t("observer"),
  };
  return words[name] ?? name;
}

export function regime(name: string): string {
  const words: Record<string, string> = {
    founding: t("founding"),
    "in force": t("in force"),
    suspended: t("SUSPENDED: the safety floor holds"),
    ended: t("ended"),
  };
  return words[name] ?? name;
}

export function noticeKind(name: string): string {
  const words: Record<string, string> = {
    hazard: t("hazard"),
    flight: t("flight"),
    transit: t("transit"),
    "keep-out": t("keep-out"),
    "own-presence": t("own presence"),
    movement: t("movement"),
    site: t("site"),
    works: t("works"),
    exercise: t("exercise"),
    emission: t("emission"),
    launch: t("launch"),
    drone: t("drone"),
    rescue: t("rescue"),
  };
  return words[name] ?? name;
}

export const BASES = ["own-forces", "civilians", "aircraft", "unsure"] as const;

export function basis(name: string): string {
  const words: Record<string, string> = {
    "own-forces": t("own forces"),
    civilians: t("civilians"),
    aircraft: t("aircraft"),
    unsure: t("unsure"),
  };
  return words[name] ?? name;
}

export const OUTCOMES = ["stopping", "stopped", "cannot", "not-ours", "not-known"] as const;

export function outcome(name: string): string {
  const words: Record<string, string> = {
    stopping: t("Stopping"),
    stopped: t("Stopped"),
    cannot: t("Cannot"),
    "not-ours": t("Not ours"),
    "not-known": t("Not known"),
  };
  return words[name] ?? name;
}

export const OWNERSHIPS = ["ours", "not-ours", "not-ours-passing-on", "not-ours-no-contact", "not-known", "partly"] as const;

export function ownership(name: string): string {
  const words: Record<string, string> = {
    ours: t("OURS"),
    "not-ours": t("NOT OURS"),
    "not-ours-passing-on": t("NOT OURS, PASSING ON"),
    "not-ours-no-contact": t("NOT OURS, NO CONTACT"),
    "not-known": t("NOT KNOWN"),
    partly: t("PARTLY"),
  };
  return words[name] ?? name;
}

export const ECHELONS = ["operator", "fire-control", "headquarters"] as const;

export function echelon(name: string): string {
  const words: Record<string, string> = {
    operator: t("It reached the operator"),
    "fire-control": t("It reached fire control"),
    headquarters: t("It reached headquarters"),
  };
  return words[name] ?? name;
}

/** How soon a notice or a call must be answered. */
export function className(name: string): string {
  const words: Record<string, string> = {
    stop: "STOP",
    distress: t("Distress"),
    immediate: t("immediate"),
    priority: t("priority"),
    routine: t("routine"),
    static: t("standing"),
    check: t("Line check"),
    other: t("others"),
  };
  return words[name] ?? name;
}

/** Which unit a notice was passed on to. */
export function unitName(name: string): string {
  const words: Record<string, string> = { operator: t("operator"), "fire-control": t("fire control"), headquarters: t("headquarters") };
  return words[name] ?? name;
}

export function finding(name: string): string {
  const words: Record<string, string> = {
    "NO CONFLICT KNOWN": t("NO CONFLICT KNOWN"),
    CONFLICT: t("CONFLICT"),
    "MAY CONFLICT": t("MAY CONFLICT"),
    UNDETERMINED: t("UNDETERMINED"),
  };
  return words[name] ?? name;
}

/** The annexes of the mechanism, as they are spoken of. */
export function annexName(name: string): string {
  const words: Record<string, string> = {
    theatre: t("Theatre"),
    notices: t("Which notices are owed"),
    separation: t("Separation"),
    response: t("Response to STOP"),
    "comm-checks": t("Checks of the line"),
    vocabulary: t("Vocabulary of signals"),
    frequencies: t("Frequencies"),
    disclosure: t("Disclosure"),
    "protected-sites": t("Protected sites"),
    rescue: t("Rescue"),
    civil: t("Civil aviation"),
    incidents: t("Incidents"),
    standstill: t("Standstill"),
    "safety-floor": t("Safety floor"),
    succession: t("When the host is gone"),
    communique: t("Communiqué"),
    statistics: t("Statistics"),
  };
  return words[name] ?? name;
}

/** By which ink a finding is shown; its words say the same. */
export function inkOf(name: string): string {
  if (name === "CONFLICT") return "danger-ink";
  if (name === "MAY CONFLICT") return "warn-ink";
  return name === "NO CONFLICT KNOWN" ? "good-ink" : "undetermined-ink";
}
