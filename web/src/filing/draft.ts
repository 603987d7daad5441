// SPDX-License-Identifier: Apache-2.0
// What is being filed? A draft as the form holds it: text as it was typed, until the node itself reads it.
//
// Nothing is decided here. What a field says wrongly is said by the node, in the words in which it would refuse it.

import type { DoubtRow } from "../app/api/types";

export type Place = [lon: number, lat: number];

export interface Limit {
  value: string;
  unit: "ft" | "m" | "FL";
  datum: "AMSL" | "AGL" | "WGS84" | "STD";
}

/** `given`: features that a form cannot change, as several areas or several volumes; they are filed as they came. */
export type Shape =
  | { sort: "area"; rings: Place[][] }
  | { sort: "circle"; centre: Place; radiusM: string }
  | { sort: "corridor"; points: Place[]; halfWidthM: string }
  | { sort: "legs"; points: Place[]; times: string[]; radiiM: string[] }
  | { sort: "given"; features: GivenFeature[] };

export interface GivenFeature {
  type: "Feature";
  geometry: { type: string; coordinates: unknown } | null;
  properties: Record<string, unknown>;
}

export interface Draft {
  id: string;
  kind: string;
  near: string;
  lower: Limit;
  upper: Limit;
  start: string;
  end: string;
  shape: Shape | null;
  to: string[];
  thirdParties: string;
  overrides: Record<string, string>;
  doubts: DoubtRow[];
  /** The words that it was read from. */
  raw: string | null;
}

export const KINDS = ["hazard", "flight", "transit", "keep-out", "own-presence", "movement", "site", "works", "exercise", "emission", "launch", "drone", "rescue"] as const;

const HOUR_MS = 3_600_000;

export function freshDraft(now: Date): Draft {
  const begins = new Date(Math.ceil((now.getTime() + 2 * HOUR_MS) / HOUR_MS) * HOUR_MS);
  return {
    ...emptyDraft(),
    id: `plan-${typed(begins).slice(5, 16).replace("T", "-").replace(":", "")}`,
    lower: { value: "0", unit: "ft", datum: "AMSL" },
    upper: { value: "10000", unit: "ft", datum: "AMSL" },
    start: typed(begins),
    end: typed(new Date(begins.getTime() + 2 * HOUR_MS)),
  };
}

/** Of what was pasted: nothing stands in it that was not said. */
export function emptyDraft(): Draft {
  const limit: Limit = { value: "", unit: "ft", datum: "AMSL" };
  return { id: "", kind: "", near: "", lower: limit, upper: limit, start: "", end: "", shape: null, to: [], thirdParties: "", overrides: {}, doubts: [], raw: null };
}

export function typed(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}

/** `2025-04-10T05:30Z` as RFC 3339 wants it, with its seconds; anything else goes to the node as it is. */
function instant(text: string): string {
  const trimmed = text.trim();
  return /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(trimmed) ? trimmed.replace("Z", ":00Z") : trimmed;
}

/** The body of a filing's `geojson`; what is empty is left out, so that the node asks for it. */
export function geojsonOf(draft: Draft, party: string): string {
  const said: Record<string, unknown> = { party };
  for (const name of ["id", "kind", "near"] as const) if (draft[name].trim() !== "") said[name] = draft[name].trim();
  for (const name of ["lower", "upper"] as const) {
    if (draft[name].value.trim() !== "") said[name] = { value: number(draft[name].value), unit: draft[name].unit, datum: draft[name].datum };
  }
  const { shape } = draft;
  const times: Record<string, unknown> = {};
  for (const name of ["start", "end"] as const) if (draft[name].trim() !== "") times[name] = instant(draft[name]);
  if (shape?.sort === "given") {
    const features = shape.features.map((one) => ({ ...one, properties: { ...one.properties, ...said } }));
    return JSON.stringify({ type: "FeatureCollection", features });
  }
  const drawn = geometryOf(shape);
  const properties = { ...said, ...(shape?.sort === "legs" ? {} : times), ...drawn.properties };
  return JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", geometry: drawn.geometry, properties }] });
}

