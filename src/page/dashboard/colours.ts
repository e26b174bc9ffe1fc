import { SERIES_COLOURS } from "../../plot/style.js";
import { element } from "../dom.js";

/** Number of colours for runs; further ones begin again. */
export const COLOURS = SERIES_COLOURS.length;

const probe = element("span", { className: "away" });
let known = new Map<string, string>();

/** Makes the colours of runs known to the style sheet. */
export function setUpColours(onChange: () => void): void {
  const { style } = document.documentElement;
  for (const [index, colour] of SERIES_COLOURS.entries()) style.setProperty(`--s${index}`, colour);
  document.body.append(probe);
  const change = () => {
    known = new Map();
    onChange();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", change);
  new MutationObserver(change).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/** Returns a colour of the style sheet as it is at present. A canvas does not know the names. */
export function colourOf(name: string): string {
  let colour = known.get(name);
  if (colour === undefined) {
    probe.style.setProperty("color", `var(${name})`);
    colour = getComputedStyle(probe).color;
    known.set(name, colour);
  }
  return colour;
}
