// SPDX-License-Identifier: Apache-2.0
// What lies under the notices? The files that basemap/build.py made, drawn by day or by night, in one of six languages.
//
// Borders and names are disputed things: both are a layer each that can be put away, all borders are drawn alike,
// and the map says that it takes no position.

import type { GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { FeatureCollection, Geometry } from "geojson";
import type { LanguageCode } from "../app/i18n/i18n.svelte";
import type { Theme } from "../taste/theme.svelte";
import { GROUNDS } from "./palette";

interface Named {
  at: [number, number];
  rank: number;
  names: Record<LanguageCode, string>;
}

export interface Basemap {
  layers: Record<"land" | "coasts" | "borders" | "lakes" | "rivers", Geometry>;
  names: { countries: Named[]; towns: Named[]; airfields: { at: [number, number]; rank: number; code: string }[] };
}

export const FONT = ["Noto Sans"];
/** Put away together with the borders that they name. */
export const POLITICAL = ["borders", "countries"] as const;

let kept: Promise<Basemap> | null = null;

export function loadBasemap(): Promise<Basemap> {
  kept ??= Promise.all([read("/basemap/layers.json"), read("/basemap/names.json")]).then(
    ([layers, names]) => ({ layers, names }) as Basemap,
  );
  return kept;
}

async function read(path: string): Promise<unknown> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export function styleOf(basemap: Basemap, theme: Theme, language: LanguageCode): StyleSpecification {
  const ground = GROUNDS[theme];
  const { layers } = basemap;
  return {
    version: 8,
    sources: {
      land: shape(layers.land),
      coasts: shape(layers.coasts),
      borders: shape(layers.borders),
      lakes: shape(layers.lakes),
      rivers: shape(layers.rivers),
      ...namedSources(basemap, language),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": ground.sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": ground.land, "fill-antialias": false } },
      { id: "lakes", type: "fill", source: "lakes", paint: { "fill-color": ground.sea } },
      { id: "rivers", type: "line", source: "rivers", minzoom: 4, paint: { "line-color": ground.water, "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.6, 9, 2] } },
      { id: "coasts", type: "line", source: "coasts", paint: { "line-color": ground.coast, "line-width": 1 } },
      { id: "borders", type: "line", source: "borders", paint: { "line-color": ground.border, "line-width": 1, "line-dasharray": [3, 3] } },
      ...names(theme),
    ],
  };
}

/** The sources whose text changes with the language. */
export function namedSources(basemap: Basemap, language: LanguageCode): Record<string, GeoJSONSourceSpecification> {
  const named = (all: readonly Named[]): GeoJSONSourceSpecification =>
    points(all.map((one) => ({ at: one.at, rank: one.rank, name: one.names[language] })));
  return {
    countries: named(basemap.names.countries),
    towns: named(basemap.names.towns),
    airfields: points(basemap.names.airfields.map((one) => ({ at: one.at, rank: one.rank, name: one.code }))),
  };
}

function shape(geometry: Geometry): GeoJSONSourceSpecification {
  return { type: "geojson", data: { type: "Feature", geometry, properties: {} }, tolerance: 0.5 };
}

function points(all: readonly { at: [number, number]; rank: number; name: string }[]): GeoJSONSourceSpecification {
  const data: FeatureCollection = {
    type: "FeatureCollection",
    features: all.map(({ at, rank, name }) => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { rank, name } })),
  };
  return { type: "geojson", data };
}

function names(theme: Theme): LayerSpecification[] {
  const ground = GROUNDS[theme];
  const halo = { "text-halo-color": ground.halo, "text-halo-width": 1.4 };
  const near = (first: number, second: number, third: number): ["step", ["zoom"], ["==", ["get", "rank"], 1], ...unknown[]] => [
    "step", ["zoom"], ["==", ["get", "rank"], 1], second, ["<=", ["get", "rank"], 2], third, ["<=", ["get", "rank"], 3], first, true,
  ];
  return [
    {
      id: "airfields",
      type: "symbol",
      source: "airfields",
      minzoom: 6.2,
      filter: ["step", ["zoom"], ["==", ["get", "rank"], 1], 8, true],
      layout: { "text-field": ["concat", "✈ ", ["get", "name"]], "text-font": FONT, "text-size": 11, "text-padding": 6 },
      paint: { "text-color": ground.soft, ...halo },
    },
    {
      id: "town-dots",
      type: "circle",
      source: "towns",
      filter: near(12, 5.2, 6.6) as never,
      minzoom: 3.5,
      paint: { "circle-radius": 2.2, "circle-color": ground.ink },
    },
    {
      id: "towns",
      type: "symbol",
      source: "towns",
      filter: near(12, 5.2, 6.6) as never,
      minzoom: 3.5,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12.5, "text-offset": [0, 0.8], "text-anchor": "top", "text-padding": 4 },
      paint: { "text-color": ground.ink, ...halo },
    },
    {
      id: "countries",
      type: "symbol",
      source: "countries",
      maxzoom: 9,
      filter: near(12, 3.2, 5) as never,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 2, 11, 7, 17], "text-max-width": 7, "text-letter-spacing": 0.04 },
      paint: { "text-color": ground.soft, ...halo },
    },
  ];
}
