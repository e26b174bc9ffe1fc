import type { Window } from "../../../tasks/tokenClassification/index.js";
import { IGNORED } from "../../../tasks/tokenClassification/index.js";

/**
 * Windows as they lie in a cache, each a record of 32-bit integers in the machine's own order of bytes:
 *
 *     file, line, tokens, id of each token …, code of each token …
 *
 * A file is its number among those that were read. The code of a token says its word's tag, by the tag's number t: 2t for
 * the word's first token, 2t + 1 for further ones, −100 where the window does not own the token. What labels these are
 * follows from the run's label list, which the cache does not depend on.
 */
export const HEAD = 3;

export const recordLength = (tokens: number): number => HEAD + 2 * tokens;
/** Tokens of a record of this length. */
export const tokensIn = (length: number): number => (length - HEAD) / 2;

/** Codes as windows' labels: tags are numbered as they come. */
export class TagCodes {
  readonly first = new Map<string, number>();
  readonly further: number[] = [];

  add(tags: readonly string[]): void {
    for (const tag of tags) {
      if (this.first.has(tag)) continue;
      const code = 2 * this.first.size;
      this.first.set(tag, code);
      this.further[code] = code + 1;
    }
  }
}

/** Puts a record at `at`; gives the place after it. */
export function writeRecord(
  target: Int32Array,
  at: number,
  { inputIds, labels }: Window,
  { file, line }: { readonly file: number; readonly line: number },
): number {
  const tokens = inputIds.length;
  target[at] = file;
  target[at + 1] = line;
  target[at + 2] = tokens;
  target.set(inputIds, at + HEAD);
  target.set(labels!, at + HEAD + tokens);
  return at + recordLength(tokens);
}

/** @param labelOf the label of each code */
export function readRecord(record: Int32Array, labelOf: Int32Array) {
  const [file, line, tokens] = [record[0]!, record[1]!, record[2]!];
  return {
    file,
    line,
    inputIds: record.slice(HEAD, HEAD + tokens),
    labels: record.slice(HEAD + tokens).map((code) => (code < 0 ? IGNORED : labelOf[code]!)),
  };
}
