import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixed } from "../../src/evaluate/fixed.js";
import { bothModesReport, seqevalScores } from "../../src/evaluate/index.js";

describe("fixed", () => {
  it.each([
    [0.125, 2, "0.12"],
    [0.375, 2, "0.38"],
    [0.5, 0, "0"],
    [1.5, 0, "2"],
    [2.5, 0, "2"],
    [-0.125, 2, "-0.12"],
    [0.00390625, 7, "0.0039062"],
    [0.03125, 4, "0.0312"],
    [0.15, 1, "0.1"],
    [1.005, 2, "1.00"],
    [1, 4, "1.0000"],
    [1.5e22, 4, "15000000000000000000000.0000"],
    [Number.NaN, 4, "nan"],
    [-Infinity, 4, "-inf"],
  ])("writes %d with %d digits as Python's format does: %s", (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });

  it("stays within half a unit of the last digit", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 0, max: 6 }),
        (value, digits) => {
          expect(Math.abs(Number(fixed(value, digits)) - value)).toBeLessThanOrEqual(
            0.5000001 * 10 ** -digits,
          );
        },
      ),
    );
  });
});

describe("bothModesReport", () => {
  it("sets default and strict mode side by side and names each", () => {
    const gold = [["B-PER", "I-PER", "O", "B-LOC"]];
    const predicted = [["I-PER", "I-PER", "O", "B-LOC"]];
    const report = bothModesReport({
      default: seqevalScores(gold, predicted),
      strict: seqevalScores(gold, predicted, { mode: "strict", scheme: "IOB2" }),
      scheme: "IOB2",
    });
    expect(report).toBe(
      [
        "              seqeval, default mode                     seqeval, strict mode, IOB2",
        "              precision    recall  f1-score   support   precision    recall  f1-score   support",
        "",
        "         LOC     1.0000    1.0000    1.0000         1      1.0000    1.0000    1.0000         1",
        "         PER     1.0000    1.0000    1.0000         1      0.0000    0.0000    0.0000         1",
        "",
        "   micro avg     1.0000    1.0000    1.0000         2      1.0000    0.5000    0.6667         2",
        "   macro avg     1.0000    1.0000    1.0000         2      0.5000    0.5000    0.5000         2",
        "weighted avg     1.0000    1.0000    1.0000         2      0.5000    0.5000    0.5000         2",
        "    accuracy     0.7500",
        "",
      ].join("\n"),
    );
  });

  it("marks a type that only one mode sees", () => {
    const gold = [["I-PER", "B-LOC"]];
    const report = bothModesReport({
      default: seqevalScores(gold, gold),
      strict: seqevalScores(gold, gold, { mode: "strict", scheme: "IOB2" }),
      scheme: "IOB2",
    });
    expect(report).toMatch(/PER {5}1\.0000 {4}1\.0000 {4}1\.0000 {9}1 {11}- {9}- {9}- {9}-\n/);
  });
});
