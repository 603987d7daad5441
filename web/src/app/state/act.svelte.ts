// SPDX-License-Identifier: Apache-2.0
// How is something done? Once: what is sent again after a lost answer carries the same key, so nothing is filed twice.

import { ask, Problem } from "../api/client";
import { prepare, sign } from "../api/passkey";
import type { GestureDone, GestureShown, Receipt } from "../api/types";
import { desk } from "./desk.svelte";

interface Filed {
  receipts: readonly Receipt[];
  waits: boolean;
}

class FiledNow {
  /** The newest receipts, shown until the next or until they are put away. */
  shown = $state.raw<Filed | null>(null);
}

export const filed = new FiledNow();

export class Act {
  isBusy = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** What is to be signed, while the passkey is asked for. */
  gesture = $state.raw<GestureShown | null>(null);
  #once: { of: string; key: string } | null = null;

  /** The receipts; `null` where it was refused, and then `problem` says why. */
  do(path: string, body: object): Promise<readonly Receipt[] | null> {
    return this.#guarded(async () => {
      const receipts = await ask<Receipt[]>(path, body, { once: this.#key(path, body) });
      return this.#done(receipts);
    });
  }

  /** Prepare what a passkey is to sign; nothing is filed. */
  async prepare(path: string, body: object): Promise<GestureShown | null> {
    this.gesture = await this.#guarded(() => prepare(path, body));
    return this.gesture;
  }

  /** Sign what was prepared; with `null` for the receipts where it waits for another person. */
  async sign(gesture: GestureShown): Promise<GestureDone | null> {
    const done = await this.#guarded(() => sign(gesture));
    if (done === null) return null;
    this.gesture = null;
    if (done.state === "filed") this.#done(done.receipts ?? []);
    else filed.shown = { receipts: [], waits: true };
    return done;
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T | null> {
    this.isBusy = true;
    this.problem = null;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  #done(receipts: readonly Receipt[]): readonly Receipt[] {
    this.#once = null;
    filed.shown = { receipts, waits: false };
    void desk.refresh();
    return receipts;
  }

  #key(path: string, body: object): string {
    const of = path + JSON.stringify(body);
    if (this.#once?.of !== of) this.#once = { of, key: crypto.randomUUID() };
    return this.#once.key;
  }
}
