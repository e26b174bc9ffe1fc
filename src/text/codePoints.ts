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

/** Turns offsets of a text from UTF-16 units into code points, as Python counts, and back. */
export class CodePointOffsets {
  /** Where each character begins, and where the text ends, in UTF-16 units; nothing if both counts are the same. */
  private readonly starts: Int32Array | undefined;

  constructor(private readonly text: string) {
    if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return;
    const starts = new Int32Array(text.length + 1);
    let count = 0;
    for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) starts[count++] = at;
    starts[count++] = text.length;
    this.starts = starts.subarray(0, count);
  }

  /** The length of the text in code points. */
  get length(): number {
    return this.starts === undefined ? this.text.length : this.starts.length - 1;
  }

  /** @param codePoints from 0 to `length` */
  toUnits(codePoints: number): number {
    return this.starts === undefined ? codePoints : this.starts[codePoints]!;
  }

  /** @param units an offset at which a character begins, or the end */
  fromUnits(units: number): number {
    const { starts } = this;
    if (starts === undefined) return units;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! < units) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
