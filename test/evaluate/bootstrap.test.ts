import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/data/index.js";
import { type PairedSentences, pairedBootstrap, seqevalScores } from "../../src/evaluate/index.js";

const tags = (text: string) => [text.split(" ")];
const GOLD = "B-PER O B-LOC";
const right: PairedSentences = { gold: tags(GOLD), a: [tags(GOLD)], b: [tags(GOLD)] };
const onlyB: PairedSentences = { gold: tags(GOLD), a: [tags("B-PER O O")], b: [tags(GOLD)] };
const onlyA: PairedSentences = { gold: tags(GOLD), a: [tags(GOLD)], b: [tags("O O B-LOC")] };
const options = (seed = 1) => ({ draws: 2000, random: mulberry32(seed), mode: "default" as const });

describe("the paired bootstrap", () => {
  it("scores both models as seqeval does", () => {
    const units = [right, onlyB, onlyB, onlyA];
    const gold = units.flatMap((unit) => unit.gold);
    const f1 = (of: "a" | "b") =>
      seqevalScores(
        gold,
        units.flatMap((unit) => unit[of][0]!),
      ).micro.f1;
    const { a, b, difference } = pairedBootstrap(units, options());
    expect([a, b]).toEqual([f1("a"), f1("b")]);
    expect(difference).toBe(b - a);
  });

  it("finds no difference between equals, and a sure one where B is better everywhere", () => {
    const equal = pairedBootstrap([right, right, right], options());
    expect(equal).toMatchObject({ difference: 0, interval: [0, 0], better: 0 });
    const sure = pairedBootstrap([onlyB, onlyB, onlyB], options());
    // Of two entities A finds one: precision 1, recall 1/2.
    expect(sure).toMatchObject({ a: 2 / 3, b: 1, better: 1 });
    expect(sure.interval).toEqual([1 / 3, 1 / 3].map((value) => expect.closeTo(value, 12)));
  });

  it("draws with replacement: the binomial's share of draws has more of what is better", () => {
    // B is better where of 4 draws more are of the one kind than of the other: (1 − C(4,2) / 16) / 2 = 5/16.
    const { better, interval } = pairedBootstrap([onlyA, onlyA, onlyB, onlyB], {
      ...options(),
      draws: 20_000,
    });
    expect(better).toBeGreaterThan(5 / 16 - 0.015);
    expect(better).toBeLessThan(5 / 16 + 0.015);
    expect(interval[0]).toBeLessThan(0);
    expect(interval[1]).toBeGreaterThan(0);
  });

  it("of several runs of a kind the mean counts, in every draw", () => {
    const units = [onlyB, onlyA, right, onlyB, onlyA, onlyB];
    const both = (unit: PairedSentences): PairedSentences => ({
      gold: unit.gold,
      a: [...unit.a, ...unit.b],
      b: unit.b,
    });
    const single = pairedBootstrap(units, options());
    const mean = pairedBootstrap(units.map(both), options());
    expect(mean.runs).toEqual({ a: [single.a, single.b], b: [single.b] });
    expect(mean.a).toBeCloseTo((single.a + single.b) / 2, 12);
    // (a + b) / 2 less b is half of the difference.
    expect(mean.difference).toBeCloseTo(single.difference / 2, 12);
    expect(mean.interval).toEqual(single.interval.map((value) => expect.closeTo(value / 2, 12)));
  });

  it("gives the same for the same seed", () => {
    const units = [right, onlyB, onlyA, onlyB, right];
    expect(pairedBootstrap(units, options(7))).toEqual(pairedBootstrap(units, options(7)));
    expect(pairedBootstrap(units, options(7)).better).not.toBe(pairedBootstrap(units, options(8)).better);
  });

  it("knows strict mode, by the gold tags' scheme", () => {
    const stray: PairedSentences = { gold: tags(GOLD), a: [tags("I-PER O B-LOC")], b: [tags(GOLD)] };
    expect(pairedBootstrap([stray], options()).difference).toBe(0);
    expect(pairedBootstrap([stray], { ...options(), mode: "strict" }).difference).toBeGreaterThan(0);
  });
});
