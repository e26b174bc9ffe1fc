import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evalLoss } from "../../src/evaluate/index.js";

const golden = JSON.parse(readFileSync(new URL("goldens/eval-loss.json", import.meta.url), "utf8")) as {
  batchSize: number;
  lossesBySentence: number[][];
  loss: number;
}[];
const words = (...lists: number[][]): Float32Array[] => lists.map((list) => Float32Array.from(list));

describe("evalLoss", () => {
  it.each(golden.map((run, index) => [index, run] as const))(
    "is the eval_loss of HF Trainer, run %d",
    (_, run) => {
      expect(evalLoss(words(...run.lossesBySentence), run.batchSize)).toBeCloseTo(run.loss, 5);
    },
  );

  it("weights a group by its sentences, and words within it equally", () => {
    // Groups of two: mean of (1, 1, 4) is 2 for two sentences, mean of (5) is 5 for one: (2 + 2 + 5) / 3.
    expect(evalLoss(words([1, 1], [4], [5]), 2)).toBe(3);
  });

  it("leaves out a group without labelled words", () => {
    expect(evalLoss(words([1], [], [3]), 1)).toBe(2);
  });

  it("is not a number where nothing is labelled", () => {
    expect(evalLoss(words([], []), 2)).toBeNaN();
    expect(evalLoss([], 2)).toBeNaN();
  });
});
