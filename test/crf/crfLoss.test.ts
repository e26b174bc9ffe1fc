import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crfSize, type Transitions, transitionsOf } from "../../src/crf/crfFile.js";
import { crfLoss, type WeighedSoftLabels } from "../../src/crf/crfLoss.js";
import { type ChainEnds, forwardBackward } from "../../src/crf/forwardBackward.js";
import { ILLEGAL, legalTransitions } from "../../src/crf/legalTransitions.js";

function* paths(labels: number, words: number): Generator<number[]> {
  if (words === 0) return yield [];
  for (const path of paths(labels, words - 1))
    for (let label = 0; label < labels; label++) yield [...path, label];
}

function score(path: readonly number[], scores: Float32Array, moves: Transitions, ends: ChainEnds): number {
  const labels = moves.start.length;
  let total = (ends.begins ? moves.start[path[0]!]! : 0) + (ends.ends ? moves.end[path.at(-1)!]! : 0);
  path.forEach((label, word) => {
    total += scores[word * labels + label]!;
    if (word > 0) total += moves.between[path[word - 1]! * labels + label]!;
  });
  return total;
}

const noGradient = (labels: number) => transitionsOf(new Float64Array(crfSize(labels)), labels);

const values = (count: number) =>
  fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: count, maxLength: count });
const ends = fc.record({ begins: fc.boolean(), ends: fc.boolean() });
const chains = fc
  .record({ labels: fc.integer({ min: 1, max: 4 }), words: fc.integer({ min: 1, max: 5 }) })
  .chain(({ labels, words }) =>
    fc.record({
      scores: values(labels * words).map((list) => Float32Array.from(list)),
      gold: fc
        .array(fc.integer({ min: 0, max: labels - 1 }), { minLength: words, maxLength: words })
        .map((list) => Int32Array.from(list)),
      moves: fc.record({ start: values(labels), between: values(labels ** 2), end: values(labels) }),
      ends,
    }),
  );

test("partition function, marginals and expected moves are those of all paths, counted one by one", () => {
  fc.assert(
    fc.property(chains, ({ scores, moves, ends }) => {
      const labels = moves.start.length;
      const words = scores.length / labels;
      const weights = [...paths(labels, words)].map((path) => ({
        path,
        weight: Math.exp(score(path, scores, moves, ends)),
      }));
      const partition = weights.reduce((sum, { weight }) => sum + weight, 0);
      const sums = forwardBackward(scores, moves, ends);
      expect(sums.logPartition).toBeCloseTo(Math.log(partition), 9);
      const share = (holds: (path: number[]) => number) =>
        weights.reduce((sum, { path, weight }) => sum + (holds(path) * weight) / partition, 0);
      sums.marginals.forEach((found, at) => {
        expect(found).toBeCloseTo(
          share((path) => Number(path[Math.floor(at / labels)] === at % labels)),
          9,
        );
      });
      sums.moves.forEach((found, at) => {
        const [from, to] = [Math.floor(at / labels), at % labels];
        const count = (path: number[]) =>
          path.filter((label, word) => word > 0 && path[word - 1] === from && label === to).length;
        expect(found).toBeCloseTo(share(count), 9);
      });
    }),
    { numRuns: 60 },
  );
});

/** (f(x + h) − f(x − h)) / 2h for each place of some values. */
function differences(values: Float64Array, loss: () => number): number[] {
  const step = 1e-5;
  return Array.from(values, (value, at) => {
    values[at] = value + step;
    const above = loss();
    values[at] = value - step;
    const below = loss();
    values[at] = value;
    return (above - below) / (2 * step);
  });
}

/** Requires the gradient that finite differences give, for scores and for moves. */
function requireGradient(
  {
    scores,
    gold,
    moves,
    ends,
  }: { scores: Float32Array; gold: Int32Array; moves: Transitions; ends: ChainEnds },
  soft?: WeighedSoftLabels,
): void {
  const labels = moves.start.length;
  const places = {
    // Sums of float32 would be too coarse for differences.
    scores: Float64Array.from(scores),
    start: Float64Array.from(moves.start),
    between: Float64Array.from(moves.between),
    end: Float64Array.from(moves.end),
  };
  const exact = places.scores as unknown as Float32Array;
  const gradient = { scores: new Float64Array(scores.length), moves: noGradient(labels) };
  crfLoss(exact, gold, places, ends, gradient, soft);
  const loss = () => crfLoss(exact, gold, places, ends, undefined, soft);
  for (const [found, name] of [
    [gradient.scores, "scores"],
    [gradient.moves.start, "start"],
    [gradient.moves.between, "between"],
    [gradient.moves.end, "end"],
  ] as const)
    differences(places[name], loss).forEach((expected, at) => {
      expect(found[at], `${name}[${at}]`).toBeCloseTo(expected, 6);
    });
}

