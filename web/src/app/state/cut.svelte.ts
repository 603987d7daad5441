// SPDX-License-Identifier: Apache-2.0
// Was the line to the own node cut, since when, and what came meanwhile? Told until somebody puts it away.
//
//   live ──lost──> `from` is kept ──live again, and the desk read──> `until`, with what was not here before

import type { Inbox, Status } from "../api/types";
import { now } from "./clock.svelte";
import { desk } from "./desk.svelte";
import { live, type Moved } from "./live.svelte";

export interface Missed {
  short: string;
  kind: string;
  author: string;
}

/** What a machine says by itself, and receipts, are no news of their own. */
const UNTOLD = /^(node|key|log|receipt|screen)\./;

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
    for (const one of (data["said"] ?? []) as Missed[]) if (!UNTOLD.test(one.kind)) this.#told.set(one.short, one);
  }

  /** The line is back, and the desk was read again. */
  end(): void {
    if (this.from === null || this.until !== null) return;
    this.until = new Date(now.at);
    for (const [short, one] of standing(desk.status, desk.inbox)) if (!this.#before.has(short)) this.#told.set(short, one);
    this.missed = [...this.#told.values()];
  }
}

/** The notices and STOPs that the desk shows, by their names. */
function standing(status: Status | null, inbox: Inbox | null): Map<string, Missed> {
  const notices = [...(status?.notices ?? []), ...(inbox?.notices ?? [])].map((row) => ({ short: row.short, kind: "notice.file", author: row.author }));
  const stops = (status?.stops ?? []).map((row) => ({ short: row.short, kind: "stop.call", author: row.caller }));
  return new Map([...notices, ...stops].map((row) => [row.short, row]));
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
