// SPDX-License-Identifier: Apache-2.0
// How does an affair stand? The node's fixed words for it, in the reader's language, piece by piece.

import { t } from "../i18n/i18n.svelte";
import { ownership } from "./words";

/** What people wrote themselves (the text of a communiqué) stays as it is. */
export function stateOf(sort: string, said: string): string {
  if (sort === "communique") return said === "empty: nothing that all have signed" ? t("empty: nothing that all have signed") : said;
  return said.split(/(; |, )/).map(piece).join("");
}

function piece(said: string): string {
  const points = /^(points: )?(\d+) (agreed|disputed|open)$/.exec(said);
  if (points !== null) return `${points[1] === undefined ? "" : `${t("points")}: `}${points[2] ?? ""} ${plain(points[3] ?? "")}`;
  const items = /^(\d+) action items open$/.exec(said);
  if (items !== null) return t("{count} action items open", { count: items[1] ?? "" });
  const reads = /^(\S+) reads (\d)$/.exec(said);
  if (reads !== null) return t("{member} reads {readability}", { member: reads[1] ?? "", readability: reads[2] ?? "" });
  const whose = /^(\S+): (\S+)$/.exec(said);
  return whose === null ? plain(said) : `${whose[1] ?? ""}: ${ownership(whose[2] ?? "")}`;
}

function plain(said: string): string {
  const words: Record<string, string> = {
    DRILL: t("DRILL"),
    open: t("open"),
    closed: t("closed"),
    ended: t("ended"),
    over: t("over"),
    running: t("running"),
    "holds the desk": t("holds the desk"),
    "relieved the one before": t("relieved the one before"),
    UNRELIEVED: t("UNRELIEVED"),
    "handed over": t("handed over"),
    PROTECTED: t("PROTECTED"),
    STALE: t("STALE"),
    "STILL PROTECTED": t("STILL PROTECTED"),
    proposed: t("proposed"),
    "in effect": t("in effect"),
    agreed: t("agreed"),
    "not yet in effect": t("not yet in effect"),
    disputed: t("disputed"),
    unknown: t("not known to the other side"),
    unanswered: t("unanswered"),
    "not answered": t("not answered"),
    convened: t("convened"),
    "minutes agreed": t("minutes agreed"),
    "minutes not yet signed by all": t("minutes not yet signed by all"),
    "entered by a desk that heard it": t("entered by a desk that heard it"),
  };
  return words[said] ?? said;
}
