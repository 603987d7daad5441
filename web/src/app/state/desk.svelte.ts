// SPDX-License-Identifier: Apache-2.0
// What does this desk see? The node's status and the desk's inbox, read again whenever something moves.

import { end, get, Problem } from "../api/client";
import type { Inbox, SessionShown, Status } from "../api/types";
import { now } from "./clock.svelte";
import { live } from "./live.svelte";

const DESK_KEY = "steerclear.desk";
/** So often it is read again though nothing was heard to move: a second belt. */
const ANYWAY_MS = 20_000;
const GATHER_MS = 120;
/** The one desk of a member without ladders: whoever sits at the member hears it, and answers as their own desk. */
const ONLY_DESK = "duty";

class Desk {
  session = $state.raw<SessionShown | null>(null);
  /** Until it is known whether somebody is signed in. */
  isAsking = $state(true);
  status = $state.raw<Status | null>(null);
  inbox = $state.raw<Inbox | null>(null);
  /** When the picture was read, by the node's clock. */
  readAt = $state<string | null>(null);
  /** Of a supervisor and others who speak for every desk: the one that they look at. */
  chosen = $state<string | null>(localStorage.getItem(DESK_KEY));
  /** How often the desk was read: what else is shown is read again with it. */
  reads = $state(0);
  #reading: Promise<void> | null = null;
  #again = false;

  /** The desk that this person speaks for now. */
  get name(): string {
    return this.session?.desk ?? this.chosen ?? "air";
  }

  /** The desk whose duties are read; `null`: those of every desk, for whoever has none and chose none. */
  get lookedAt(): string | null {
    return this.session?.desk ?? this.chosen;
  }

  /** Is what this desk is called about heard here? Whoever looks at no desk hears every one. */
  hears(name: string | null): boolean {
    return name === null || name === ONLY_DESK || this.lookedAt === null || name === this.lookedAt;
  }

  /** As which desk is answered what this one owes? As that very desk: another one's word does not end its climb. */
  answersAs(name: string | null | undefined): string {
    return name === null || name === undefined || name === ONLY_DESK ? this.name : name;
  }

  /** `null`: every desk. */
  choose(name: string | null): void {
    this.#look(name);
    void this.refresh();
  }

  #look(name: string | null): void {
    this.chosen = name;
    if (name === null) localStorage.removeItem(DESK_KEY);
    else localStorage.setItem(DESK_KEY, name);
  }

  async start(): Promise<void> {
    try {
      this.begin(await get<SessionShown>("/v1/session"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    } finally {
      this.isAsking = false;
    }
  }

  begin(session: SessionShown): void {
    this.session = session;
    live.start();
    void this.refresh();
  }

  async leave(): Promise<void> {
    await end("/v1/session");
    this.forget();
  }

  forget(): void {
    live.stop();
    this.session = null;
    this.status = null;
    this.inbox = null;
  }

  /** Read everything again; calls that come while it is read are one more reading. Ends when all were read. */
  refresh(): Promise<void> {
    if (this.session === null) return Promise.resolve();
    this.#again = true;
    this.#reading ??= this.#readUntilStill().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #readInbox(): Promise<Inbox> {
    try {
      return await get<Inbox>("/v1/inbox", { desk: this.lookedAt });
    } catch (error) {
      // A desk that was chosen once and is no desk any more: all are heard, rather than none.
      if (!(error instanceof Problem) || error.code !== "desk-unknown" || this.session?.desk !== null) throw error;
      this.#look(null);
      return await get<Inbox>("/v1/inbox");
    }
  }

  async #readUntilStill(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        const [status, inbox] = await Promise.all([get<Status>("/v1/status"), this.#readInbox()]);
        this.status = status;
        this.inbox = inbox;
        this.readAt = inbox.now;
        this.reads += 1;
        now.heard(inbox.now);
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.forget();
    }
  }
}

export const desk = new Desk();

export function startDesk(): void {
  let waiting = false;
  live.onmoved(() => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      void desk.refresh();
    }, GATHER_MS);
  });
  setInterval(() => void desk.refresh(), ANYWAY_MS);
}
