// SPDX-License-Identifier: Apache-2.0
// What have live pictures warned this desk of? Asked for when a duty or a page names one, and read again while it is open.

import { get, Problem } from "../api/client";
import type { TrackAlarmRow } from "../api/types";

class Alarms {
  #rows = $state.raw<readonly TrackAlarmRow[]>([]);
  #asked = new Set<string>();
  #reading: Promise<void> | null = null;

  /** By its id or its short name, if it was read. */
  known(name: string): TrackAlarmRow | undefined {
    return this.#rows.find((row) => row.id === name || row.short === name);
  }

  /** The same; what is not known is asked for, once. */
  find(name: string): TrackAlarmRow | undefined {
    const found = this.known(name);
    if (found === undefined && !this.#asked.has(name)) {
      this.#asked.add(name);
      void this.look();
    }
    return found;
  }

  /** Is it one of them? */
  async has(name: string): Promise<boolean> {
    if (this.known(name) === undefined) await this.look();
    return this.known(name) !== undefined;
  }

  look(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      this.#rows = await get<TrackAlarmRow[]>("/v1/track-alarms");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#asked.clear();
    }
  }
}

export const alarms = new Alarms();
