import type { Certainty, Finding } from "./finding.js";

/** The smaller, the surer. */
const RANK: Readonly<Record<Certainty, number>> = { checked: 0, model: 1, unchecked: 2 };

/**
 * Returns findings that do not overlap, from left to right. A checked pattern comes before the model, and the model
 * before an unchecked pattern; among equals, the longer one. What remains of a finding beside a surer one is kept, so
 * that everything that was found stays found.
 *
 * @param first findings that come before all others, and do not overlap
 */
export function resolved(
  text: string,
  findings: readonly Finding[],
  first: readonly Finding[] = [],
): Finding[] {
  const taken = new Taken();
  for (const finding of first) taken.add(finding);
  const ordered = [...findings].sort(
    (a, b) =>
      RANK[a.certainty] - RANK[b.certainty] ||
      b.end - b.start - (a.end - a.start) ||
      b.score - a.score ||
      a.start - b.start,
  );
  for (const finding of ordered)
    for (const [start, end] of taken.gaps(finding.start, finding.end)) {
      const isWhole = start === finding.start && end === finding.end;
      const piece = isWhole ? finding : trimmed(text, { ...finding, start, end, value: undefined });
      if (piece !== undefined) taken.add(piece);
    }
  return taken.all;
}

/** Removes white space and punctuation from the ends. Returns nothing if no letter and no digit is left. */
export function trimmed(text: string, finding: Finding): Finding | undefined {
  let { start, end } = finding;
  while (start < end && !/[\p{L}\p{N}\p{M}\p{S}]/u.test(text[start]!) && !isHalf(text, start)) start++;
  while (end > start && !/[\p{L}\p{N}\p{M}\p{S}]/u.test(text[end - 1]!) && !isHalf(text, end - 1)) end--;
  return end > start ? { ...finding, start, end } : undefined;
}

const isHalf = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xf800) === 0xd800;

/** Findings that do not overlap, in order. */
class Taken {
  readonly all: Finding[] = [];

  add(finding: Finding): void {
    this.all.splice(this.firstEndingAfter(finding.start), 0, finding);
  }

  /** Returns the parts of a range that are free. */
  gaps(start: number, end: number): (readonly [number, number])[] {
    const free: (readonly [number, number])[] = [];
    let from = start;
    for (let at = this.firstEndingAfter(start); at < this.all.length && this.all[at]!.start < end; at++) {
      const other = this.all[at]!;
      if (other.start > from) free.push([from, other.start]);
      from = Math.max(from, other.end);
    }
    if (from < end) free.push([from, end]);
    return free;
  }

  private firstEndingAfter(place: number): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle]!.end > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
