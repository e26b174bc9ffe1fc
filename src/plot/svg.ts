import { markupText } from "../shown.js";

/** An attribute of an SVG element; numbers are written with at most two decimals. */
type Attribute = string | number | undefined;

/** Returns an SVG element as text. Children are elements; text must be escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Attribute>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? short(value) : markupText(value!)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A text at a place. `anchor` says which part of it is there. */
export const label = (
  x: number,
  y: number,
  content: string,
  { anchor = "start", kind = "label" }: { anchor?: "start" | "middle" | "end"; kind?: string } = {},
): string => element("text", { x, y, class: kind, "text-anchor": anchor }, markupText(content));

/** Two decimals are enough for a place on a page, and the same on every machine. */
export const short = (value: number): string => String(Number(value.toFixed(2)));

/** A whole picture. `description` is what a screen reader says. */
export const picture = (
  { width, height, description }: { width: number; height: number; description: string },
  ...children: readonly string[]
): string =>
  element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${short(width)} ${short(height)}`,
      width,
      height,
      role: "img",
      class: "chart",
      "aria-label": description,
    },
    element("title", {}, markupText(description)),
    ...children,
  );
