const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/s;
const ELEMENT = new RegExp(`\\s*(?:${QUOTED.source}|(-?\\d+))\\s*(?:,|(?=\\s)|$)`, "sy");

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

const unescaped = (text: string): string =>
  text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gis, (_, hex2, hex4, hex8, other) =>
    other === undefined
      ? String.fromCodePoint(Math.min(Number.parseInt(hex2 ?? hex4 ?? hex8, 16), 0x10ffff))
      : (ESCAPES[other] ?? other),
  );

/** True if a cell looks like a list: `["Anna", "lives"]`, `['Anna', 'lives']`. */
export const looksLikeList = (cell: string): boolean =>
  /^\s*(?:array\()?[[(]\s*(?:["'\d-]|[\])])[\s\S]*[\])]\s*$/.test(cell);

/**
 * Reads a list of strings or integers as JSON, Python (`['Anna', 'lives']`) or NumPy (`['Anna' 'lives']`) writes
 * it. `undefined` if the cell is no such list.
 */
export function listIn(cell: string): readonly (string | number)[] | undefined {
  if (!looksLikeList(cell)) return undefined;
  try {
    const list: unknown = JSON.parse(cell);
    if (Array.isArray(list) && list.every((each) => typeof each === "string" || typeof each === "number"))
      return list;
  } catch {
    // Python's lists are not JSON.
  }
  const [, inside = ""] = /^\s*(?:array\()?[[(]([\s\S]*?)[\])](?:,\s*dtype=[^)]*\))?\s*$/.exec(cell) ?? [];
  const items: (string | number)[] = [];
  let at = 0;
  while (inside.slice(at).trim() !== "") {
    ELEMENT.lastIndex = at;
    const [whole, single, double, number] = ELEMENT.exec(inside) ?? [];
    if (whole === undefined) return undefined;
    items.push(number === undefined ? unescaped((single ?? double)!) : Number(number));
    at += whole.length;
  }
  return items;
}
