import type { FiledDocument } from "../../../text/textDocument.js";
import { sameText } from "../../spans/slices.js";
import { textUnclear } from "../errors.js";

/** A record whose text is one of several strings. */
export interface Candidate {
  readonly strings: Readonly<Record<string, string>>;
  readonly spans: FiledDocument["spans"];
  readonly line: number;
}

/** Returns the strings of an object by their keys. */
export const stringsOf = (record: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );

/**
 * Returns a function that finds the key of the annotated text, which is the same for all records of a file.
 * The texts that spans give for themselves decide. Otherwise it is the only string that is long enough for
 * all spans. The records are only read if the first one leaves a choice.
 *
 * @param records the records of the file, each time anew
 */
export function textKeyIn(
  records: Iterable<Candidate>,
  file: string,
  asked: string | undefined,
): (record: Candidate) => string {
  let found = asked;
  return ({ strings, line }) => {
    if (found === undefined) {
      const keys = Object.keys(strings);
      found = keys.length === 1 ? keys[0] : keyByEvidence(records);
    }
    if (found === undefined || strings[found] === undefined)
      throw textUnclear(file, line, Object.keys(strings), found);
    return found;
  };
}

interface Evidence {
  /** Number of spans with the text that they give for themselves. */
  texts: number;
  /** The string is long enough for all spans of all records. */
  holds: boolean;
}

function keyByEvidence(records: Iterable<Candidate>): string | undefined {
  const found = new Map<string, Evidence>();
  let withSpans = 0;
  for (const { strings, spans } of records) {
    for (const key of Object.keys(strings))
      if (!found.has(key)) found.set(key, { texts: 0, holds: withSpans === 0 });
    if (spans.length === 0) continue;
    withSpans++;
    for (const [key, evidence] of found) {
      const text = strings[key] ?? "";
      if (spans.some(({ end }) => end > text.length)) evidence.holds = false;
      else evidence.texts += matches(text, spans);
    }
  }
  const keys = [...found];
  const most = Math.max(0, ...keys.map(([, { texts }]) => texts));
  const [only, ...others] = keys
    .filter(([, { texts, holds }]) => (most > 0 ? texts === most : holds))
    .map(([key]) => key);
  if (others.length === 0) return only;
  // Several strings fit equally well: they are the same text, or nothing is annotated anywhere.
  return (most > 0 || withSpans === 0) && [only, ...others].includes("text") ? "text" : undefined;
}

function matches(text: string, spans: FiledDocument["spans"]): number {
  const codePoints = /[\ud800-\udbff]/.test(text) ? Array.from(text) : undefined;
  return spans.filter(
    ({ start, end, surface }) =>
      surface !== undefined &&
      (sameText(text.slice(start, end), surface) ||
        (codePoints !== undefined && sameText(codePoints.slice(start, end).join(""), surface))),
  ).length;
}
