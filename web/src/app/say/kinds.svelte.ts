// SPDX-License-Identifier: Apache-2.0
// Which fields has a kind of statement? Asked of the node once; it is the same as long as the node runs.

import { get, Problem } from "../api/client";
import type { KindRow } from "../api/types";

class Kinds {
  #rows = $state.raw<readonly KindRow[]>([]);
  #isAsked = false;

  get(kind: string): KindRow | undefined {
    if (!this.#isAsked) void this.#ask();
    return this.#rows.find((row) => row.kind === kind);
  }

  async #ask(): Promise<void> {
    this.#isAsked = true;
    try {
      this.#rows = await get<KindRow[]>("/v1/kinds");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#isAsked = false;
    }
  }
}

export const kinds = new Kinds();
