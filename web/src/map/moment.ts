// SPDX-License-Identifier: Apache-2.0
// What holds at a moment? Each area then: to come, holding, or over; and where what is under way is.

import { Geodesic } from "geographiclib-geodesic";
import type { AreaShown, MovesShown } from "../app/api/types";

export type Holds = "to-come" | "now" | "over";

/** A cold or withdrawn area holds no more; one whose end has passed holds until its filer says cold. */
export function holdsAt(area: AreaShown, at: Date): Holds {
  if (area.state === "area cold" || area.state === "withdrawn") return "over";
  const when = at.getTime();
  if (when < Date.parse(area.start)) return area.state === "area hot" ? "now" : "to-come";
  if (when < Date.parse(area.end)) return "now";
  return area.state === "end passed, not confirmed cold" || area.state === "area hot" ? "now" : "over";
}

export type Ring = [number, number][];

/** The disc of what is under way; null before its first time and after its last. */
export function discAt(moves: MovesShown, at: Date): Ring | null {
  const second = at.getTime() / 1_000;
  const next = moves.times_s.findIndex((time) => time >= second);
  if (next < 0 || second < (moves.times_s[0] ?? Infinity)) return null;
  const from = Math.max(next - 1, 0);
  const [here, there] = [moves.points[from], moves.points[next]];
  if (here === undefined || there === undefined) return null;
  const [begins, ends] = [moves.times_s[from] ?? 0, moves.times_s[next] ?? 0];
  const share = ends > begins ? (second - begins) / (ends - begins) : 0;
  const radius = (moves.radii_m[from] ?? 0) * (1 - share) + (moves.radii_m[next] ?? 0) * share;
  return disc(along([here[0], here[1]], [there[0], there[1]], share), radius);
}

const WGS84 = Geodesic.WGS84;

function along(here: [number, number], there: [number, number], share: number): [number, number] {
  const line = WGS84.InverseLine(here[1], here[0], there[1], there[0]);
  const found = line.Position(line.s13 * share);
  return [found.lon2 ?? here[0], found.lat2 ?? here[1]];
}

const POINTS = 72;

/** Against the clock, closed, in one piece across the antimeridian. */
export function disc(centre: [number, number], radiusM: number): Ring {
  const ring: Ring = [];
  let before = centre[0];
  for (let place = 0; place <= POINTS; place += 1) {
    const found = WGS84.Direct(centre[1], centre[0], 90 - (place % POINTS) * (360 / POINTS), Math.max(radiusM, 1));
    before += ((((found.lon2 ?? 0) - before + 540) % 360) + 360) % 360 - 180;
    ring.push([before, found.lat2 ?? 0]);
  }
  return ring;
}

export function metresBetween(here: [number, number], there: [number, number]): number {
  return WGS84.Inverse(here[1], here[0], there[1], there[0]).s12 ?? 0;
}
