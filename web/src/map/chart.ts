// SPDX-License-Identifier: Apache-2.0
// A map to draw on: the basemap by the light and in the language of the page, the same for looking and for filing.

import { Map as MapLibre, prewarm, setWorkerUrl, type LngLatBoundsLike } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { GeoJSONSource } from "maplibre-gl";
import type { LanguageCode } from "../app/i18n/i18n.svelte";
import type { Theme } from "../taste/theme.svelte";
import { FONT, loadBasemap, namedSources, POLITICAL, styleOf, type Basemap } from "./basemap";
import { addSiteMaps } from "./sitemaps";
import { loadSymbols } from "./symbols";

setWorkerUrl(workerUrl);
// The worker's script is half a megabyte: it is there by the time that the ground is.
prewarm();

/** From the Adriatic to the Caspian, until somebody has looked elsewhere. */
const FIRST: View = { center: [37.6, 35.2], zoom: 5.6 };
const KEY = "steerclear.map.view";
const POLITICAL_KEY = "steerclear.map.political";
/** A sample of every script: a glyph is drawn once, so its font has to be there by then. */
const SCRIPTS = "Aaə Жя אב عر";

/** All that is there, with room around it. */
export const LOOK = { padding: 90, maxZoom: 8, animate: false } as const;

interface View {
  center: [number, number];
  zoom: number;
}

/**
 * `look`: what to show at first to whoever has not chosen a view. It is asked for before the map is made, because a
 * map that is moved at once has cut its ground into tiles for nothing.
 */
export async function openChart(container: HTMLElement, theme: Theme, language: LanguageCode, look: Promise<LngLatBoundsLike | null> = Promise.resolve(null)): Promise<Chart> {
  const [basemap, bounds] = await Promise.all([loadBasemap(), look, document.fonts.load(`16px "${FONT[0]}"`, SCRIPTS), loadSymbols()]);
  const view = keptView();
  const map = new MapLibre({
    container,
    style: styleOf(basemap, theme, language),
    ...(hasView() || bounds === null ? { center: view.center, zoom: view.zoom } : { bounds, fitBoundsOptions: LOOK }),
    minZoom: 1.5,
    maxZoom: 16,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    renderWorldCopies: true,
    keyboard: true,
  });
  map.touchZoomRotate.disableRotation();
  await map.once("style.load");
  const chart = new Chart(map, basemap, theme);
  map.on("moveend", () => chart.keep());
  return chart;
}

export class Chart {
  readonly map: MapLibre;
  #basemap: Basemap;
  #theme: Theme;
  /** What is drawn on top, drawn again whenever the ground is laid anew. */
  #draw: (() => void) | null = null;

  constructor(map: MapLibre, basemap: Basemap, theme: Theme) {
    this.map = map;
    this.#basemap = basemap;
    this.#theme = theme;
    this.showPolitical(isPolitical());
    void addSiteMaps(map, theme);
  }

  ondraw(draw: () => void): void {
    this.#draw = draw;
    draw();
  }

  speak(language: LanguageCode): void {
    for (const [id, source] of Object.entries(namedSources(this.#basemap, language))) {
      const shown = this.map.getSource(id) as GeoJSONSource | undefined;
      if (typeof source.data !== "string") shown?.setData(source.data);
    }
  }

  async light(theme: Theme, language: LanguageCode): Promise<void> {
    if (theme === this.#theme) return;
    this.#theme = theme;
    const laid = this.map.once("style.load");
    this.map.setStyle(styleOf(this.#basemap, theme, language), { diff: false });
    await laid;
    this.showPolitical(isPolitical());
    void addSiteMaps(this.map, theme);
    this.#draw?.();
  }

  /** Borders and the names of countries are disputed; whoever does not want them puts them away. */
  showPolitical(shown: boolean): void {
    localStorage.setItem(POLITICAL_KEY, shown ? "shown" : "away");
    for (const id of POLITICAL) this.map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  }

  keep(): void {
    const { lng, lat } = this.map.getCenter();
    const view: View = { center: [lng, lat], zoom: this.map.getZoom() };
    localStorage.setItem(KEY, JSON.stringify(view));
  }

  end(): void {
    this.map.remove();
  }
}

export function isPolitical(): boolean {
  return localStorage.getItem(POLITICAL_KEY) !== "away";
}

export function hasView(): boolean {
  return localStorage.getItem(KEY) !== null;
}

function keptView(): View {
  const kept = localStorage.getItem(KEY);
  return kept === null ? FIRST : (JSON.parse(kept) as View);
}
