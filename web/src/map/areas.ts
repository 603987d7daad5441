// SPDX-License-Identifier: Apache-2.0
// How do notices stand on the map? As areas with the colour and pattern of whoever filed them, conflicts over all of them.
//
//   holds now      filled with its pattern, full line
//   to come        no filling, dashed line
//   over           no filling, thin dotted line
//   conflict       the part that concerns both: red, crossed, with a mark; the areas' own lines stay
//
// What is handed to the map is cut into tiles and its labels are placed anew, all of it. So each source is handed over
// only when something of it changed, and what moves has sources of its own: a clock that ticks redraws nothing that
// stands still.

import type { Feature, Geometry } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import type { AreaShown, PictureShown } from "../app/api/types";
import type { Theme } from "../taste/theme.svelte";
import { FONT } from "./basemap";
import { discAt, holdsAt } from "./moment";
import { CHOSEN, CONFLICT, GROUNDS, lookOf, patternImage } from "./palette";
import { loadSymbols } from "./symbols";

const SOURCES = ["areas", "labels", "discs", "disc-labels", "meetings", "stops"] as const;
type SourceName = (typeof SOURCES)[number];
export const CLICKED = ["areas-fill", "areas-line-now", "areas-line-to-come", "areas-symbol", "discs-fill", "discs-symbol", "meetings-fill", "stops", "stops-place"];

export class AreaLayers {
  #map: MapLibre;
  #theme: Theme;
  #isGone = false;
  #handed = new Map<SourceName, readonly Feature[]>();
  /** How often anything was handed to the map. */
  changes = 0;

