import type { Window } from "./examples/window.js";

/** Logits of one sequence: `[labelled tokens, labels]`, row-major. */
export type SequenceLogits = Float32Array;

/**
 * Neighbouring words of one sentence with their logits. A run ends before a word without tokens, which is
 * `O`.
 */
export interface WordRun {
  readonly sentence: number;
  /** Index of its first word. */
  readonly word: number;
  /** `[words, labels]` */
  readonly scores: Float32Array;
}

/** Joins the words that windows own into the longest possible runs, also across windows. */
export function wordRuns(
  windows: readonly Pick<Window, "ownedWords">[],
  logits: readonly SequenceLogits[],
  labels: number,
): WordRun[] {
  const runs: { sentence: number; word: number; rows: Float32Array[] }[] = [];
  windows.forEach(({ ownedWords }, window) => {
    ownedWords.forEach(({ sentence, word }, row) => {
      const scores = logits[window]!.subarray(row * labels, (row + 1) * labels);
      const last = runs.at(-1);
      if (last?.sentence === sentence && last.word + last.rows.length === word) last.rows.push(scores);
      else runs.push({ sentence, word, rows: [scores] });
    });
  });
  return runs.map(({ sentence, word, rows }) => {
    const scores = new Float32Array(rows.length * labels);
    rows.forEach((row, index) => {
      scores.set(row, index * labels);
    });
    return { sentence, word, scores };
  });
}
