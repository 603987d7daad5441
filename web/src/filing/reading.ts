// SPDX-License-Identifier: Apache-2.0
// What does a text say that was pasted, or a file that was dropped? The node reads it; what is in doubt comes back as doubts.

import { Problem, unreachable } from "../app/api/client";
import type { ReadingRow } from "../app/api/types";

const PATIENCE_MS = 30_000;

/** `form`: one that the person chose; without it the name's ending and the text itself decide. */
export async function readDrafts(given: Blob | string, name: string, form: string | null): Promise<ReadingRow> {
  const query = new URLSearchParams(form === null ? { name } : { name, form });
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/readings?${query.toString()}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: given,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    throw unreachable();
  }
  const told = (await answer.json()) as unknown;
  if (!answer.ok) throw new Problem({ status: answer.status, ...(told as { code: string; title: string; remedy?: string; where?: string }) });
  return told as ReadingRow;
}