  constructor(map: MapLibre, theme: Theme) {
    this.#map = map;
    this.#theme = theme;
    map.once("remove", () => (this.#isGone = true));
  }

  /** Sources and layers, laid over a ground that was just laid. */
  async lay(theme: Theme): Promise<void> {
    this.#theme = theme;
    for (const id of SOURCES) {
      if (this.#map.getSource(id) !== undefined) continue;
      this.#map.addSource(id, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
      this.#handed.delete(id);
    }
    for (const layer of layersOf(theme)) if (this.#map.getLayer(layer.id) === undefined) this.#map.addLayer(layer);
    const symbols = await loadSymbols();
    // Whoever went to another page meanwhile has no map any more.
    if (this.#isGone) return;
    for (const [name, image] of symbols) if (!this.#map.hasImage(name)) this.#map.addImage(name, image, { pixelRatio: 2 });
    if (!this.#map.hasImage("crossed")) this.#map.addImage("crossed", crossed(CONFLICT[theme]), { pixelRatio: 2 });
  }

  show(picture: PictureShown, at: Date, selected: string | null): void {
    const authors = picture.areas.map((area) => area.author);
    const look = (area: AreaShown): { color: string; pattern: string } => {
      const found = lookOf(area.author, picture.member, authors, this.#theme);
      const name = `${found.pattern}-${found.color}`;
      if (!this.#map.hasImage(name)) this.#map.addImage(name, patternImage(found.pattern, found.color), { pixelRatio: 2 });
      return { color: found.color, pattern: name };
    };
    const areas = picture.areas.map((area) => {
      const holds = holdsAt(area, at);
      const disc = area.moves !== null && holds === "now" ? discAt(area.moves, at) : null;
      return { area, disc, properties: { short: area.short, holds, ...look(area), chosen: area.short === selected, isPath: area.moves !== null } };
    });
    this.#hand("areas", areas.map(({ area, properties }) => feature(properties, { type: "MultiPolygon", coordinates: corners(area.drawn) })));
    this.#hand("discs", areas.flatMap(({ disc, properties }) => (disc === null ? [] : [feature(properties, { type: "Polygon", coordinates: [disc] })])));
    const labels = areas.flatMap(({ area, disc, properties: { short, holds, color } }) => {
      const place = middleOf(disc ?? area.drawn[0]?.[0]);
      const icon = `${area.kind}-${area.author === picture.member ? "mine" : "theirs"}`;
      return place === null ? [] : [{ moves: disc !== null, label: feature({ short, holds, color, icon, label: labelOf(area) }, { type: "Point", coordinates: place }) }];
    });
    this.#hand("labels", labels.filter(({ moves }) => !moves).map(({ label }) => label));
    this.#hand("disc-labels", labels.filter(({ moves }) => moves).map(({ label }) => label));
    this.#hand("meetings", picture.meetings.map((one) => feature({ short: one.about[0] ?? "" }, { type: "MultiPolygon", coordinates: corners(one.drawn) })));
    this.#hand("stops", picture.stops.map((one) => feature({ short: one.short, label: one.drill === null ? "STOP" : "STOP (drill)" }, { type: "Point", coordinates: [one.lon, one.lat] })));
  }

  #hand(id: SourceName, features: readonly Feature[]): void {
    const source = this.#map.getSource(id) as GeoJSONSource | undefined;
    if (source === undefined || isSame(this.#handed.get(id), features)) return;
    this.#handed.set(id, features);
    this.changes += 1;
    source.setData({ type: "FeatureCollection", features: [...features] });
  }
}

function feature(properties: Record<string, unknown>, geometry: Geometry): Feature {
  return { type: "Feature", properties, geometry };
}

/** A map reads what it is handed and never writes; a copy of every corner each second would cost more than drawing. */
function corners(drawn: AreaShown["drawn"]): [number, number][][][] {
  return drawn as [number, number][][][];
}

/** Of what JSON can say. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((value, place) => isSame(value, other[place]));
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const [entries, others] = [Object.entries(one), Object.entries(other)];
  return entries.length === others.length && entries.every(([key, value]) => isSame(value, (other as Record<string, unknown>)[key]));
}

/** The corners of everything that holds or is to come, to look at all of it; null where there is nothing. */
export function boundsOf(rings: readonly AreaShown["drawn"][]): [[number, number], [number, number]] | null {
  const corners = rings.flatMap((drawn) => drawn.flatMap((part) => part[0] ?? []));
  if (corners.length === 0) return null;
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

function labelOf(area: AreaShown): string {
  const part = area.parts > 1 ? ` ${area.part}/${area.parts}` : "";
  return `${area.short}${part}\n${area.lower} – ${area.upper}\n${area.start.slice(11, 16)}–${area.end.slice(11, 16)}Z`;
}

function middleOf(ring: readonly (readonly [number, number])[] | undefined): [number, number] | null {
  if (ring === undefined || ring.length === 0) return null;
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

export function copied(drawn: AreaShown["drawn"]): [number, number][][][] {
  return drawn.map((part) => part.map((ring) => ring.map(([lon, lat]): [number, number] => [lon, lat])));
}

const SIDE = 16;

/** Lines both ways: no member's pattern crosses. */
export function crossed(color: string): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  for (let place = 0; place < SIDE * SIDE; place += 1) {
    const [x, y] = [place % SIDE, Math.floor(place / SIDE)];
    const isInked = (x + y) % SIDE < 2 || (x - y + SIDE) % SIDE < 2;
    data.set([red, green, blue, isInked ? 255 : 70], place * 4);
  }
  return { width: SIDE, height: SIDE, data };
}

function layersOf(theme: Theme): LayerSpecification[] {
  const ground = GROUNDS[theme];
  const holds = (which: string): ["==", ["get", "holds"], string] => ["==", ["get", "holds"], which];
  return [
    { id: "areas-fill", type: "fill", source: "areas", filter: ["all", holds("now"), ["!", ["get", "isPath"]]], paint: { "fill-pattern": ["get", "pattern"] } },
    { id: "areas-line-over", type: "line", source: "areas", filter: holds("over"), paint: { "line-color": ["get", "color"], "line-width": 1, "line-dasharray": [1, 3], "line-opacity": 0.7 } },
    { id: "areas-line-to-come", type: "line", source: "areas", filter: holds("to-come"), paint: { "line-color": ["get", "color"], "line-width": 1.8, "line-dasharray": [4, 3] } },
    { id: "areas-line-now", type: "line", source: "areas", filter: ["all", holds("now"), ["!", ["get", "isPath"]]], paint: { "line-color": ["get", "color"], "line-width": 2.2 } },
    { id: "discs-fill", type: "fill", source: "discs", paint: { "fill-pattern": ["get", "pattern"] } },
    { id: "discs-line", type: "line", source: "discs", paint: { "line-color": ["get", "color"], "line-width": 2.2 } },
    { id: "areas-path", type: "line", source: "areas", filter: ["all", holds("now"), ["get", "isPath"]], paint: { "line-color": ["get", "color"], "line-width": 1.2, "line-dasharray": [2, 2] } },
    { id: "areas-chosen", type: "line", source: "areas", filter: ["get", "chosen"], paint: { "line-color": CHOSEN[theme], "line-width": 4, "line-opacity": 0.85 } },
    { id: "discs-chosen", type: "line", source: "discs", filter: ["get", "chosen"], paint: { "line-color": CHOSEN[theme], "line-width": 4, "line-opacity": 0.85 } },
    { id: "meetings-fill", type: "fill", source: "meetings", paint: { "fill-pattern": "crossed" } },
    { id: "meetings-line", type: "line", source: "meetings", paint: { "line-color": CONFLICT[theme], "line-width": 2.6 } },
    symbols("areas-symbol", "labels", theme),
    symbols("discs-symbol", "disc-labels", theme),
    {
      id: "stops-place",
      type: "circle",
      source: "stops",
      paint: { "circle-radius": 9, "circle-color": CONFLICT[theme], "circle-opacity": 0.25, "circle-stroke-color": CONFLICT[theme], "circle-stroke-width": 3 },
    },
    {
      id: "stops",
      type: "symbol",
      source: "stops",
      layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 17, "text-anchor": "bottom", "text-offset": [0, -0.8], "text-allow-overlap": true },
      paint: { "text-color": CONFLICT[theme], "text-halo-color": ground.halo, "text-halo-width": 2.5 },
    },
  ];
}

function symbols(id: string, source: SourceName, theme: Theme): LayerSpecification {
  const ground = GROUNDS[theme];
  return {
    id,
    type: "symbol",
    source,
    filter: ["!=", ["get", "holds"], "over"],
    layout: {
      "icon-image": ["get", "icon"],
      "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.5, 10, 0.9],
      "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", 5, ["get", "label"]],
      "text-font": FONT,
      "text-size": 11.5,
      "text-anchor": "top",
      "text-offset": [0, 1.4],
      "text-optional": true,
      "text-padding": 2,
    },
    paint: { "text-color": ground.ink, "text-halo-color": ground.halo, "text-halo-width": 1.6, "icon-opacity": ["case", ["==", ["get", "holds"], "now"], 1, 0.55] },
  };
}
