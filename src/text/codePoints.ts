/** Python's order of strings; JavaScript's own is by UTF-16 units and differs beyond the basic plane. */
export function byCodePoint(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = a[index]!.codePointAt(0)! - b[index]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Python's length of a string. */
export function codePoints(text: string): number {
  return [...text].length;
}
