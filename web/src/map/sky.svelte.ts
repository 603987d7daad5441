// SPDX-License-Identifier: Apache-2.0
// What does the node see now? Its live picture, asked for again and again while a page shows it.

import { get, Problem } from "../app/api/client";
import type { TracksShown } from "../app/api/types";
import { live } from "../app/state/live.svelte";
import { Trails } from "./seen";

/** As often as a radar turns slowly enough for the eye; where nothing is seen a look now and then is enough. */
const EVERY_MS = 2_000;
const IDLE_MS = 10_000;
/** A large picture takes its time: the node is asked for it a tenth of the time at most. */
const SHARE = 10;
const TRAIL_MS = 600_000;

class Sky {
  /** What the node last answered; it stays, and grows old, when the node answers no more. */
  seen = $state.raw<TracksShown | null>(null);
  readonly trails = new Trails();
  #lookers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | null = null;

  /** Look while somebody shows it; the answer ends that. */
  follow(): () => void {
    this.#lookers += 1;
    if (this.#lookers === 1) {
      this.#stopListening = live.onmoved(({ kind }) => {
        if (kind === "alarm" || kind === "duties") this.#again(100);
      });
      this.#again(0);
    }
    return () => {
      this.#lookers -= 1;
      if (this.#lookers > 0) return;
      clearTimeout(this.#timer);
      this.#stopListening?.();
    };
  }

  #again(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), inMs);
  }

  async #look(): Promise<void> {
    const began = performance.now();
    try {
      // A page that nobody looks at asks for nothing.
      if (!document.hidden) {
        const seen = await get<TracksShown>("/v1/tracks");
        this.trails.add(seen.tracks, TRAIL_MS);
        this.seen = seen;
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    const isEmpty = this.seen === null || this.seen.tracks.length + this.seen.feeds.length === 0;
    if (this.#lookers > 0) this.#again(Math.max(isEmpty ? IDLE_MS : EVERY_MS, (performance.now() - began) * SHARE));
  }
}

export const sky = new Sky();
