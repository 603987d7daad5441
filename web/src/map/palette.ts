// SPDX-License-Identifier: Apache-2.0
// Which colours does the map know, by day and by night? Who it is, is said by colour and by pattern, never by one alone.

import type { Theme } from "../taste/theme.svelte";

export interface Ground {
  sea: string;
  land: string;
  coast: string;
  border: string;
  water: string;
  ink: string;
  soft: string;
  halo: string;
}

export const GROUNDS: Record<Theme, Ground> = {
  light: { sea: "#d6e2ea", land: "#f4f2ec", coast: "#7d93a3", border: "#8d8577", water: "#9dbfd3", ink: "#22303c", soft: "#5d6b76", halo: "#ffffff" },
  dark: { sea: "#0a121a", land: "#18222b", coast: "#4b6272", border: "#6b7783", water: "#24475c", ink: "#d4dee6", soft: "#8fa0ae", halo: "#0d141b" },
  night: { sea: "#050201", land: "#140a07", coast: "#54301f", border: "#5c3b2c", water: "#38231a", ink: "#d59a80", soft: "#94644f", halo: "#080403" },
};

export type Pattern = "rising" | "falling" | "dots" | "level" | "upright";

export interface Look {
  color: string;
  pattern: Pattern;
}

/** Okabe and Ito's colours, which every kind of colour vision tells apart; by night all of them are warm, and patterns tell. */
const OTHERS: readonly { day: string; dark: string; night: string; pattern: Pattern }[] = [
  { day: "#b35a00", dark: "#e69f00", night: "#d98a3c", pattern: "falling" },
  { day: "#00735a", dark: "#3cc49e", night: "#a8a05a", pattern: "dots" },
  { day: "#9b3f78", dark: "#e0a0c8", night: "#c07a86", pattern: "level" },
  { day: "#5f5a00", dark: "#f0e442", night: "#c9b458", pattern: "upright" },
];
const MINE = { day: "#005a96", dark: "#6cb8ee", night: "#f0b18c" };
export const CONFLICT: Record<Theme, string> = { light: "#b4151b", dark: "#ff8a8a", night: "#ff5b45" };
export const CHOSEN: Record<Theme, string> = { light: "#14202b", dark: "#ffffff", night: "#ffd9c4" };

/** The same member looks the same at every desk of one party: own, then the others in the order of their names. */
export function lookOf(author: string, me: string, authors: readonly string[], theme: Theme): Look {
  const light = theme === "light" ? "day" : theme;
  if (author === me) return { color: MINE[light], pattern: "rising" };
  const place = [...new Set(authors)].filter((one) => one !== me).sort().indexOf(author);
  const look = OTHERS[Math.max(place, 0) % OTHERS.length] as (typeof OTHERS)[number];
  return { color: look[light], pattern: look.pattern };
}

const SIDE = 16;

/** A tile of 16 × 16 pixels that fits to itself on all sides. */
export function patternImage(pattern: Pattern, color: string): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      data.set([red, green, blue, isInked(pattern, x, y) ? 190 : 34], (y * SIDE + x) * 4);
    }
  }
  return { width: SIDE, height: SIDE, data };
}

function isInked(pattern: Pattern, x: number, y: number): boolean {
  switch (pattern) {
    case "rising":
      return (x + y) % 8 < 1;
    case "falling":
      return (x - y + SIDE) % 8 < 1;
    case "dots":
      return x % 8 < 2 && y % 8 < 2;
    case "level":
      return y % 8 < 1;
    case "upright":
      return x % 8 < 1;
  }
}
