// SPDX-License-Identifier: Apache-2.0
// Who holds the watch of this desk? Read when the page begins, when a watch is said to have moved, and now and then.
//
//   nobody yet ──take──> held ──hand over──> handed over ──take──> held, relieved
//                         └─────────────take alone────────────────> held, UNRELIEVED

import { get, Problem } from "../api/client";
import type { AffairRow } from "../api/types";
import { desk } from "./desk.svelte";
import { live, type Moved } from "./live.svelte";

const ANYWAY_MS = 20_000;

class OwnWatch {
  #rows = $state.raw<readonly AffairRow[]>([]);
  /** Until it was read once, nobody is said to be absent. */
  isKnown = $state(false);

  /** The newest watch of the desk that is looked at. */
  last = $derived(this.#rows.filter((one) => one.author === desk.session?.member && one.desk === desk.name).at(-1) ?? null);
  isHeld = $derived(this.last !== null && this.last.state !== "handed over");
  handOver = $derived(this.isHeld ? undefined : this.last?.lines.findLast((line) => line.kind === "watch.hand-over"));

  async look(): Promise<void> {
    if (desk.session === null) return;
    try {
      this.#rows = await get<AffairRow[]>("/v1/affairs", { sort: "watch" });
      this.isKnown = true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** Look again whenever a watch moves, until what is returned is called. */
  follow(): () => void {
    void this.look();
    const stopListening = live.onmoved((moved) => {
      if (isOfAWatch(moved)) void this.look();
    });
    const timer = setInterval(() => void this.look(), ANYWAY_MS);
    return () => {
      stopListening();
      clearInterval(timer);
    };
  }
}

function isOfAWatch({ kind, data }: Moved): boolean {
  if (kind === "reset") return true;
  if (kind !== "record") return false;
  const said = (data["said"] ?? []) as readonly { kind: string }[];
  return Number(data["more"] ?? 0) > 0 || said.some((one) => one.kind.startsWith("watch."));
}

export const watch = new OwnWatch();
