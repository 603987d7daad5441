// SPDX-License-Identifier: Apache-2.0
// Which symbol stands for a kind of notice? Those that basemap/symbols.mjs drew, as pictures that a map can hold.

interface Drawn {
  svg: string;
  width: number;
  height: number;
}

const SHARP = 2;
let kept: Promise<Map<string, ImageData>> | null = null;

export function loadSymbols(): Promise<Map<string, ImageData>> {
  kept ??= fetch("/basemap/symbols.json")
    .then((answer) => answer.json() as Promise<Record<string, Drawn>>)
    .then(async (drawn) => new Map(await Promise.all(Object.entries(drawn).map(async ([name, one]): Promise<[string, ImageData]> => [name, await painted(one)]))));
  return kept;
}

async function painted(one: Drawn): Promise<ImageData> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(one.svg)}`;
  await picture.decode();
  const [width, height] = [Math.ceil(one.width * SHARP), Math.ceil(one.height * SHARP)];
  const canvas = new OffscreenCanvas(width, height);
  // It is read back at once, which from a graphics card, or from what stands in for one, takes longer than to draw.
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) throw new Error("no canvas to draw symbols on");
  pen.drawImage(picture, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}
