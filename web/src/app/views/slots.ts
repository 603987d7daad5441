// SPDX-License-Identifier: Apache-2.0
// Which large parts are loaded only when they are looked at? The map and the filing, so that the first screen does not wait.

import type { Component } from "svelte";
import type { PictureShown, Receipt } from "../api/types";

export interface MapProps extends Record<string, unknown> {
  selected: string | null;
  onselect: (short: string | null) => void;
  at: string | null;
  onat: (at: string | null) => void;
  /** A picture of the past, in place of the one that stands; `null` until it is there. */
  past?: PictureShown | null;
}

export interface FilingProps extends Record<string, unknown> {
  amends: string | null;
  alternatives: null;
  ondone: (receipts: Receipt[]) => void;
}

type Loader<P extends Record<string, unknown>> = (() => Promise<{ default: Component<P> }>) | undefined;

const found = import.meta.glob(["../../map/MapView.svelte", "../../filing/Filing.svelte"]);

export const loadMap = found["../../map/MapView.svelte"] as Loader<MapProps>;
export const loadFiling = found["../../filing/Filing.svelte"] as Loader<FilingProps>;
export const HAS_FILING = loadFiling !== undefined;
