import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MARKS, PALETTE, typeHues } from "../../src/marks/index.js";

const ONTONOTES =
  "CARDINAL DATE EVENT FAC GPE LANGUAGE LAW LOC MONEY NORP ORDINAL ORG PERCENT PERSON PRODUCT QUANTITY TIME WORK_OF_ART".split(
    " ",
  );

describe("hues of types", () => {
  it("do not depend on the order of the types", () => {
    expect([...typeHues([...ONTONOTES].reverse())].sort()).toEqual([...typeHues(ONTONOTES)].sort());
  });

  it("are those of common types in every model", () => {
    for (const types of [["PER", "ORG", "LOC", "MISC"], ["DRUG", "PER"], ONTONOTES.concat("PER")])
      expect(typeHues(types).get("PER")).toBe(255);
    expect(typeHues(["person"]).get("person")).toBe(255);
  });

  it("differ between the types of a model", () => {
    const distance = (a: number, b: number) => Math.min(Math.abs(a - b), 360 - Math.abs(a - b));
    const property = (types: string[]) => {
      const hues = [...typeHues(types).values()];
      expect(hues).toHaveLength(types.length);
      for (const [index, hue] of hues.entries())
        for (const other of hues.slice(index + 1))
          expect(distance(hue, other)).toBeGreaterThanOrEqual(Math.min(24, 180 / types.length));
    };
    property(ONTONOTES);
    fc.assert(fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 }), property));
  });
});

/** sRGB luminance of an oklch colour, with its channels clipped. https://www.w3.org/TR/css-color-4/#color-conversion-code */
function luminance(lightness: number, chroma: number, hue: number): number {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clipped = (channel: number) => Math.min(1, Math.max(0, channel));
  const red = clipped(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clipped(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clipped(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const ofHex = (hex: string): number => {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g)!;
  const [red, green, blue] = digits.map((two) => {
    const channel = Number.parseInt(two, 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
};

const contrast = (one: number, other: number) =>
  (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

/** The colours of a property in the style sheet: light, then dark. */
function pair(name: string): [string, string] {
  const [, light, dark] =
    new RegExp(`--${name}:light-dark\\((#\\w+|oklch\\(.*?0\\)\\)),(#\\w+|oklch\\(.*?0\\)\\))\\)`).exec(
      PALETTE + MARKS,
    ) ?? [];
  return [light!, dark!];
}
const ofColour = (colour: string, hue: number): number => {
  const [, lightness, chroma] = /^oklch\((\S+) (\S+) var/.exec(colour) ?? [];
  return lightness === undefined ? ofHex(colour) : luminance(Number(lightness), Number(chroma), hue);
};

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("in the %s scheme", (_, scheme) => {
  const lowest = (ink: string, back: string) =>
    Math.min(
      ...Array.from({ length: 360 }, (_, hue) =>
        contrast(ofColour(pair(ink)[scheme], hue), ofColour(pair(back)[scheme], hue)),
      ),
    );

  it.each([
    ["ink", "back", 4.5],
    ["text", "back", 7],
    ["ink", "sheet", 4.5],
    ["ink", "paper", 4.5],
    ["text", "paper", 7],
    ["soft", "paper", 4.5],
    ["soft", "sheet", 4.5],
    ["accent", "paper", 4.5],
    ["on-accent", "accent", 4.5],
    ["bad", "bad-tint", 4.5],
    ["edge", "sheet", 3],
  ])("--%s on --%s has enough contrast for every hue", (ink, back, least) => {
    expect(lowest(ink, back)).toBeGreaterThanOrEqual(least);
  });
});
