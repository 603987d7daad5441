// SPDX-License-Identifier: Apache-2.0
// Which pages are there, and in whose menu does each stand? What is not built is not listed.

import type { Component } from "svelte";
import Annexes from "./Annexes.svelte";
import Board from "./Board.svelte";
import Conflicts from "./Conflicts.svelte";
import Desk from "./Desk.svelte";
import FilePage from "./FilePage.svelte";
import Incidents from "./Incidents.svelte";
import Meetings from "./Meetings.svelte";
import Notices from "./Notices.svelte";
import Places from "./Places.svelte";
import Replay from "./Replay.svelte";
import Settings from "./Settings.svelte";
import Signals from "./Signals.svelte";
import Statistics from "./Statistics.svelte";
import Watch from "./Watch.svelte";
import { HAS_FILING } from "./slots";

interface Page {
  title: string;
  view: Component;
  /** Those who have it in their menu; left out: everybody. */
  roles?: readonly string[];
}

const DESK = ["duty-officer", "supervisor", "notifier"];

/** Titles are phrases of the catalogues. In the order of the menu. */
export const PAGES: Readonly<Record<string, Page>> = {
  "": { title: "Desk", view: Desk },
  ...(HAS_FILING ? { file: { title: "File", view: FilePage, roles: DESK } } : {}),
  notices: { title: "Notices", view: Notices },
  conflicts: { title: "Conflicts", view: Conflicts },
  signals: { title: "Signals", view: Signals },
  watch: { title: "Watch", view: Watch },
  places: { title: "Sites and movements", view: Places },
  incidents: { title: "Incidents", view: Incidents },
  meetings: { title: "Meetings", view: Meetings },
  annexes: { title: "Annexes", view: Annexes },
  board: { title: "Board", view: Board },
  statistics: { title: "Statistics", view: Statistics, roles: ["duty-officer", "supervisor", "liaison", "host", "observer"] },
  settings: { title: "Settings", view: Settings },
};

/** A thing that stands open is shown on the desk's page; a replay is come to from an incident or the map's slider. */
const WITH_THINGS: Readonly<Record<string, Page>> = { ...PAGES, thing: { title: "Desk", view: Desk }, replay: { title: "Replay", view: Replay } };

export function viewOf(page: string): Component | null {
  return WITH_THINGS[page]?.view ?? null;
}

export function pagesFor(role: string): readonly { path: string; title: string }[] {
  return Object.entries(PAGES)
    .filter(([, page]) => page.roles?.includes(role) ?? true)
    .map(([path, page]) => ({ path, title: page.title }));
}
