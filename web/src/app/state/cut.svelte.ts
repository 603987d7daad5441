// SPDX-License-Identifier: Apache-2.0
// Was the line to the own node cut, since when, and what came meanwhile? Told until somebody puts it away.
//
//   live ──lost──> `from` is kept ──live again, and the desk read──> `until`, with what was not here before

import type { Inbox, Status } from "../api/types";
import { nameOf } from "../parts/words";
import { now } from "./clock.svelte";
import { desk } from "./desk.svelte";
import { live, type Moved } from "./live.svelte";

export interface Missed {
  short: string;
  kind: string;
  author: string;
  /** An answer that is named by itself, and not by the notice that it is about. */
  isReceipt?: boolean;
}

/** What machines say by themselves, and receipts, are no news of their own; that somebody is unable is. Conflicts are told by what they are about. */
const UNTOLD = /^(node|key|log|screen|blind)\.|^heard$|^receipt\.(?!unable$)/;
const UNABLE = "receipt.unable";
const CONFLICTS = ["CONFLICT", "MAY CONFLICT"];

class Cut {
  /** By the node's clock; null where nothing was cut or it was put away. */
  from = $state<Date | null>(null);
  until = $state<Date | null>(null);
  missed = $state.raw<readonly Missed[]>([]);
  /** The node was started anew: its events of before are gone, and what it holds now was compared instead. */
  isAnew = $state(false);
  #before = new Set<string>();
  #told = new Map<string, Missed>();

  putAway(): void {
    this.from = null;
    this.until = null;
    this.missed = [];
  }

  begin(): void {
    if (this.from !== null && this.until === null) return;
    this.from = new Date(now.at);
    this.until = null;
    this.isAnew = false;
    this.missed = [];
    this.#told.clear();
    this.#before = new Set(standing(desk.status, desk.inbox).keys());
  }

  heard({ kind, data }: Moved): void {
    if (this.from === null || this.until !== null) return;
    if (kind === "reset") this.isAnew = true;
    if (kind !== "record") return;
    for (const one of (data["said"] ?? []) as Missed[]) if (!UNTOLD.test(one.kind)) this.#told.set(one.short, { ...one, isReceipt: one.kind === UNABLE });
  }

  /** The line is back, and the desk was read again. */
  end(): void {
    if (this.from === null || this.until !== null) return;
    this.until = new Date(now.at);
    const fresh = [...standing(desk.status, desk.inbox)].filter(([key]) => !this.#before.has(key)).map(([, one]) => one);
    // The receipt itself names no notice: where one of ours owes its answer, that one is told instead.
    const isOwed = fresh.some((one) => one.kind === UNABLE);
    const told = [...this.#told.values()].filter((one) => one.kind !== UNABLE || !isOwed);
    this.missed = [...new Map([...told, ...fresh].map((one) => [keyOf(one), one])).values()];
  }
}

/** Where one reads about it. */
export function placeOf(one: Missed): string {
  if (CONFLICTS.includes(one.kind)) return "/conflicts";
  return one.kind === UNABLE && one.isReceipt ? "/notices" : `/thing/${one.short}`;
}

/** The notices, STOPs and conflicts that the desk shows, and which of its notices somebody is unable to keep clear of. */
function standing(status: Status | null, inbox: Inbox | null): Map<string, Missed> {
  const shown = [...(status?.notices ?? []), ...(inbox?.notices ?? [])];
  const notices = shown.map((row) => ({ short: row.short, kind: "notice.file", author: row.author }));
  const met = shown.flatMap((row) => row.findings).filter((one) => CONFLICTS.includes(one.finding));
  const paired = new Set(met.flatMap((one) => (one.about.length > 1 ? one.about : [])));
  const conflicts = met
    // What is said of one notice alone, as its way out, is of the pair that both sides are told of.
    .filter((one) => one.about.length > 1 || !one.about.every((short) => paired.has(short)))
    .map((one) => ({ short: one.about.toSorted().join(" × "), kind: one.finding, author: one.by }));
  const stops = (status?.stops ?? []).map((row) => ({ short: row.short, kind: "stop.call", author: row.caller }));
  const unable = (inbox?.i_owe ?? [])
    .filter((row) => row.what === "answer-to-unable")
    .map((row) => ({ short: nameOf(row), kind: UNABLE, author: row.creditor }));
  return new Map([...notices, ...conflicts, ...stops, ...unable].map((one) => [keyOf(one), one]));
}

function keyOf(one: Missed): string {
  return `${one.kind} ${one.short}`;
}

export const cut = new Cut();

/** So long the events that were missed are given to come; they come at once, one after the other. */
const CAUGHT_UP_AFTER_MS = 500;

async function settle(): Promise<void> {
  await new Promise((caughtUp) => setTimeout(caughtUp, CAUGHT_UP_AFTER_MS));
  const before = desk.reads;
  await desk.refresh();
  // Cut again before anything could be read: then it is told the next time.
  if (desk.reads !== before) cut.end();
}

export function startCut(): void {
  live.onmoved((moved) => cut.heard(moved));
  live.onlost(() => cut.begin());
  live.onback(() => void settle());
}
