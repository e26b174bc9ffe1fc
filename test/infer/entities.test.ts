import { describe, expect, it } from "vitest";
import { entitiesOf } from "../../src/infer/entities.js";
import { splitWords } from "../../src/text/index.js";

const text = "Anna  Wolff\nlives in 東 Berlin";
const words = splitWords(text);
const tagged = (tags: string, scores: number[]) => ({ tags: tags.split(" "), scores });

describe("entities of tagged words", () => {
  it("reach from their first word to their last, with what stands between", () => {
    const found = entitiesOf(text, words, 10, tagged("B-PER I-PER O O O B-LOC", [0.9, 0.5, 1, 1, 1, 0.8]));
    expect(found).toEqual([
      { type: "PER", score: 0.7, text: "Anna  Wolff", start: 0, end: 11, words: [10, 11] },
      { type: "LOC", score: 0.8, text: "Berlin", start: 23, end: 29, words: [15] },
    ]);
  });

  it("a stray I- begins one, a change of type ends one", () => {
    const found = entitiesOf(text, words, 0, tagged("I-PER I-ORG O O B-LOC B-LOC", [1, 1, 1, 1, 1, 1]));
    expect(found.map(({ type, words }) => [type, words])).toEqual([
      ["PER", [0]],
      ["ORG", [1]],
      ["LOC", [4]],
      ["LOC", [5]],
    ]);
  });

  it("the marks of IOBES are followed", () => {
    const found = entitiesOf(text, words, 0, tagged("S-PER S-PER B-X I-X E-X S-X", [1, 1, 1, 1, 1, 1]));
    expect(found.map(({ words }) => words)).toEqual([[0], [1], [2, 3, 4], [5]]);
  });
});
