// SPDX-License-Identifier: Apache-2.0
// What time is it at the node? The browser's own clock is believed for nothing but how much time went by.

interface Reading {
  here: number;
  there: number;
}

class Clock {
  at = $state(new Date());
  #first: Reading | null = null;
  #last: Reading | null = null;

  /** The node said that it was `there` just now. */
  heard(there: string): void {
    const reading = { here: performance.now(), there: Date.parse(there) };
    // Older readings than a minute would carry a drill's change of speed along.
    if (this.#first === null || (this.#last !== null && reading.here - this.#first.here > 60_000)) this.#first = this.#last ?? reading;
    this.#last = reading;
    this.tick();
  }

  tick(): void {
    if (this.#last === null) return;
    this.at = new Date(this.#last.there + (performance.now() - this.#last.here) * this.#speed());
  }

  /** Drills may run faster than life; nothing else runs at another speed than ours. */
  #speed(): number {
    if (this.#first === null || this.#last === null) return 1;
    const passed = this.#last.here - this.#first.here;
    const measured = passed > 500 ? (this.#last.there - this.#first.there) / passed : 1;
    return measured > 1.5 ? measured : 1;
  }
}

export const now = new Clock();

export function startClock(): void {
  setInterval(() => now.tick(), 1_000);
}
