// SPDX-License-Identifier: Apache-2.0
// How does the console speak to its node? Two verbs; whatever goes wrong is a Problem with a remedy.

import { t } from "../i18n/i18n.svelte";

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly where: string | null;

  constructor(told: { status: number; code: string; title: string; remedy?: string; where?: string | null }) {
    super(told.title);
    this.status = told.status;
    this.code = told.code;
    this.remedy = told.remedy ?? "";
    this.where = told.where ?? null;
  }

  get title(): string {
    return this.message;
  }
}

const unreached = new Set<() => void>();

/** Told whenever a request did not reach the node, or was not answered in time. */
export function onunreachable(listener: () => void): void {
  unreached.add(listener);
}

type Query = Record<string, string | null>;

export async function get<T>(path: string, query: Query = {}): Promise<T> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
  const asked = new URLSearchParams(given).toString();
  return (await reach("GET", asked === "" ? path : `${path}?${asked}`)) as T;
}

/** POST. `once` is a fresh UUID for each thing that is filed: sent again, nothing is filed twice. */
export async function ask<T>(path: string, body: unknown, options: { once?: string } = {}): Promise<T> {
  return (await reach("POST", path, body, options.once)) as T;
}

export async function end(path: string): Promise<void> {
  await reach("DELETE", path);
}

async function reach(method: string, path: string, body?: unknown, once?: string): Promise<unknown> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (once !== undefined) headers["idempotency-key"] = once;
  try {
    const answer = await fetch(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return await read(answer);
  } catch (error) {
    // An answer that ends in its middle is none either.
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    for (const listener of unreached) listener();
    throw unreachable();
  }
}

async function read(answer: Response): Promise<unknown> {
  if (!answer.ok) throw await problemOf(answer);
  if (answer.status === 204) return null;
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  return isJson ? await answer.json() : await answer.text();
}

export function unreachable(): Problem {
  return new Problem({
    status: 0,
    code: "unreachable",
    title: t("Your own node does not answer."),
    remedy: t("Nothing was sent; what you typed is still here. If it lasts, use the telephone and tell whoever runs the node."),
  });
}

async function problemOf(answer: Response): Promise<Problem> {
  const isProblem = (answer.headers.get("content-type") ?? "").startsWith("application/problem+json");
  const told = isProblem ? ((await answer.json()) as { code: string; title: string; remedy?: string; where?: string }) : null;
  return new Problem({
    status: answer.status,
    ...(told ?? { code: "unreadable-answer", title: `The node answered ${answer.status} and nothing that can be read.` }),
  });
}