function geometryOf(shape: Exclude<Shape, { sort: "given" }> | null): { geometry: unknown; properties: Record<string, unknown> } {
  switch (shape?.sort) {
    case undefined:
      return { geometry: null, properties: {} };
    case "area":
      return { geometry: { type: "Polygon", coordinates: shape.rings.map((ring) => [...ring, ring[0]].map((one) => position(one as Place))) }, properties: {} };
    case "circle":
      return { geometry: { type: "Point", coordinates: position(shape.centre) }, properties: { radius_m: number(shape.radiusM) } };
    case "corridor":
      return { geometry: { type: "LineString", coordinates: shape.points.map(position) }, properties: { half_width_m: number(shape.halfWidthM) } };
    case "legs":
      return {
        geometry: { type: "LineString", coordinates: shape.points.map(position) },
        properties: { times: shape.times.map(instant), radius_m: shape.radiiM.map(number) },
      };
  }
}

/** A map runs on beyond ±180; a filing does not. Seven decimals are what is kept. */
function position([lon, lat]: Place): Place {
  const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
  return [Number(wrapped.toFixed(7)), Number(lat.toFixed(7))];
}

/** What is no number goes as it was typed, and the node says so. */
function number(text: string): number | string | null {
  const trimmed = text.trim().replaceAll(/(?<=\d)[\s\u202f](?=\d{3})/g, "");
  if (trimmed === "") return null;
  const found = Number(trimmed);
  return Number.isFinite(found) ? found : trimmed;
}

/** The draft that a GeoJSON text of the node holds; its features are as strict as the node's own. */
export function draftOf(geojson: string): Draft {
  const features = (JSON.parse(geojson) as { features: GivenFeature[] }).features;
  const first = features[0];
  const said = first?.properties ?? {};
  const text = (name: string): string => (typeof said[name] === "string" ? said[name] : "");
  return {
    ...emptyDraft(),
    id: text("id"),
    kind: text("kind"),
    near: text("near"),
    lower: limitOf(said["lower"]),
    upper: limitOf(said["upper"]),
    start: shortened(text("start")),
    end: shortened(text("end")),
    shape: shapeOf(features),
  };
}

export function shapeOf(features: readonly GivenFeature[]): Shape | null {
  const [first] = features;
  if (first === undefined || features.every((one) => one.geometry === null)) return null;
  if (features.length > 1 || first.geometry === null) return { sort: "given", features: [...features] };
  const said = first.properties;
  const points = first.geometry.coordinates;
  switch (first.geometry.type) {
    case "Polygon":
      return { sort: "area", rings: (points as Place[][]).map((ring) => inOnePiece(ring.slice(0, -1))) };
    case "Point":
      return { sort: "circle", centre: points as Place, radiusM: String(said["radius_m"] ?? "") };
    case "LineString":
      if (said["times"] === undefined) return { sort: "corridor", points: inOnePiece(points as Place[]), halfWidthM: String(said["half_width_m"] ?? "") };
      return { sort: "legs", points: inOnePiece(points as Place[]), times: (said["times"] as string[]).map(shortened), radiiM: radiiOf(said["radius_m"], (points as Place[]).length) };
    default:
      return { sort: "given", features: [...features] };
  }
}

function radiiOf(said: unknown, count: number): string[] {
  return Array.isArray(said) ? said.map(String) : Array.from({ length: count }, () => String(said ?? ""));
}

/** Across the antimeridian a map wants 179, 181. */
function inOnePiece(points: Place[]): Place[] {
  let before = points[0]?.[0] ?? 0;
  return points.map(([lon, lat]): Place => {
    before += ((((lon - before + 180) % 360) + 360) % 360) - 180;
    return [before, lat];
  });
}

function limitOf(said: unknown): Limit {
  if (typeof said !== "object" || said === null) return { value: "", unit: "ft", datum: "AMSL" };
  const limit = said as { value: number; unit: Limit["unit"]; datum: Limit["datum"] };
  return { value: String(limit.value), unit: limit.unit, datum: limit.datum };
}

function shortened(text: string): string {
  return text.replace(/:00Z$/, "Z");
}
