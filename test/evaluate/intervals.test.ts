import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/data/index.js";
import { bootstrapIntervals, type Counts, pairedBootstrap } from "../../src/evaluate/index.js";
import { microCounts } from "../../src/evaluate/seqeval.js";

type Tags = readonly (readonly string[])[];

const tag = fc.constantFrom("O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC");
const units = fc.array(fc.array(fc.tuple(tag, tag, tag), { minLength: 1 }), { minLength: 2, maxLength: 30 });
const TYPES = ["PER", "LOC"];

/** Counts by type, from seqeval's counts of sentences that have entities of one type only. */
function countsOf(gold: readonly string[], predicted: readonly string[]): Map<string, Counts> {
  const only = (tags: readonly string[], type: string) =>
    tags.map((each) => (each.endsWith(type) ? each : "O"));
  return new Map(TYPES.map((type) => [type, microCounts([only(gold, type)], [only(predicted, type)], {})]));
}

describe("bootstrap intervals", () => {
  it("of differences are those of the paired bootstrap, to the last bit", () => {
    fc.assert(
      fc.property(units, fc.nat(), (sentences, seed) => {
        const side = (index: number): Tags => sentences.map((each) => each.map((tags) => tags[index]!));
        const [gold, a, b] = [side(0), side(1), side(2)];
        const random = () => mulberry32(seed);
        const compared = pairedBootstrap(
          gold.map((tags, index) => ({ gold: [tags], a: [[a[index]!]], b: [[b[index]!]] })),
          { draws: 50, random: random() },
        );
        const models = [a, b].map((predicted) =>
          gold.map((tags, index) => countsOf(tags, predicted[index]!)),
        );
        const [first, second] = bootstrapIntervals(models, { draws: 50, random: random() });
        expect(first!.difference).toBeUndefined();
        expect(second!.difference).toEqual({
          difference: compared.difference,
          interval: compared.interval,
          better: compared.better,
        });
      }),
      { numRuns: 50 },
    );
  });

  it("contain what a drawn score can be, and are narrow where all sentences are alike", () => {
    const alike = Array.from({ length: 20 }, () => countsOf(["B-PER", "B-LOC"], ["B-PER", "O"]));
    const [model] = bootstrapIntervals([alike], { draws: 100, random: mulberry32(1) });
    expect(model!.micro).toEqual({ precision: [1, 1], recall: [0.5, 0.5], f1: [2 / 3, 2 / 3] });
    expect(model!.types.LOC).toEqual({ precision: [0, 0], recall: [0, 0], f1: [0, 0] });
    const mixed = [...alike, ...Array.from({ length: 20 }, () => countsOf(["B-PER"], ["O"]))];
    const [low, high] = bootstrapIntervals([mixed], { draws: 1000, random: mulberry32(1) })[0]!.micro.recall;
    // A third of the gold entities is found: 20 of 60.
    expect(low).toBeLessThan(1 / 3);
    expect(high).toBeGreaterThan(1 / 3);
    expect(high - low).toBeLessThan(0.2);
  });

  it("of no sentences are 0", () => {
    expect(bootstrapIntervals([[]], { draws: 10, random: mulberry32(1) })[0]!.micro.f1).toEqual([0, 0]);
  });
});
