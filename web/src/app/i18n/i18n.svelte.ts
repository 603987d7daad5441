// SPDX-License-Identifier: Apache-2.0
// In which language does the console speak? English is the key; a phrase that has no translation is shown in English.

export const LANGUAGES = {
  en: "English",
  tr: "Türkçe",
  he: "עברית",
  ar: "العربية",
  az: "Azərbaycanca",
  ru: "Русский",
} as const;
export type LanguageCode = keyof typeof LANGUAGES;

const KEY = "steerclear.language";

const CATALOGUES: Record<Exclude<LanguageCode, "en">, () => Promise<{ default: Record<string, string> }>> = {
  tr: () => import("virtual:words/tr"),
  he: () => import("virtual:words/he"),
  ar: () => import("virtual:words/ar"),
  az: () => import("virtual:words/az"),
  ru: () => import("virtual:words/ru"),
};

class Language {
  code = $state<LanguageCode>("en");
  words = $state.raw<Record<string, string>>({});

  get dir(): "ltr" | "rtl" {
    return this.code === "ar" || this.code === "he" ? "rtl" : "ltr";
  }

  async choose(code: LanguageCode): Promise<void> {
    const words = code === "en" ? {} : (await CATALOGUES[code]()).default;
    this.words = words;
    this.code = code;
    localStorage.setItem(KEY, code);
    document.documentElement.lang = code;
    document.documentElement.dir = this.dir;
  }
}

export const language = new Language();

export async function startLanguage(): Promise<void> {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const known = wanted.find((tag): tag is LanguageCode => tag !== null && tag in LANGUAGES);
  await language.choose(known ?? "en");
}

/** `t("Withdraw {short}", { short })`. Reactive: it reads the language. */
export function t(english: string, given: Record<string, string | number> = {}): string {
  const words = language.words[english] ?? english;
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
}
