// SPDX-License-Identifier: Apache-2.0
// How is a shape drawn with the pointer? By terra-draw: one shape at a time, whose corners can be moved afterwards.

import type { Map as MapLibre } from "maplibre-gl";
import { TerraDraw, TerraDrawCircleMode, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode, type GeoJSONStoreFeatures } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { metresBetween } from "../map/moment";
import type { Place, Shape } from "./draft";

export type Tool = "area" | "circle" | "corridor" | "legs";

const MODES: Record<Tool, string> = { area: "polygon", circle: "circle", corridor: "linestring", legs: "linestring" };
const FIRST_WIDTH_M = "2000";
const DECIMALS = 7;

export class Pen {
  #draw: TerraDraw;
  #tool: Tool = "area";
  #onshape: (shape: Shape) => void;
  #kept: Shape | null = null;

  constructor(map: MapLibre, color: `#${string}`, onshape: (shape: Shape) => void) {
    this.#onshape = onshape;
    const corner = { draggable: true, deletable: true } as const;
    const moved = { feature: { draggable: true, coordinates: { ...corner, midpoints: true } } };
    const line = { lineStringColor: color, lineStringWidth: 3 };
    const area = { fillColor: color, fillOpacity: 0.12, outlineColor: color, outlineWidth: 3 };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: DECIMALS }),
      modes: [
        new TerraDrawPolygonMode({ styles: area }),
        new TerraDrawCircleMode({ styles: area }),
        new TerraDrawLineStringMode({ styles: line }),
        new TerraDrawSelectMode({
          flags: { polygon: moved, linestring: moved },
          styles: { selectedPolygonColor: color, selectedPolygonFillOpacity: 0.12, selectedPolygonOutlineColor: color, selectedPolygonOutlineWidth: 3, selectedLineStringColor: color, selectedLineStringWidth: 3 },
        }),
      ],
    });
    this.#draw.start();
    this.#draw.on("finish", (id) => this.#finished(id));
    this.#draw.setMode("select");
  }

  /** Begin a new shape in place of what is drawn. */
  begin(tool: Tool): void {
    this.#tool = tool;
    this.#draw.clear();
    this.#draw.setMode(MODES[tool]);
  }

  /** Show a shape that came otherwise; circles and what cannot be changed are drawn by the map alone. */
  show(shape: Shape | null): void {
    if (shape === this.#kept) return;
    this.#kept = shape;
    this.#draw.setMode("select");
    this.#draw.clear();
    if (shape === null || shape.sort === "circle" || shape.sort === "given") return;
    this.#tool = shape.sort;
    const rounded = ([lon, lat]: Place): Place => [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
    const geometry =
      shape.sort === "area"
        ? { type: "Polygon" as const, coordinates: [[...(shape.rings[0] ?? []), shape.rings[0]?.[0] ?? [0, 0]].map((one) => rounded(one as Place))] }
        : { type: "LineString" as const, coordinates: shape.points.map(rounded) };
    this.#draw.addFeatures([{ type: "Feature", geometry, properties: { mode: MODES[shape.sort] } }]);
  }

  end(): void {
    this.#draw.stop();
  }

  #finished(id: string | number): void {
    const feature = this.#draw.getSnapshot().find((one) => one.id === id);
    if (feature === undefined) return;
    const shape = this.#shapeOf(feature);
    this.#kept = shape;
    if (shape.sort === "circle") this.#draw.clear();
    if (this.#draw.getMode() !== "select") {
      this.#draw.setMode("select");
      if (shape.sort !== "circle") this.#draw.selectFeature(id);
    }
    this.#onshape(shape);
  }

  #shapeOf(feature: GeoJSONStoreFeatures): Shape {
    if (feature.geometry.type === "Polygon") {
      const ring = (feature.geometry.coordinates[0] ?? []).slice(0, -1) as Place[];
      if (this.#tool !== "circle") return { sort: "area", rings: [ring] };
      const centre = middleOf(ring);
      return { sort: "circle", centre, radiusM: String(Math.round(metresBetween(centre, ring[0] ?? centre))) };
    }
    const points = feature.geometry.coordinates as Place[];
    const before = this.#kept;
    if (this.#tool !== "legs") return { sort: "corridor", points, halfWidthM: before?.sort === "corridor" ? before.halfWidthM : FIRST_WIDTH_M };
    const was = before?.sort === "legs" && before.points.length === points.length ? before : null;
    return { sort: "legs", points, times: was?.times ?? points.map(() => ""), radiiM: was?.radiiM ?? points.map(() => FIRST_WIDTH_M) };
  }
}

/** Of a ring that terra-draw drew round a centre. */
function middleOf(ring: readonly Place[]): Place {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}
