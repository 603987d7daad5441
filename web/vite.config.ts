// SPDX-License-Identifier: Apache-2.0
// How is the console built? Into the Python package, as files that the node serves under a strict policy.

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { words } from "./words.ts";

export default defineConfig({
  plugins: [svelte(), words()],
  build: {
    outDir: "../src/steerclear/web/dist",
    emptyOutDir: true,
    target: "es2022",
    // A font or picture inside a stylesheet would be a data: address, which the policy refuses for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
