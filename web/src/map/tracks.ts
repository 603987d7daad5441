// SPDX-License-Identifier: Apache-2.0
// How do tracks stand on the map? As symbols with where they were and where they will be; alarmed ones stand out.
//
//   fresh        its symbol; a dashed line to where it will be at the end of the look-ahead, at constant velocity
//   stale        a pale symbol, no line ahead, and STALE with its age: where it is now is undetermined
//   doubtful     the same, and DOUBTFUL: two places were reported under its name
//   alarmed      two rings, a thick line ahead, and the word ALARM above; no filter hides it
//   where it was a dotted line, as far back as this page has seen it

import type { Feature } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import { t } from "../app/i18n/i18n.svelte";
import type { TrackRow } from "../app/api/types";
import type { Theme } from "../taste/theme.svelte";
import { FONT } from "./basemap";
import { CONFLICT, GROUNDS, lookOf } from "./palette";
import { isShownByOthers, motionOf, nameOfTrack, stateOf, whoseIs, type Place, type Trails } from "./seen";
import { loadSymbols } from "./symbols";

const SOURCES = ["tracks", "tracks-lines"] as const;
const AIR_M_S = 40;

export class TrackLayers {
  #map: MapLibre;
  #theme: Theme = "light";
  #isGone = false;

  constructor(map: MapLibre) {
    this.#map = map;
    map.once("remove", () => (this.#isGone = true));
  }

  /** Over a ground that was just laid. */
  async lay(theme: Theme): Promise<boolean> {
    this.#theme = theme;
    const symbols = await loadSymbols();
    // Whoever went to another page meanwhile has no map any more.
    if (this.#isGone) return false;
    for (const [name, image] of symbols) if (!this.#map.hasImage(name)) this.#map.addImage(name, image, { pixelRatio: 2 });
    for (const id of SOURCES) {
      if (this.#map.getSource(id) === undefined) this.#map.addSource(id, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    }
    for (const layer of layersOf(theme)) if (this.#map.getLayer(layer.id) === undefined) this.#map.addLayer(layer);
    return true;
  }

  show(tracks: readonly TrackRow[], trails: Trails, me: string, nowMs: number): void {
    const members = tracks.map((track) => track.whose).filter((whose) => whose !== "civil" && whose !== "unknown");
    const colorOf = (track: TrackRow): string => {
      const whose = whoseIs(track);
      return whose === "civil" || whose === "unknown" ? GROUNDS[this.#theme].ink : lookOf(track.whose, me, members, this.#theme).color;
    };
    const points = tracks.map((track): Feature => {
      const state = stateOf(track, (nowMs - Date.parse(track.seen_at)) / 1000);
      const lines = [nameOfTrack(track), track.height ?? t("no height"), motionOf(track), state].filter((line) => line !== "");
      const properties = {
        ref: track.ref,
        icon: `track-${whereIs(track)}-${whoseIs(track)}`,
        label: lines.join("\n"),
        isFresh: track.state === "fresh",
        isAlarmed: track.alarmed,
        alarm: track.alarmed ? t("ALARM") : "",
      };
      return { type: "Feature", properties, geometry: { type: "Point", coordinates: [track.lon, track.lat] } };
    });
    const lines = tracks.flatMap((track): Feature[] => {
      const color = colorOf(track);
      const trail = trails.of(track.ref);
      const made: Feature[] = trail.length < 2 ? [] : [line("was", color, false, unbroken(trail))];
      if (track.ahead !== null) made.push(line("will-be", color, track.alarmed, [[track.lon, track.lat], [track.ahead[0], track.ahead[1]]]));
      return made;
    });
    this.#set("tracks", points);
    this.#set("tracks-lines", lines);
  }

  #set(id: (typeof SOURCES)[number], features: Feature[]): void {
    (this.#map.getSource(id) as GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
  }
}

/** By what heard it, as far as that says; whatever has a height and is fast flies. */
function whereIs(track: TrackRow): "air" | "sea" | "thing" {
  const source = track.ref.split(":")[0];
  if (source === "mmsi") return "sea";
  if (source === "icao" || source === "radar" || isShownByOthers(track)) return "air";
  return (track.speed_m_s ?? 0) >= AIR_M_S || track.height !== null ? "air" : "thing";
}

function line(which: "was" | "will-be", color: string, isAlarmed: boolean, coordinates: Place[]): Feature {
  return { type: "Feature", properties: { which, color, isAlarmed }, geometry: { type: "LineString", coordinates } };
}

/** Over the antimeridian a line goes on beyond 180°, and not once round the Earth. */
function unbroken(places: Place[]): Place[] {
  let turned = 0;
  return places.map(([lon, lat], at) => {
    const before = places[at - 1]?.[0] ?? lon;
    if (lon - before > 180) turned -= 360;
    if (lon - before < -180) turned += 360;
    return [lon + turned, lat];
  });
}

const LABEL = { "text-font": FONT, "text-size": 11.5, "text-justify": "left" as const, "text-anchor": "left" as const, "text-offset": [2.2, 0] as [number, number] };

function layersOf(theme: Theme): LayerSpecification[] {
  const ground = GROUNDS[theme];
  const alarmed: ["get", string] = ["get", "isAlarmed"];
  const which = (name: string): ["==", ["get", string], string] => ["==", ["get", "which"], name];
  return [
    { id: "tracks-was", type: "line", source: "tracks-lines", filter: which("was"), paint: { "line-color": ["get", "color"], "line-width": 2, "line-dasharray": [0.5, 1.5], "line-opacity": 0.8 } },
    { id: "tracks-will-be", type: "line", source: "tracks-lines", filter: ["all", which("will-be"), ["!", alarmed]], paint: { "line-color": ["get", "color"], "line-width": 1.8, "line-dasharray": [4, 3] } },
    { id: "tracks-will-be-alarmed", type: "line", source: "tracks-lines", filter: ["all", which("will-be"), alarmed], paint: { "line-color": CONFLICT[theme], "line-width": 4, "line-dasharray": [3, 1.2] } },
    { id: "tracks-ring", type: "circle", source: "tracks", filter: alarmed, paint: { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-color": CONFLICT[theme], "circle-stroke-width": 3 } },
    { id: "tracks-ring-outer", type: "circle", source: "tracks", filter: alarmed, paint: { "circle-radius": 23, "circle-opacity": 0, "circle-stroke-color": CONFLICT[theme], "circle-stroke-width": 1.5 } },
    {
      id: "tracks-symbol",
      type: "symbol",
      source: "tracks",
      layout: {
        "icon-image": ["get", "icon"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.45, 10, 0.8],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 6, ["case", alarmed, "", ["get", "label"]]],
        ...LABEL,
        "text-optional": true,
        "text-padding": 2,
      },
      paint: { "text-color": ground.ink, "text-halo-color": ground.halo, "text-halo-width": 1.6, "icon-opacity": ["case", ["get", "isFresh"], 1, 0.45] },
    },
    {
      id: "tracks-alarm-label",
      type: "symbol",
      source: "tracks",
      filter: alarmed,
      layout: { "text-field": ["step", ["zoom"], "", 6.3, ["get", "label"]], ...LABEL, "text-allow-overlap": true },
      paint: { "text-color": ground.ink, "text-halo-color": ground.halo, "text-halo-width": 2 },
    },
    {
      id: "tracks-alarm",
      type: "symbol",
      source: "tracks",
      filter: alarmed,
      layout: { "text-field": ["get", "alarm"], "text-font": FONT, "text-size": 15, "text-anchor": "bottom", "text-offset": [0, -1.5], "text-allow-overlap": true },
      paint: { "text-color": CONFLICT[theme], "text-halo-color": ground.halo, "text-halo-width": 2.5 },
    },
  ];
}
