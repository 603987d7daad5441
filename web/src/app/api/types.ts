// SPDX-License-Identifier: Apache-2.0
// What does the node answer, and what can it be asked? The types of its own description: `npm run types` makes them.

export type * from "./openapi";
