// SPDX-License-Identifier: Apache-2.0
// What was signed by one person and waits for another? Gestures are no statements: they end with the node, or by their time.

import { get, Problem } from "../api/client";
import type { AnnexShown, GestureShown } from "../api/types";
import { t } from "../i18n/i18n.svelte";
import { annexName } from "../parts/words";
import { desk } from "./desk.svelte";

const SIGNERS = ["supervisor", "liaison"];

class Waiting {
  rows = $state.raw<readonly GestureShown[]>([]);
  #annexes = $state.raw<readonly AnnexShown[]>([]);
  /** What the person at this console has not signed yet. */
  mine = $derived(this.rows.filter((one) => !one.signed_by.includes(desk.session?.person ?? "")));

  async look(): Promise<void> {
    if (!SIGNERS.includes(desk.session?.role ?? "")) return;
    try {
      this.rows = await get<GestureShown[]>("/v1/gestures");
      if (this.rows.some((one) => contentOf(one) !== null)) this.#annexes = await get<AnnexShown[]>("/v1/annexes");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  ofAnnex(hash: string): GestureShown | undefined {
    return this.rows.find((one) => contentOf(one) === hash);
  }

  /** What a person would call it; null where the fields must speak for themselves. */
  words(gesture: GestureShown): string | null {
    const annex = this.#annexes.find((one) => one.hash === contentOf(gesture));
    return annex === undefined ? null : ratifyWords(annex);
  }
}

export const waiting = new Waiting();

export function ratifyWords(annex: AnnexShown): string {
  return t("Ratify the annex {name}, version {number}, of {member}", { name: annexName(annex.name), number: annex.version, member: annex.author });
}

/** The hash of the annex that a ratification names. */
export function contentOf(gesture: GestureShown): string | null {
  const body = gesture.says["body"];
  if (gesture.asks !== "Ratify" || typeof body !== "object" || body === null) return null;
  const content = (body as Record<string, unknown>)["content"];
  return typeof content === "string" ? content : null;
}
