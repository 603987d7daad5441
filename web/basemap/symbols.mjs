// SPDX-License-Identifier: Apache-2.0
// Which symbols stand on the map? Those of APP-6, drawn by milsymbol while the console is built: its 200 kB stay out of the page.
//
// Own forces have the frame of friends, everybody else that of neutrals. No member of a mechanism is ever drawn as hostile.

import { mkdirSync, writeFileSync } from "node:fs";
import ms from "milsymbol";

/** Symbol set and entity of APP-6 D for each kind of notice; what is no unit and no craft has the bare frame of an activity. */
const KINDS = {
  flight: ["01", "110100"],
  transit: ["01", "110100"],
  drone: ["01", "110300"],
  launch: ["02", "110000"],
  rescue: ["10", "000000"],
  "own-presence": ["10", "000000"],
  movement: ["10", "163600"],
  site: ["20", "000000"],
  works: ["40", "000000"],
  exercise: ["40", "000000"],
  emission: ["10", "150500"],
  hazard: ["40", "000000"],
  "keep-out": ["40", "000000"],
};
const FRAMES = { mine: "3", theirs: "4" };

/** The same for what is seen of a track: in the air, at sea, or neither is known. Civil ones have the sign of civil craft. */
const TRACKS = {
  air: { set: "01", entity: "000000", civil: "120000" },
  sea: { set: "30", entity: "000000", civil: "140000" },
  thing: { set: "40", entity: "000000", civil: "000000" },
};
const SEEN_AS = { mine: "3", theirs: "4", civil: "4", unknown: "1" };

const symbols = {};
for (const [kind, [set, entity]] of Object.entries(KINDS)) {
  for (const [whose, identity] of Object.entries(FRAMES)) draw(`${kind}-${whose}`, `100${identity}${set}0000${entity}0000`);
}
for (const [where, { set, entity, civil }] of Object.entries(TRACKS)) {
  for (const [whose, identity] of Object.entries(SEEN_AS)) {
    draw(`track-${where}-${whose}`, `100${identity}${set}0000${whose === "civil" ? civil : entity}0000`);
  }
}

function draw(name, code) {
  const symbol = new ms.Symbol(code, { size: 26, infoFields: false, outlineWidth: 3, outlineColor: "rgb(255,255,255)" });
  if (!symbol.isValid()) throw new Error(`symbols: ${name} (${code}) is no symbol that milsymbol knows`);
  const { width, height } = symbol.getSize();
  symbols[name] = { svg: symbol.asSVG(), width, height };
}

const into = new URL("../public/basemap/", import.meta.url);
mkdirSync(into, { recursive: true });
writeFileSync(new URL("symbols.json", into), JSON.stringify(symbols));
console.log(`symbols: ${Object.keys(symbols).length}`);
