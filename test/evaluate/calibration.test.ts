import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CalibrationCounts } from "../../src/evaluate/index.js";

describe("calibration", () => {
  it("is the weighted mean of the differences between confidence and accuracy", () => {
    const counts = new CalibrationCounts(10);
    for (const [confidence, isRight] of [
      [0.95, true],
      [0.95, false],
      [0.25, false],
      [0.25, false],
    ] as const)
      counts.add(confidence, isRight);
    const { bins, error, count } = counts.result();
    expect(count).toBe(4);
    expect(bins[9]).toEqual({ from: 0.9, to: 1, count: 2, confidence: 0.95, accuracy: 0.5 });
    expect(bins[2]).toEqual({ from: 0.2, to: 0.3, count: 2, confidence: 0.25, accuracy: 0 });
    expect(bins[0]).toEqual({ from: 0, to: 0.1, count: 0, confidence: 0, accuracy: 0 });
    expect(error).toBeCloseTo(0.5 * 0.45 + 0.5 * 0.25, 12);
  });

  it("puts every confidence into one bin: edges belong to the bin below, 0 to the first", () => {
    const binOf = (confidence: number) => {
      const counts = new CalibrationCounts(10);
      counts.add(confidence, true);
      return counts.result().bins.findIndex(({ count }) => count === 1);
    };
    expect([0, 0.1, 0.1001, 0.5, 1].map(binOf)).toEqual([0, 0, 1, 4, 9]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (confidence) => {
        expect(binOf(confidence)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("of nothing is 0", () => {
    expect(new CalibrationCounts().result().error).toBe(0);
  });
});
