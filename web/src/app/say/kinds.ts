// SPDX-License-Identifier: Apache-2.0
// What can be said to what? The kinds that begin an affair, those that answer it, and the field that names it.

/** What is shown to nobody whom its sender does not name: whom to name is asked for. */
export const NAMED_READERS: readonly string[] = ["site.register"];

export interface Answer {
  kind: string;
  field: string;
}

export const ANSWERS: Readonly<Record<string, readonly Answer[]>> = {
  distress: [{ kind: "distress.answer", field: "distress" }, { kind: "distress.close", field: "distress" }],
  site: [
    { kind: "site.renew", field: "sites" },
    { kind: "contact.attempt", field: "about" },
    { kind: "site.concern", field: "site" },
    { kind: "site.end", field: "site" },
  ],
  standstill: [
    { kind: "standstill.accept", field: "standstill" },
    { kind: "standstill.extend", field: "standstill" },
    { kind: "standstill.end", field: "standstill" },
  ],
  incident: [
    { kind: "incident.state", field: "incident" },
    { kind: "incident.finding", field: "incident" },
    { kind: "incident.close", field: "incident" },
  ],
  violation: [{ kind: "violation.answer", field: "claim" }],
  meeting: [{ kind: "meeting.minutes", field: "meeting" }, { kind: "meeting.action", field: "meeting" }],
  communique: [{ kind: "communique.agree", field: "communique" }],
  check: [{ kind: "check.answer", field: "check" }],
  drill: [{ kind: "drill.end", field: "drill" }],
};

/** Phrases of the catalogues. */
const NAMES: Readonly<Record<string, string>> = {
  "notice.file": "Notice",
  "notice.amend": "Notice amended",
  "notice.withdraw": "Notice withdrawn",
  "notice.activate": "Area is hot",
  "notice.cold": "Area is cold",
  "stop.call": "STOP",
  "stop.answer": "Answer to a STOP",
  "stop.renew": "Answer to a STOP",
  "stop.close": "STOP closed",
  "signal.send": "Signal",
  "signal.read-back": "Read back",
  "annex.propose": "Annex proposed",
  "annex.ratify": "Annex ratified",
  "screen.result": "Screening",
  "receipt.unable": "Unable to keep clear",
  "filer.hold": "The filer holds",
  "filer.proceed": "The filer goes on",
  "ownership.ask": "Whose is it?",
  "ownership.answer": "Answer: whose it is",
  watch: "Watch",
  "watch.take": "Take the watch",
  "watch.hand-over": "Hand the watch over",
  check: "Line check",
  "check.call": "Check the line",
  "check.answer": "Answer the check",
  drill: "Drill",
  "drill.start": "Begin a drill",
  "drill.end": "End the drill",
  distress: "Distress",
  "distress.call": "Call distress",
  "distress.answer": "Answer the distress call",
  "distress.close": "Close the distress call",
  ownership: "Whose is it?",
  site: "Protected site",
  "site.register": "Register a site",
  "site.renew": "It still stands",
  "site.concern": "Raise a concern",
  "site.end": "The site is gone",
  "movement.report": "Report a movement",
  "contact.attempt": "Contact was tried",
  standstill: "Standstill",
  "standstill.propose": "Propose a standstill",
  "standstill.accept": "Accept it",
  "standstill.extend": "Extend it",
  "standstill.end": "End it",
  incident: "Incident",
  "incident.open": "Open an incident",
  "incident.state": "State our side",
  "incident.finding": "Put down or answer a point",
  "incident.close": "Close it for our side",
  violation: "Claim of a violation",
  "violation.claim": "Claim a violation",
  "violation.answer": "Answer the claim",
  meeting: "Meeting",
  "meeting.convene": "Call a meeting",
  "meeting.minutes": "Lay or sign minutes",
  "meeting.action": "Give or settle an action item",
  communique: "Communiqué",
  "communique.propose": "Propose a communiqué",
  "communique.agree": "Agree to paragraphs",
  voice: "Said by voice",
  "voice.log": "Enter what was said by voice",
  "conflict.propose": "Propose a way out",
  "conflict.close": "Close the conflict for our side",
  "receipt.acknowledge": "acknowledged",
  "receipt.disseminate": "disseminated",
  delivered: "delivered",
};

export function kindName(kind: string): string {
  return NAMES[kind] ?? kind;
}
