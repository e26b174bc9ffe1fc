import fc from "fast-check";
import { expect, test } from "vitest";
import type { Transitions } from "../../src/crf/crfFile.js";
import { legalTransitions } from "../../src/crf/legalTransitions.js";
import { viterbi } from "../../src/crf/viterbi.js";
import { decoderFor } from "../../src/tasks/tokenClassification/decoder.js";

function* paths(labels: number, words: number): Generator<number[]> {
  if (words === 0) return yield [];
  for (const path of paths(labels, words - 1))
    for (let label = 0; label < labels; label++) yield [...path, label];
}

function score(path: readonly number[], scores: Float32Array, { start, between, end }: Transitions): number {
  const labels = start.length;
  return path.reduce(
    (total, label, word) =>
      total +
      scores[word * labels + label]! +
      (word === 0 ? start[label]! : between[path[word - 1]! * labels + label]!),
    end[path.at(-1)!]!,
  );
}

const values = (count: number) =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: count, maxLength: count });

test("finds the path that no other one beats", () => {
  fc.assert(
    fc.property(
      fc
        .record({ labels: fc.integer({ min: 1, max: 4 }), words: fc.integer({ min: 1, max: 5 }) })
        .chain(({ labels, words }) =>
          fc.record({
            scores: values(labels * words).map((list) => Float32Array.from(list)),
            moves: fc.record({ start: values(labels), between: values(labels ** 2), end: values(labels) }),
          }),
        ),
      ({ scores, moves }) => {
        const labels = moves.start.length;
        const found = score([...viterbi(scores, moves)], scores, moves);
        const best = Math.max(
          ...[...paths(labels, scores.length / labels)].map((path) => score(path, scores, moves)),
        );
        expect(found).toBeCloseTo(best, 9);
      },
    ),
  );
});

test("an inside tag needs a beginning: the sentence as a whole decides, and argmax where it is legal anyway", () => {
  const labels = ["O", "B-PER", "I-PER"];
  const both = (rows: number[][]) =>
    (["argmax", "viterbi"] as const).map((decoding) =>
      [...decoderFor(labels, decoding).labels(Float32Array.from(rows.flat()))].map((id) => labels[id]),
    );
  expect(
    both([
      [1, 0.8, 0],
      [0, 0, 3],
    ]),
  ).toEqual([
    ["O", "I-PER"],
    ["B-PER", "I-PER"],
  ]);
  expect(
    both([
      [3, 0.8, 0],
      [2, 1, 2.5],
    ]),
  ).toEqual([
    ["O", "I-PER"],
    ["O", "O"],
  ]);
  const [argmax, best] = both([
    [0, 3, 0],
    [0, 0, 2],
    [1, 0, 0],
  ]);
  expect(best).toEqual(argmax);
});

test("a sentence without words has no labels, and one without a legal path the least bad one", () => {
  expect(viterbi(new Float32Array(0), legalTransitions(["O", "B-A", "I-A"]))).toEqual(new Int32Array(0));
  // IOBES: alone, B-A may not end and E-A not begin.
  const labels = ["B-A", "E-A"];
  expect([...viterbi(Float32Array.of(1, 2), legalTransitions(labels))]).toEqual([1]);
});

test("probabilities are softmax's of the labels chosen", () => {
  const decoder = decoderFor(["O", "B-PER", "I-PER"], "viterbi");
  const scores = Float32Array.of(0, Math.log(2), Math.log(5));
  expect([...decoder.probabilities(scores, Int32Array.of(1))][0]).toBeCloseTo(2 / 8, 6);
});
