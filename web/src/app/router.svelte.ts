// SPDX-License-Identifier: Apache-2.0
// Where in the console are we? The path is the page and, after it, the thing: /notices/TUR-0042.

class Route {
  path = $state(location.pathname);
  #parts = $derived(this.path.split("/").filter((part) => part !== ""));

  get page(): string {
    return this.#parts[0] ?? "";
  }

  /** What stands after the page; null where nothing does. */
  get rest(): string | null {
    return this.#parts[1] ?? null;
  }
}

export const route = new Route();

export function go(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", path);
  route.path = location.pathname;
}

export function startRouter(): void {
  addEventListener("popstate", () => {
    route.path = location.pathname;
  });
  // A link of ours changes the page without loading it anew; one with a modifier is the browser's.
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const href = link?.getAttribute("href") ?? "";
    if (!href.startsWith("/") || href.startsWith("/api/") || link?.hasAttribute("download")) return;
    event.preventDefault();
    go(href);
  });
}
