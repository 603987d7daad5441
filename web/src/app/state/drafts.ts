// SPDX-License-Identifier: Apache-2.0
// What was typed and not yet sent? Kept in this browser, under the place of the person, until it is sent or dropped.

import { desk } from "./desk.svelte";

function key(name: string): string {
  return `steerclear.draft.${desk.session?.person ?? "nobody"}.${name}`;
}

export const drafts = {
  read<T>(name: string): T | null {
    const kept = localStorage.getItem(key(name));
    return kept === null ? null : (JSON.parse(kept) as T);
  },
  keep(name: string, value: unknown): void {
    localStorage.setItem(key(name), JSON.stringify(value));
  },
  drop(name: string): void {
    localStorage.removeItem(key(name));
  },
};
