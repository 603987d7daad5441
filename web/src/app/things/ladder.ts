// SPDX-License-Identifier: Apache-2.0
// For which rung of the ladder does this person acknowledge?

/** A duty officer for the first; whoever may act for the highest that is called, which ends the climb. */
export function rungOf(role: string | undefined, called: readonly number[]): { rung?: number } {
  return role === "supervisor" ? { rung: Math.max(1, ...called) } : {};
}
