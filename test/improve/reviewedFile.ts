import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatOf, readDataset } from "../../src/data/index.js";

/** A data file, and suspects that were found in it. */
export interface ReviewedFile {
  readonly data: string;
  readonly suspects: string;
  /** The tags that the file has now. */
  tags(): Promise<(readonly string[])[]>;
}

interface GivenSuspect {
  readonly sentence: number;
  readonly words: readonly string[];
  readonly gold: readonly string[];
  readonly proposed: readonly string[];
}

/**
 * Writes the result of a search that has found the words whose tags differ.
 *
 * @param found all sentences of the file up to the last suspect
 */
export function writtenSuspects(folder: string, data: string, found: readonly GivenSuspect[]): ReviewedFile {
  const suspects = join(folder, "suspects.json");
  const wordsBefore = (at: number) => found.slice(0, at).reduce((sum, { words }) => sum + words.length, 0);
  const all = found.map(({ sentence, words, gold, proposed }, at) => ({
    ...{
      sentence,
      file: data,
      word: wordsBefore(at),
      line: 1,
      score: 0.01 * (sentence + 1),
      words,
      gold,
      proposed,
      spans: [],
    },
    suspects: words.flatMap((word, index) =>
      gold[index] === proposed[index]
        ? []
        : [{ index, word, tag: gold[index], likely: proposed[index], score: 0.01 * (sentence + 1) }],
    ),
  }));
  const labels = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"];
  const about = {
    schema_version: 1,
    train: data,
    sha256: "",
    folds: 2,
    seed: 42,
    labels,
    reading: {},
    formats: { [data]: formatOf(data, {}) },
    renamed: false,
  };
  writeFileSync(
    suspects,
    JSON.stringify({ ...about, sentences: 3, words: 8, suspectWords: 2, f1: 0.5, suspects: all }),
  );
  return {
    data,
    suspects,
    tags: async () => (await readDataset(data)).sentences.map(({ tags }) => tags),
  };
}
