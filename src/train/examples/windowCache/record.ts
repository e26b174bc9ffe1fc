import type { Window } from "../../../tasks/tokenClassification/index.js";
import { IGNORED } from "../../../tasks/tokenClassification/index.js";
import { NO_TAG } from "../../../text/index.js";

/**
 * Windows in a cache. Each is a record of 32-bit integers in the machine's byte order:
 *
 *     file, line, tokens, id of each token …, code of each token …
 *
 * `file` is the number of the file in the order of reading. A token's code contains the number t of its
 * word's tag: 2t for the first token of the word, 2t + 1 for the other tokens, −100 if the window does not
 * own the token or its word does not count. The run's label list turns codes into labels, so the cache does not depend on that list.
 */
export const HEAD = 3;

export const recordLength = (tokens: number): number => HEAD + 2 * tokens;
/** Number of tokens in a record of this length. */
export const tokensIn = (length: number): number => (length - HEAD) / 2;

/** Codes in place of a window's labels. Tags are numbered in the order in which they first occur. */
export class TagCodes {
  readonly first = new Map<string, number>();
  readonly further: number[] = [];

  add(tags: readonly string[]): void {
    for (const tag of tags) {
      if (tag === NO_TAG || this.first.has(tag)) continue;
      const code = 2 * this.first.size;
      this.first.set(tag, code);
      this.further[code] = code + 1;
    }
  }
}

/** Writes a record at index `at`. Returns the index after it. */
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

/** @param labelOf the label for each code */
export function readRecord(record: Int32Array, labelOf: Int32Array) {
  const [file, line, tokens] = [record[0]!, record[1]!, record[2]!];
  return {
    file,
    line,
    inputIds: record.slice(HEAD, HEAD + tokens),
    labels: record.slice(HEAD + tokens).map((code) => (code < 0 ? IGNORED : labelOf[code]!)),
  };
}
