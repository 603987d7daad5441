// SPDX-License-Identifier: Apache-2.0
// What does an annex say, field by field, and in which fields do two of them differ?

export interface Difference {
  field: string;
  before: string | null;
  after: string | null;
}

/** Each value at the end of its path, as `terms.kinds[2].lead_s`. */
export function fieldsOf(document: string): [string, string][] {
  return [...walk("", JSON.parse(document))];
}

export function differences(before: string, after: string): Difference[] {
  const old = new Map(fieldsOf(before));
  const young = new Map(fieldsOf(after));
  return [...new Set([...old.keys(), ...young.keys()])]
    .filter((field) => old.get(field) !== young.get(field))
    .map((field) => ({ field, before: old.get(field) ?? null, after: young.get(field) ?? null }));
}

function* walk(path: string, value: unknown): Generator<[string, string]> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, one] of value.entries()) yield* walk(`${path}[${index}]`, one);
  } else if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    for (const [name, one] of Object.entries(value)) yield* walk(path === "" ? name : `${path}.${name}`, one);
  } else {
    yield [path, JSON.stringify(value)];
  }
}
