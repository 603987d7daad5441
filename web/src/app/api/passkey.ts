// SPDX-License-Identifier: Apache-2.0
// How does a person sign? With a passkey, over the very statement that would be filed (docs/api.md, "The gesture").

import { ask, Problem } from "./client";
import type { GestureDone, GestureShown, SessionShown } from "./types";

type Json = Record<string, unknown>;

const HAS_A_PLACE = {
  code: "key-has-a-place",
  title: "This key has a place here already, and one key is one person.",
  remedy: "Use another key, phone or machine for this place; or sign in with this one.",
};

export async function signIn(): Promise<SessionShown> {
  const options = await ask<Json>("/v1/sign-in-options", {});
  return ask<SessionShown>("/v1/sessions", { credential: await use(options) });
}

export async function enrol(token: string): Promise<SessionShown> {
  const options = await ask<Json>("/v1/enrolment-options", { token });
  return ask<SessionShown>("/v1/enrolments", { token, credential: await make(options) });
}

/** Nothing is filed yet: the answer says what would be signed. */
export function prepare(path: string, body: unknown): Promise<GestureShown> {
  return ask<GestureShown>("/v1/gestures", { path: `/api${path}`, body });
}

export async function sign(gesture: GestureShown): Promise<GestureDone> {
  const credential = await use(gesture.options);
  return ask<GestureDone>(`/v1/gestures/${encodeURIComponent(gesture.gesture)}/assertions`, { credential });
}

async function use(options: Readonly<Json>): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return shown(() => navigator.credentials.get({ publicKey }));
}

async function make(options: Readonly<Json>): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return shown(() => navigator.credentials.create({ publicKey }));
}

async function shown(gesture: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await gesture();
    if (credential instanceof PublicKeyCredential) return credential.toJSON();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    // One key is one person: the node names the keys that have a place, and the browser refuses to make another with them.
    if (error.name === "InvalidStateError") throw new Problem({ status: 0, ...HAS_A_PLACE });
  }
  throw new Problem({
    status: 0,
    code: "no-gesture",
    title: "The passkey was not used, and nothing was sent.",
    remedy: "Try again with the key, phone or machine on which you made it.",
  });
}
