/** Hues of common types, so that a person has the same colour whatever the model calls people. */
const COMMON: Readonly<Record<string, number>> = {
  PER: 255,
  PERSON: 255,
  ORG: 310,
  ORGANIZATION: 310,
  ORGANISATION: 310,
  CORPORATION: 310,
  LOC: 150,
  LOCATION: 150,
  GPE: 180,
  MISC: 75,
  EVENT: 25,
  PRODUCT: 345,
  DATE: 220,
  MONEY: 110,
};

/** Moves a hue that another type has already. It is the golden angle, so it reaches every part of the circle. */
const STEP = 137.5;
/** Types of one model differ by this many degrees, or by less if there are many. */
const APART = 24;

/**
 * Returns a hue of oklch in degrees for each type of a model. It depends on the name of the type, not on the
 * order of the types, and differs between the types of a model.
 */
export function typeHues(types: Iterable<string>): ReadonlyMap<string, number> {
  const all = [...new Set(types)];
  const apart = Math.min(APART, 180 / Math.max(1, all.length));
  const taken: number[] = [];
  const free = (hue: number) => taken.every((other) => distance(hue, other) >= apart);
  const hues = new Map<string, number>();
  const isCommon = (type: string) => Number(COMMON[type.toUpperCase()] !== undefined);
  for (const type of all.sort((a, b) => isCommon(b) - isCommon(a) || (a < b ? -1 : 1))) {
    let hue = COMMON[type.toUpperCase()] ?? hash(type) % 360;
    for (let step = 0; step < 360 && !free(hue); step++) hue = (hue + STEP) % 360;
    taken.push(hue);
    hues.set(type, hue);
  }
  return hues;
}

/** Degrees between two hues. */
function distance(one: number, other: number): number {
  const degrees = Math.abs(one - other);
  return Math.min(degrees, 360 - degrees);
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
