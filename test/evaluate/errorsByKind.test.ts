import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorsByKind, seqevalScores } from "../../src/evaluate/index.js";

const tags = fc.constantFrom("O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC");
const pairs = fc.array(fc.array(fc.tuple(tags, tags)));

describe("errorsByKind", () => {
  it.each([
    ["wrong type", ["B-PER", "I-PER"], ["B-LOC", "I-LOC"]],
    ["wrong boundary", ["B-PER", "I-PER"], ["B-PER", "O"]],
    ["wrong type and boundary", ["B-PER", "I-PER"], ["O", "B-LOC"]],
    ["missed", ["B-PER", "I-PER"], ["O", "O"]],
    ["spurious", ["O", "O"], ["B-PER", "I-PER"]],
  ] as const)("tells %s from the other kinds", (kind, gold, predicted) => {
    const counts = Object.entries(errorsByKind([[...gold]], [[...predicted]])).map(([name, of]) => [
      name,
      of.count,
    ]);
    expect(counts.filter(([, count]) => count !== 0)).toEqual([[kind, 1]]);
  });

  it("leaves out words that do not count, and names the others by their own places", () => {
    const gold = [["-100", "B-PER", "-100", "I-PER", "O", "B-LOC"]];
    const predicted = [["B-LOC", "B-PER", "O", "I-PER", "O", "O"]];
    const errors = errorsByKind(gold, predicted);
    expect(errors.missed).toEqual({
      count: 1,
      examples: [{ sentence: 0, gold: { type: "LOC", start: 5, end: 6 } }],
    });
    expect(Object.values(errors).reduce((sum, { count }) => sum + count, 0)).toBe(1);
  });

  it("gives examples with sentence and spans, as many as asked for", () => {
    const gold = [["O"], ["B-PER"], ["B-PER"], ["B-PER"]];
    const predicted = [["O"], ["O"], ["O"], ["O"]];
    expect(errorsByKind(gold, predicted, { examples: 2 }).missed).toEqual({
      count: 3,
      examples: [
        { sentence: 1, gold: { type: "PER", start: 0, end: 1 } },
        { sentence: 2, gold: { type: "PER", start: 0, end: 1 } },
      ],
    });
  });

  it("accounts for every entity that seqeval does not count as correct", () => {
    fc.assert(
      fc.property(pairs, (sentences) => {
        const gold = sentences.map((sentence) => sentence.map(([tag]) => tag));
        const predicted = sentences.map((sentence) => sentence.map(([, tag]) => tag));
        const { micro } = seqevalScores(gold, predicted);
        const kinds = errorsByKind(gold, predicted);
        const both =
          kinds["wrong type"].count + kinds["wrong boundary"].count + kinds["wrong type and boundary"].count;
        const correct = Math.round(micro.recall * micro.support);
        expect(both + kinds.missed.count).toBe(micro.support - correct);
        if (correct > 0) {
          expect(both + kinds.spurious.count).toBe(Math.round(correct / micro.precision) - correct);
        }
      }),
    );
  });

  it("refuses lists of different lengths", () => {
    expect(() => errorsByKind([["O"]], [[]])).toThrow(
      expect.objectContaining({ code: "EVALUATE_LENGTH_MISMATCH" }),
    );
  });
});