describe("the loss", () => {
  test("is −log of the share of the gold path", () => {
    fc.assert(
      fc.property(chains, ({ scores, gold, moves, ends }) => {
        const labels = moves.start.length;
        const all = [...paths(labels, gold.length)].map((path) => Math.exp(score(path, scores, moves, ends)));
        const own = Math.exp(score([...gold], scores, moves, ends));
        const expected = -Math.log(own / all.reduce((a, b) => a + b, 0));
        expect(crfLoss(scores, gold, moves, ends)).toBeCloseTo(expected, 8);
      }),
      { numRuns: 60 },
    );
  });

  test("has the gradient that finite differences give, for scores and for moves", () => {
    fc.assert(
      fc.property(chains, ({ scores, gold, moves, ends }) => {
        requireGradient({ scores, gold, moves, ends });
      }),
      { numRuns: 40 },
    );
  });

  test("passes over a move of the data that the scheme does not have, and learns nothing from it", () => {
    const labels = ["O", "B-PER", "I-PER"];
    const moves = legalTransitions(labels);
    const scores = Float32Array.from({ length: 9 }, (_, at) => Math.sin(at));
    const whole = { begins: true, ends: true };
    const gradient = { scores: new Float64Array(9), moves: noGradient(3) };
    const loss = crfLoss(scores, Int32Array.of(0, 2, 0), moves, whole, gradient); // O I-PER O
    expect(loss).toBeLessThan(10);
    const parts = [
      crfLoss(scores.subarray(0, 3), Int32Array.of(0), moves, { begins: true, ends: false }),
      crfLoss(scores.subarray(3), Int32Array.of(2, 0), moves, { begins: false, ends: true }),
    ];
    expect(loss).toBeCloseTo(parts[0]! + parts[1]!, 12);
    Array.from(moves.between).forEach((score, move) => {
      if (score === ILLEGAL) expect(gradient.moves.between[move]).toBe(0);
    });
    expect(crfLoss(scores.subarray(0, 3), Int32Array.of(2), moves, whole)).toBeLessThan(10);
  });
});

test("a word without a gold label splits the chain: the loss is that of its parts, and no word of it has a gradient", () => {
  fc.assert(
    fc.property(chains, fc.nat(4), ({ scores, gold, moves, ends }, at) => {
      const labels = moves.start.length;
      const hole = at % gold.length;
      const holed = gold.map((label, word) => (word === hole ? -100 : label));
      const gradient = { scores: new Float64Array(scores.length), moves: noGradient(labels) };
      const before =
        hole === 0
          ? 0
          : crfLoss(scores.subarray(0, hole * labels), gold.subarray(0, hole), moves, {
              begins: ends.begins,
              ends: false,
            });
      const after =
        hole === gold.length - 1
          ? 0
          : crfLoss(scores.subarray((hole + 1) * labels), gold.subarray(hole + 1), moves, {
              begins: false,
              ends: ends.ends,
            });
      expect(crfLoss(scores, holed, moves, ends, gradient)).toBeCloseTo(before + after, 5);
      expect(
        [...gradient.scores.subarray(hole * labels, (hole + 1) * labels)].every((value) => value === 0),
      ).toBe(true);
    }),
  );
});

describe("soft labels", () => {
  const withTeacher = chains.chain((chain) =>
    fc.record({
      chain: fc.constant(chain),
      taught: values(chain.scores.length).map((list) => Float32Array.from(list)),
      share: fc.double({ min: 0.1, max: 1, noNaN: true }),
    }),
  );

  test("make the loss the cross-entropy of two distributions over paths, in their share", () => {
    fc.assert(
      fc.property(withTeacher, ({ chain: { scores, gold, moves, ends }, taught, share }) => {
        const labels = moves.start.length;
        const pairs = new Float64Array(gold.length * labels ** 2);
        const { marginals } = forwardBackward(taught, moves, ends, pairs);
        const all = [...paths(labels, gold.length)].map((path) => ({
          own: Math.exp(score(path, scores, moves, ends)),
          teacher: Math.exp(score(path, taught, moves, ends)),
        }));
        const sums = all.reduce(
          (sum, { own, teacher }) => ({ own: sum.own + own, teacher: sum.teacher + teacher }),
          { own: 0, teacher: 0 },
        );
        const crossEntropy = all.reduce(
          (sum, { own, teacher }) => sum - (teacher / sums.teacher) * Math.log(own / sums.own),
          0,
        );
        const hard = crfLoss(scores, gold, moves, ends);
        const soft = crfLoss(scores, gold, moves, ends, undefined, { marginals, pairs, share });
        expect(soft).toBeCloseTo(share * crossEntropy + (1 - share) * hard, 6);
      }),
      { numRuns: 60 },
    );
  });

  test("have the gradient that finite differences give", () => {
    fc.assert(
      fc.property(withTeacher, ({ chain: { scores, gold, moves, ends }, taught, share }) => {
        const labels = moves.start.length;
        const pairs = new Float64Array(gold.length * labels ** 2);
        const { marginals } = forwardBackward(taught, moves, ends, pairs);
        requireGradient({ scores, gold, moves, ends }, { marginals, pairs, share });
      }),
      { numRuns: 40 },
    );
  });
});
