// SPDX-License-Identifier: Apache-2.0
// By which light is the console read? Day, dark, or night for eyes that are used to the dark; kept in this browser.

export const THEMES = ["light", "dark", "night"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "steerclear.theme";

class ThemeState {
  now = $state<Theme>(first());

  choose(theme: Theme): void {
    this.now = theme;
    localStorage.setItem(KEY, theme);
    this.show();
  }

  show(): void {
    document.documentElement.dataset["theme"] = this.now;
  }
}

function first(): Theme {
  const kept = localStorage.getItem(KEY);
  const known = THEMES.find((theme) => theme === kept);
  return known ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

export const theme = new ThemeState();
