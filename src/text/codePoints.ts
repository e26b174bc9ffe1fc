/**
 * Compares strings as Python does, by code point. JavaScript compares UTF-16 units, which gives another order
 * for characters outside the basic multilingual plane.
 */
export function byCodePoint(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = a[index]!.codePointAt(0)! - b[index]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Returns the length of a string as Python counts it, in code points. */
export function codePoints(text: string): number {
  return [...text].length;
}
