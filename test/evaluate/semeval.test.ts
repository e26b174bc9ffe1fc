import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { semevalScores, sentenceEntities, seqevalScores } from "../../src/evaluate/index.js";
import { quickFolder } from "../files/scratch.js";
import { pythonWith } from "../pythonWith.js";

type Tags = readonly (readonly string[])[];

const goldens = join(import.meta.dirname, "goldens");
const cases = JSON.parse(readFileSync(join(goldens, "semeval.json"), "utf8")) as {
  gold: Tags;
  predicted: Tags;
  result: object;
}[];
const scores = (gold: Tags, predicted: Tags) => semevalScores(sentenceEntities(gold, predicted));

describe("SemEval-2013's counts", () => {
  it.each(cases.map((each, index) => [index, each] as const))("are nervaluate's, case %i", (_, each) => {
    expect(scores(each.gold, each.predicted)).toEqual(each.result);
  });

  it("are those of the example: each kind of difference in each of the four ways", () => {
    const gold = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG"], ["O"], ["B-LOC"]];
    const predicted = [["B-PER", "O", "O", "B-LOC"], ["B-LOC"], ["B-PER"], ["O"]];
    const of = ({ correct, incorrect, partial, missed, spurious }: Record<string, number>) =>
      [correct, incorrect, partial, missed, spurious].join(" ");
    const { strict, exact, partial, type } = scores(gold, predicted).overall;
    expect(of({ ...strict })).toBe("1 2 0 1 1");
    expect(of({ ...exact })).toBe("2 1 0 1 1");
    expect(of({ ...partial })).toBe("2 0 1 1 1");
    expect(of({ ...type })).toBe("2 1 0 1 1");
    expect(partial.precision).toBe(2.5 / 4);
  });

  it("agree with seqeval where they count the same: strict is correct where words and type are", () => {
    const tag = fc.constantFrom("O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC");
    fc.assert(
      fc.property(fc.array(fc.array(fc.tuple(tag, tag))), (pairs) => {
        const [gold, predicted] = [0, 1].map((side) => pairs.map((each) => each.map((pair) => pair[side]!)));
        const { strict } = scores(gold!, predicted!).overall;
        const { micro } = seqevalScores(gold!, predicted!);
        expect(strict.recall).toBeCloseTo(micro.recall, 12);
        expect(strict.possible).toBe(micro.support);
      }),
    );
  });

  const python = pythonWith("nervaluate");
  it.skipIf(python === undefined)("are nervaluate's for other tags (needs NERIUM_PYTHON)", () => {
    const folder = quickFolder("semeval");
    const tag = fc.constantFrom("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG");
    const pairs = fc.sample(fc.array(fc.tuple(tag, tag), { minLength: 1, maxLength: 40 }), 500);
    const [gold, predicted] = [0, 1].map((side) => pairs.map((each) => each.map((pair) => pair[side]!)));
    const file = join(folder, "tags.json");
    writeFileSync(file, JSON.stringify({ gold, predicted }));
    const program = join(goldens, "semeval.py");
    const result = JSON.parse(execFileSync(python!, [program, file], { encoding: "utf8" }));
    rmSync(folder, { recursive: true });
    expect(scores(gold!, predicted!)).toEqual(result);
  });
});
