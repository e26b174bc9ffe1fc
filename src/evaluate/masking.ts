/** A part of a text that is sensitive, or that was masked. Offsets in UTF-16 units. */
export interface TextSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A text with what is sensitive in it, and what was masked. */
export interface MaskedText {
  readonly text: string;
  readonly gold: readonly TextSpan[];
  readonly masked: readonly TextSpan[];
}

/** How well sensitive text was masked, in characters without white space. The type does not matter. */
export interface MaskingScores {
  /** Characters of sensitive text, and how many of them were not masked. */
  readonly sensitive: number;
  readonly leaked: number;
  /** Share of sensitive characters that were not masked. 0 if there are none. */
  readonly leak: number;
  /** All other characters, and how many of them were masked. */
  readonly harmless: number;
  readonly overMasked: number;
  /** Share of other characters that were masked. 0 if there are none. */
  readonly overMasking: number;
  /** Leaks by the type of the sensitive text. */
  readonly leaks: Readonly<
    Record<
      string,
      { readonly spans: number; readonly whole: number; readonly sensitive: number; readonly leaked: number }
    >
  >;
  /** Over-masked characters by the type that they were masked as. */
  readonly overMaskedAs: Readonly<Record<string, number>>;
}

/**
 * Counts characters that were left readable although they are sensitive, and characters that were masked although they
 * are not. Whoever reads a masked text cares about nothing else: a name masked as an organization is hidden too.
 */
export function maskingScores(texts: Iterable<MaskedText>): MaskingScores {
  const leaks = new Map<string, { spans: number; whole: number; sensitive: number; leaked: number }>();
  const overMaskedAs = new Map<string, number>();
  const total = { sensitive: 0, leaked: 0, harmless: 0, overMasked: 0 };
  for (const { text, gold, masked } of texts) {
    const counts = new Array<boolean>(text.length).fill(false);
    const isMasked = filled(text.length, masked);
    const isSensitive = filled(text.length, gold);
    for (let at = 0; at < text.length; at++) {
      if (/\s/.test(text[at]!)) continue;
      counts[at] = true;
      total[isSensitive[at] ? "sensitive" : "harmless"]++;
      if (isSensitive[at] && !isMasked[at]) total.leaked++;
      if (isMasked[at] && !isSensitive[at]) total.overMasked++;
    }
    for (const { type, start, end } of gold) {
      const entry = leaks.get(type) ?? { spans: 0, whole: 0, sensitive: 0, leaked: 0 };
      leaks.set(type, entry);
      let leaked = 0;
      for (let at = start; at < end; at++) {
        if (!counts[at]) continue;
        entry.sensitive++;
        if (!isMasked[at]) leaked++;
      }
      entry.spans++;
      entry.leaked += leaked;
      if (leaked === 0) entry.whole++;
    }
    for (const { type, start, end } of masked)
      for (let at = start; at < end; at++)
        if (counts[at] && !isSensitive[at]) overMaskedAs.set(type, (overMaskedAs.get(type) ?? 0) + 1);
  }
  return {
    ...total,
    leak: share(total.leaked, total.sensitive),
    overMasking: share(total.overMasked, total.harmless),
    leaks: Object.fromEntries([...leaks].sort(byName)),
    overMaskedAs: Object.fromEntries([...overMaskedAs].sort(byName)),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function filled(length: number, spans: readonly TextSpan[]): boolean[] {
  const marks = new Array<boolean>(length).fill(false);
  for (const { start, end } of spans) marks.fill(true, start, end);
  return marks;
}
