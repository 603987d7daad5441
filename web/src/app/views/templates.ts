// SPDX-License-Identifier: Apache-2.0
// Which templates can a mechanism start from? By name, as docs/rules.md describes them; a test holds them to the node's own.

export const TEMPLATES = [
  "syria-2025",
  "us-russia-2015",
  "turkey-russia-2017",
  "turkey-us",
  "aegean-1988-2020",
  "incsea",
  "india-pakistan",
  "humanitarian-notification",
  "grain-corridor-2022",
  "repair-window",
  "wildfire",
  "voice-line-only",
] as const;
