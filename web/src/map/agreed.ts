// SPDX-License-Identifier: Apache-2.0
// Which areas has everybody agreed to keep out of? Drawn as a double line with their names, below all that moves.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { AgreedArea } from "../app/api/types";
import type { Theme } from "../taste/theme.svelte";
import { copied } from "./areas";
import { FONT } from "./basemap";
import { GROUNDS } from "./palette";

/** A thin line within a broad one: no notice is drawn so. */
export function layAgreed(map: MapLibre, theme: Theme): void {
  const ground = GROUNDS[theme];
  if (map.getSource("agreed") === undefined) map.addSource("agreed", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  if (map.getLayer("agreed-line") !== undefined) return;
  map.addLayer({ id: "agreed-line", type: "line", source: "agreed", paint: { "line-color": ground.ink, "line-width": 1.5, "line-gap-width": 3 } });
  map.addLayer({
    id: "agreed-name",
    type: "symbol",
    source: "agreed",
    layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-offset": [0, 1], "symbol-spacing": 400 },
    paint: { "text-color": ground.ink, "text-halo-color": ground.halo, "text-halo-width": 1.8 },
  });
}

export function showAgreed(map: MapLibre, areas: readonly AgreedArea[]): void {
  (map.getSource("agreed") as GeoJSONSource | undefined)?.setData({
    type: "FeatureCollection",
    features: areas.map((area) => ({ type: "Feature", properties: { name: area.name }, geometry: { type: "MultiPolygon", coordinates: copied(area.drawn) } })),
  });
}
