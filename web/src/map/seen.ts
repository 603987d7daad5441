// SPDX-License-Identifier: Apache-2.0
// What is said of a track: whose it is, what it is called, how it moves, how old that is; and where it was.

import type { TrackRow } from "../app/api/types";
import { t } from "../app/i18n/i18n.svelte";
import { length } from "../app/parts/times";

export type Whose = "mine" | "theirs" | "civil" | "unknown";
export type Place = [number, number];

const KNOTS = 3600 / 1852;

export function whoseIs(track: TrackRow): Whose {
  if (track.is_ours) return "mine";
  return track.whose === "civil" || track.whose === "unknown" ? track.whose : "theirs";
}

/** What a feed called it, without the feed; what another member shows has a number within its alarm. */
export function nameOfTrack(track: TrackRow): string {
  const [source = "", ...rest] = track.ref.split(":");
  if (source === track.whose && rest.length === 2) return `${source} ${rest[1] ?? ""}`;
  return rest.length === 0 ? track.ref : rest.join(":");
}

export function isShownByOthers(track: TrackRow): boolean {
  return !track.is_ours && track.ref.startsWith(`${track.whose}:`);
}

/** In words, with its age where it is not fresh. */
export function stateOf(track: TrackRow, ageS: number): string {
  if (track.state === "fresh") return "";
  return track.state === "stale" ? t("STALE {age}", { age: length(ageS) }) : t("DOUBTFUL");
}

export function motionOf(track: TrackRow): string {
  if (track.speed_m_s === null || track.course_deg === null) return t("no velocity");
  return `${Math.round(track.speed_m_s * KNOTS)} kn ${String(Math.round(track.course_deg) % 360).padStart(3, "0")}°`;
}

/** Where it was, as far back as this page has seen it; a report that is seen twice is one place. */
export class Trails {
  #kept = new Map<string, { at: number; place: Place }[]>();

  add(tracks: readonly TrackRow[], longestMs: number): void {
    const there = new Set(tracks.map((track) => track.ref));
    for (const ref of this.#kept.keys()) if (!there.has(ref)) this.#kept.delete(ref);
    for (const track of tracks) {
      const at = Date.parse(track.seen_at);
      const places = this.#kept.get(track.ref) ?? [];
      if (places.at(-1)?.at !== at) places.push({ at, place: [track.lon, track.lat] });
      this.#kept.set(track.ref, places.filter((one) => one.at > at - longestMs));
    }
  }

  of(ref: string): Place[] {
    return (this.#kept.get(ref) ?? []).map((one) => one.place);
  }
}
