// SPDX-License-Identifier: Apache-2.0
// For which rung of the ladder does this person acknowledge, and has it been acknowledged here?

import type { LadderRow, OwedRow } from "../api/types";

/** A duty officer for the first; a supervisor for the highest called rung of this very desk that may act, which ends the climb. */
export function rungOf(role: string | undefined, row: OwedRow | undefined): { rung?: number } {
  if (role !== "supervisor") return {};
  const mayAct = row?.may_act_rungs ?? [];
  return { rung: Math.max(1, ...(mayAct.length > 0 ? mayAct : (row?.called_rungs ?? []))) };
}

/** Has this desk acknowledged these very calls? A supervisor's own rung is a higher one than the duty officer's. */
export function isHeard(role: string | undefined, row: OwedRow): boolean {
  const rungs = row.acknowledged_rungs ?? [];
  return role === "supervisor" ? rungs.some((rung) => rung > 1) : rungs.length > 0;
}

export interface Climbs {
  of: readonly LadderRow[];
  called: readonly number[];
  rungs: number;
  nextAt: string | null;
}

/** Ladders that have come as far as each other stand together. */
export function together(ladders: readonly LadderRow[]): Climbs[] {
  const found = new Map<string, LadderRow[]>();
  for (const one of ladders) {
    const far = `${one.called_rungs.join(" ")} of ${one.rungs} ${one.next_rung_at ?? ""}`;
    found.set(far, [...(found.get(far) ?? []), one]);
  }
  return [...found.values()].flatMap((of) => {
    const [first] = of;
    return first === undefined ? [] : [{ of, called: first.called_rungs, rungs: first.rungs, nextAt: first.next_rung_at }];
  });
}
