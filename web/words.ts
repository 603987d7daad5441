// SPDX-License-Identifier: Apache-2.0
// How do the catalogues reach the page? `virtual:words/tr` is every `catalogues/*.tr.po` as one object of English → Turkish.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const PREFIX = "virtual:words/";
const FOLDER = fileURLToPath(new URL("./catalogues/", import.meta.url));

export function words(): Plugin {
  return {
    name: "steerclear-words",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const language = id.slice(PREFIX.length + 1);
      const files = readdirSync(FOLDER).filter((name) => name.endsWith(`.${language}.po`)).sort();
      for (const name of files) this.addWatchFile(FOLDER + name);
      const all = Object.assign({}, ...files.map((name) => readPo(readFileSync(FOLDER + name, "utf8"))));
      return `export default ${JSON.stringify(all)};`;
    },
  };
}

/** The pairs of a gettext catalogue that has neither contexts nor plurals, as ours have none; what is not translated is left out. */
export function readPo(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const block of text.split(/\n\s*\n/)) {
    const read = { msgid: "", msgstr: "" };
    let into: keyof typeof read | null = null;
    for (const line of block.split("\n")) {
      const found = /^(?:(msgid|msgstr) )?"(.*)"$/.exec(line.trim());
      if (found === null) continue;
      into = (found[1] as keyof typeof read | undefined) ?? into;
      if (into !== null) read[into] += JSON.parse(`"${found[2]}"`);
    }
    if (read.msgid !== "" && read.msgstr !== "") pairs[read.msgid] = read.msgstr;
  }
  return pairs;
}
