// SPDX-License-Identifier: Apache-2.0
// What moves at the node? Its events, resumed after a cut with Last-Event-ID, so that nothing is missed.
//
//   connecting ──first bytes──> live ──no byte for 31 s, or cut──> lost ──first bytes──> live
//
// The browser's own EventSource cannot see the comment that says "still here"; so the stream is read here. Nobody
// waits 31 s for what is known sooner: a request that was not answered, or a machine that says it is off its
// network, cuts the stream at once, and then only bytes make it live again.

import { onunreachable, Problem } from "../api/client";

/** A comment comes every 15 s; two that do not come are a dead line. */
const DEAD_AFTER_MS = 31_000;
const AGAIN_AFTER_MS = 1_500;

export interface Moved {
  kind: "record" | "duties" | "alarm" | "line" | "reset";
  data: Record<string, unknown>;
}

class Live {
  state = $state<"connecting" | "live" | "lost">("connecting");
  /** When the last byte came, by the browser's clock. */
  since = $state(new Date());
  /** Counts up with each event. */
  revision = $state(0);
  #last: string | null = null;
  #stopped: AbortController | null = null;
  #dead: AbortController | null = null;
  #again: (() => void) | null = null;
  #listeners = new Set<(moved: Moved) => void>();
  #lost = new Set<() => void>();
  #back = new Set<() => void>();

  onlost(listener: () => void): void {
    this.#lost.add(listener);
  }

  onback(listener: () => void): void {
    this.#back.add(listener);
  }

  /** Something else did not reach the node: what this line still says of itself is not believed. */
  doubt(): void {
    if (this.state === "live") this.#dead?.abort();
  }

  /** There may be a way again: do not wait for the next try. */
  hope(): void {
    this.#again?.();
  }

  onmoved(listener: (moved: Moved) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.stop();
    this.#stopped = new AbortController();
    void this.#follow(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped?.abort();
    this.#stopped = null;
    this.#last = null;
    this.state = "connecting";
  }

  async #follow(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      try {
        await this.#read(stopped);
      } catch (error) {
        if (stopped.aborted) return;
        if (!(error instanceof TypeError || error instanceof DOMException || error instanceof Problem)) throw error;
      }
      if (stopped.aborted) return;
      if (this.state !== "lost") for (const listener of this.#lost) listener();
      this.state = "lost";
      await new Promise<void>((again) => {
        this.#again = again;
        setTimeout(again, AGAIN_AFTER_MS);
      });
    }
  }

  async #read(stopped: AbortSignal): Promise<void> {
    const dead = new AbortController();
    this.#dead = dead;
    const answer = await fetch("/api/v1/events", {
      headers: this.#last === null ? {} : { "last-event-id": this.#last },
      signal: AbortSignal.any([stopped, dead.signal]),
    });
    if (!answer.ok || answer.body === null) throw new Problem({ status: answer.status, code: "no-events", title: "" });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let kept = "";
    let timer = setTimeout(() => dead.abort(), DEAD_AFTER_MS);
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => dead.abort(), DEAD_AFTER_MS);
        this.since = new Date();
        const wasLost = this.state === "lost";
        this.state = "live";
        const blocks = (kept + value).split("\n\n");
        kept = blocks.pop() ?? "";
        for (const block of blocks) this.#heard(block);
        if (wasLost) for (const listener of this.#back) listener();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #heard(block: string): void {
    const fields = new Map(
      block.split("\n").map((line): [string, string] => {
        const colon = line.indexOf(": ");
        return [line.slice(0, colon), line.slice(colon + 2)];
      }),
    );
    const kind = fields.get("event");
    if (kind === undefined) return;
    this.#last = fields.get("id") ?? this.#last;
    this.revision += 1;
    const moved = { kind: kind as Moved["kind"], data: JSON.parse(fields.get("data") || "{}") as Record<string, unknown> };
    for (const listener of this.#listeners) listener(moved);
  }
}

export const live = new Live();

export function startLive(): void {
  onunreachable(() => live.doubt());
  addEventListener("offline", () => live.doubt());
  addEventListener("online", () => live.hope());
}
