// SPDX-License-Identifier: Apache-2.0
// Which maps does this site add? Its .pmtiles, laid between the basemap's land and what is written on it.
//
// Nobody knows which layers a site's archive has: areas are tinted, lines are drawn thin, pictures shown as they are.

import { addProtocol, type LayerSpecification, type Map as MapLibre } from "maplibre-gl";
import { get } from "../app/api/client";
import type { SiteMap } from "../app/api/types";
import type { Theme } from "../taste/theme.svelte";
import { GROUNDS } from "./palette";

const BELOW = "coasts";
const VECTOR = 1;
let isKnown = false;

export async function addSiteMaps(map: MapLibre, theme: Theme): Promise<void> {
  const served = (await get<SiteMap[]>("/v1/site-maps")).filter((one) => one.fault === null);
  if (served.length === 0) return;
  const { PMTiles, Protocol } = await import("pmtiles");
  if (!isKnown) {
    addProtocol("pmtiles", new Protocol().tile);
    isKnown = true;
  }
  for (const one of served) {
    const url = `${location.origin}/api/v1/site-maps/${one.name}`;
    const archive = new PMTiles(url);
    const header = await archive.getHeader();
    const source = `site-${one.name}`;
    if (map.getSource(source) !== undefined) continue;
    if (header.tileType === VECTOR) {
      map.addSource(source, { type: "vector", url: `pmtiles://${url}` });
      const told = (await archive.getMetadata()) as { vector_layers?: { id: string }[] };
      for (const { id } of told.vector_layers ?? []) for (const layer of plain(source, id, theme)) map.addLayer(layer, BELOW);
    } else {
      map.addSource(source, { type: "raster", url: `pmtiles://${url}`, tileSize: 256 });
      map.addLayer({ id: source, type: "raster", source, paint: { "raster-opacity": theme === "light" ? 1 : 0.4 } }, BELOW);
    }
  }
}

function plain(source: string, layer: string, theme: Theme): LayerSpecification[] {
  const ground = GROUNDS[theme];
  const from = { source, "source-layer": layer } as const;
  return [
    { id: `${source}-${layer}-areas`, type: "fill", ...from, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ground.coast, "fill-opacity": 0.12 } },
    { id: `${source}-${layer}-lines`, type: "line", ...from, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ground.coast, "line-width": 0.8 } },
  ];
}
