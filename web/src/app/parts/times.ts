// SPDX-License-Identifier: Apache-2.0
// How are times written? Always in Z, with digits that no language turns round; what is left as a countdown.

import { t } from "../i18n/i18n.svelte";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `05:30Z` today, `11 Apr 05:30Z` on any other day; a dash where nothing has happened. */
export function clock(at: string | null | undefined, now: Date): string {
  if (at === null || at === undefined) return "–";
  const time = `${at.slice(11, 16)}Z`;
  if (at.slice(0, 10) === now.toISOString().slice(0, 10)) return time;
  return `${Number(at.slice(8, 10))} ${MONTHS[Number(at.slice(5, 7)) - 1] ?? ""} ${time}`;
}

export function seconds(at: string, now: Date): number {
  return (Date.parse(at) - now.getTime()) / 1000;
}

/** `4:12` in the last hour, `1 h 20 min` before, `3 d 4 h` long before. Without sign. */
export function length(ofSeconds: number): string {
  const whole = Math.floor(Math.abs(ofSeconds));
  if (whole < 3_600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return t("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return t("{days} d {hours} h", { days: Math.floor(minutes / 1_440), hours: Math.floor((minutes % 1_440) / 60) });
}

/** For the clock of the page: `05:30:12Z`. */
export function toSecond(at: Date): string {
  return `${at.toISOString().slice(11, 19)}Z`;
}

/** To the second, on whatever day: `10 Apr 05:30:12Z`. */
export function stamp(at: string): string {
  return `${Number(at.slice(8, 10))} ${MONTHS[Number(at.slice(5, 7)) - 1] ?? ""} ${at.slice(11, 19)}Z`;
}

/** As forms take it: `2025-04-10T05:30Z`. */
export function toMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}
