// SPDX-License-Identifier: Apache-2.0
// Where does the console begin? Here: the clock, the language, who is signed in; then the page.

import "../taste/tokens.css";
import "../taste/base.css";
import { mount } from "svelte";
import { theme } from "../taste/theme.svelte";
import App from "./App.svelte";
import { startLanguage } from "./i18n/i18n.svelte";
import { startRouter } from "./router.svelte";
import { startClock } from "./state/clock.svelte";
import { startCut } from "./state/cut.svelte";
import { desk, startDesk } from "./state/desk.svelte";
import { startLive } from "./state/live.svelte";

theme.show();
startRouter();
startClock();
startLive();
startDesk();
startCut();
await Promise.all([startLanguage(), desk.start()]);

const place = document.getElementById("console");
if (place === null) throw new Error("the page has no place for the console");
mount(App, { target: place });
