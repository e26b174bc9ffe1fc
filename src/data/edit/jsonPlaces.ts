/** Where a value is in a text of JSON, in UTF-16 units. */
export interface JsonPlace {
  readonly start: number;
  readonly end: number;
}

const SPACE = new Set([" ", "\t", "\n", "\r", "\ufeff"]);

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.has(text[at]!)) at++;
  return at;
}

function afterString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Returns where the value that begins at a place ends. */
function afterValue(text: string, from: number): number {
  if (text[from] === '"') return afterString(text, from);
  if (text[from] !== "[" && text[from] !== "{") {
    let at = from;
    while (at < text.length && !",]}".includes(text[at]!) && !SPACE.has(text[at]!)) at++;
    return at;
  }
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const unit = text[at]!;
    if (unit === '"') {
      at = afterString(text, at);
      continue;
    }
    at++;
    if (unit === "[" || unit === "{") depth++;
    else if ((unit === "]" || unit === "}") && --depth === 0) return at;
  }
  return text.length;
}

/** The elements of the array that begins at a place. The text is valid JSON. */
export function elementPlaces(text: string, from: number): JsonPlace[] {
  const found: JsonPlace[] = [];
  for (let at = afterSpace(text, from + 1); at < text.length && text[at] !== "]"; ) {
    const end = afterValue(text, at);
    found.push({ start: at, end });
    at = afterSpace(text, end);
    if (text[at] === ",") at = afterSpace(text, at + 1);
  }
  return found;
}

/** The values of the object that begins at a place, by their keys. The text is valid JSON. */
export function memberPlaces(text: string, from: number): Map<string, JsonPlace> {
  const found = new Map<string, JsonPlace>();
  for (let at = afterSpace(text, from + 1); at < text.length && text[at] !== "}"; ) {
    const keyEnd = afterString(text, at);
    const start = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const end = afterValue(text, start);
    found.set(JSON.parse(text.slice(at, keyEnd)) as string, { start, end });
    at = afterSpace(text, end);
    if (text[at] === ",") at = afterSpace(text, at + 1);
  }
  return found;
}

/** The records of a file: the elements of an array, or values one after the other. */
export function recordPlaces(text: string): JsonPlace[] {
  const begin = afterSpace(text, 0);
  if (text[begin] === "[") return elementPlaces(text, begin);
  const found: JsonPlace[] = [];
  for (let at = begin; at < text.length; at = afterSpace(text, at)) {
    const end = Math.max(at + 1, afterValue(text, at));
    found.push({ start: at, end });
    at = end;
  }
  return found;
}

/** The value at a place. */
export const valueAt = (text: string, { start, end }: JsonPlace): unknown =>
  JSON.parse(text.slice(start, end));
