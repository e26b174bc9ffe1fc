import { byId } from "./dom.js";

const KEY = "nerium-theme";

/** The switch between light and dark. The page follows the system until the user chooses the other one. */
export function setUpTheme(): void {
  const button = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const { dataset } = document.documentElement;
  const isDark = () => (dataset.theme === undefined ? system.matches : dataset.theme === "dark");
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  const kept = read();
  if (kept === "dark" || kept === "light") dataset.theme = kept;
  button.addEventListener("click", () => {
    const dark = !isDark();
    if (dark === system.matches) delete dataset.theme;
    else dataset.theme = dark ? "dark" : "light";
    write(dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();
}

/** A browser may forbid storage: then the choice lasts as long as the page. */
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(theme: string | undefined): void {
  try {
    if (theme === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {}
}
