// SPDX-License-Identifier: Apache-2.0
// What does a notice come to, in a word? The worst that any screener said; its state as faces say it.

import { t } from "../i18n/i18n.svelte";
import type { NoticeRow } from "../api/types";

const FROM_WORST = ["CONFLICT", "MAY CONFLICT", "UNDETERMINED", "NO CONFLICT KNOWN"] as const;

/** `screened` begins with the word that holds now, over all findings; where it says none, none was said. */
export function worst(notice: NoticeRow): string | null {
  return FROM_WORST.find((word) => notice.screened.startsWith(word)) ?? null;
}

export function stateWords(state: string): string {
  const words: Record<string, string> = {
    pending: t("not begun"),
    "area hot": t("AREA HOT"),
    "end passed, not confirmed cold": t("END PASSED, NOT CONFIRMED COLD"),
    "area cold": t("AREA COLD"),
    withdrawn: t("withdrawn"),
  };
  return words[state] ?? state;
}
