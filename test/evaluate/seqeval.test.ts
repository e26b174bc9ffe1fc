import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  classificationReport,
  type SeqevalScores,
  type StrictScheme,
  seqevalScheme,
  seqevalScores,
} from "../../src/evaluate/index.js";
import { growth, LINEAR } from "../growth.js";

type Row = [precision: number | null, recall: number | null, f1: number | null, support: number];
type Figures = [names: string[], rows: Row[], accuracy: number, report: string | null];
interface Golden {
  digits: number;
  tags: string[];
  cases: [number[][], number[][], StrictScheme, StrictScheme | null, Figures, Figures | null][];
}

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL("goldens/seqeval.json.gz", import.meta.url))).toString(),
) as Golden;
const decode = (sentences: number[][]): string[][] =>
  sentences.map((tags) => tags.map((tag) => golden.tags[tag]!));

function figures(scores: SeqevalScores, withReport: boolean): Figures {
  const names = Object.keys(scores.types);
  const all = [scores.micro, scores.macro, scores.weighted, ...Object.values(scores.types)];
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const rows = all.map((of): Row => [orNull(of.precision), orNull(of.recall), orNull(of.f1), of.support]);
  const report = withReport ? classificationReport(scores, { digits: golden.digits }) : null;
  return [names, rows, scores.accuracy, report];
}

describe("seqeval's goldens", () => {
  it("default mode gives the same doubles and reports", () => {
    for (const [gold, predicted, , , expected] of golden.cases) {
      const scores = seqevalScores(decode(gold), decode(predicted));
      expect(figures(scores, expected[3] !== null)).toEqual(expected);
    }
  });

  it("strict mode gives the same doubles and reports, and refuses what seqeval refuses", () => {
    for (const [gold, predicted, scheme, , , expected] of golden.cases) {
      const strict = () => seqevalScores(decode(gold), decode(predicted), { mode: "strict", scheme });
      if (expected === null) {
        expect(strict).toThrow(expect.objectContaining({ code: "EVALUATE_TAG_NOT_IN_SCHEME" }));
      } else {
        expect(figures(strict(), expected[3] !== null)).toEqual(expected);
      }
    }
  });

  it("the scheme is recognised where seqeval recognises it", () => {
    for (const [gold, , , expected] of golden.cases) {
      if (expected === null) {
        expect(() => seqevalScheme(decode(gold))).toThrow(
          expect.objectContaining({ code: "EVALUATE_SCHEME_UNKNOWN" }),
        );
      } else {
        expect(seqevalScheme(decode(gold))).toBe(expected);
      }
    }
  });
});

describe("seqevalScores", () => {
  it("counts a stray I- as an entity in default mode only", () => {
    const gold = [["B-PER", "I-PER", "O", "B-LOC"]];
    const predicted = [["I-PER", "I-PER", "O", "B-LOC"]];
    expect(seqevalScores(gold, predicted).micro.f1).toBe(1);
    expect(seqevalScores(gold, predicted, { mode: "strict", scheme: "IOB2" }).micro).toEqual({
      precision: 1,
      recall: 0.5,
      f1: 2 / 3,
      support: 2,
    });
  });

  it("names the sentence whose lengths differ", () => {
    const scores = () => seqevalScores([["O"], ["O", "O"]], [["O"], ["O"]]);
    expect(scores).toThrow(
      expect.objectContaining({ code: "EVALUATE_LENGTH_MISMATCH", where: "sentence 2" }),
    );
  });

  it("says how many sentences there are where their numbers differ", () => {
    expect(() => seqevalScores([["O"], ["O"]], [["O"]])).toThrow(
      "There are 2 gold sentences, but 1 predicted sentences",
    );
  });

  it("names the sentence and the tag that the scheme does not have", () => {
    const scores = () =>
      seqevalScores([["O"], ["E-PER"]], [["O"], ["O"]], { mode: "strict", scheme: "IOB2" });
    expect(scores).toThrow(
      expect.objectContaining({
        message: '"E-PER" is not a tag of the scheme IOB2',
        where: "sentence 2",
        remedy: expect.stringContaining("I, O, B"),
      }),
    );
  });

  it("refuses an empty tag in both modes", () => {
    for (const mode of ["default", "strict"] as const) {
      expect(() => seqevalScores([["O", ""]], [["O", "O"]], { mode, scheme: "IOB2" })).toThrow(
        expect.objectContaining({ code: "EVALUATE_TAG_EMPTY", where: "sentence 1" }),
      );
    }
  });

  it("keeps a type named __proto__ like any other", () => {
    const scores = seqevalScores([["B-__proto__"]], [["B-__proto__"]]);
    expect(Object.keys(scores.types)).toEqual(["__proto__"]);
    expect(classificationReport(scores)).toContain("__proto__       1.00");
  });

  it("reads IO tags strictly as IOB1", () => {
    const tags = [["I-PER", "I-PER", "O", "I-LOC", "I-PER"]];
    expect(seqevalScores(tags, tags, { mode: "strict", scheme: "IO" }).micro.support).toBe(3);
  });

  it("gives tags against themselves full marks, whatever they are", () => {
    const tag = fc.oneof(fc.constantFrom("O", "B-X", "I-X", "B-Y"), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(fc.array(fc.array(tag)), (sentences) => {
        const scores = seqevalScores(sentences, sentences);
        for (const of of Object.values(scores.types)) {
          expect([of.precision, of.recall, of.f1]).toEqual([1, 1, 1]);
        }
        if (sentences.some((tags) => tags.length > 0)) expect(scores.accuracy).toBe(1);
      }),
    );
  });

  it("scores ten times the sentences in ten times the work, in both modes", async () => {
    const types = ["PER", "LOC", "ORG", "MISC"];
    const make = (seed: number, sentences: number) =>
      Array.from({ length: sentences }, (_, sentence) =>
        Array.from({ length: 15 }, (_, word) => {
          const draw = (sentence * 31 + word * 17 + seed) % 11;
          return draw > 5 ? "O" : `${draw % 2 ? "I" : "B"}-${types[draw % 4]}`;
        }),
      );
    const score = (sentences: number) => {
      const [gold, predicted] = [make(0, sentences), make(3, sentences)];
      seqevalScores(gold, predicted);
      seqevalScores(gold, predicted, { mode: "strict", scheme: "IOB2" });
    };
    expect(await growth(score, 30_000)).toBeLessThan(LINEAR);
  });
});
