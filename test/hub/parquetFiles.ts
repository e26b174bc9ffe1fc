import { parquet } from "../../src/data/formats/tables/parquet.js";
import type { Sentence } from "../../src/text/index.js";

/** The bytes of a Parquet file with these sentences, as `[word, tag]` pairs. */
export function parquetOf(sentences: readonly (readonly (readonly [string, string])[])[]): Buffer {
  const rows = sentences.map(
    (pairs, index): Sentence => ({
      words: pairs.map(([word]) => word),
      tags: pairs.map(([, tag]) => tag),
      document: 0,
      line: index + 1,
    }),
  );
  const [written] = parquet.write(rows, {});
  return Buffer.from(written!.content as Uint8Array);
}

/** The sentences of CoNLL text with a word and a tag a line. */
export const pairsOf = (conll: string): (readonly [string, string])[][] =>
  conll
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => !block.startsWith("-DOCSTART-"))
    .map((block) =>
      block.split("\n").map((line) => {
        const cells = line.split(/\s+/);
        return [cells[0]!, cells.at(-1)!] as const;
      }),
    );
