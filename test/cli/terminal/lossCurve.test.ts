import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { curveText, emptyCurve, withLoss } from "../../../src/cli/terminal/lossCurve.js";

const curveOf = (losses: readonly number[]) => losses.reduce(withLoss, emptyCurve);

describe("the loss curve in characters", () => {
  it("falls as the loss falls", () => {
    expect(curveText(curveOf([8, 7, 6, 5, 4, 3, 2, 1]))).toBe("█▇▆▅▄▃▂▁");
  });

  it("is empty at the beginning, flat where the loss stays, and has a gap where it is not finite", () => {
    expect(curveText(curveOf([2, 1]))).toBe("");
    expect(curveText(curveOf([1, 1, 1]))).toBe("▁▁▁");
    expect(curveText(curveOf([2, Number.NaN, 1]))).toBe("█ ▁");
  });

  it("covers all steps of a long run in at most 16 cells", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { maxLength: 300 }), (losses) => {
        const { cells, stepsPerCell } = curveOf(losses);
        expect(cells.length).toBeLessThanOrEqual(16);
        expect(cells.reduce((sum, { steps }) => sum + steps, 0)).toBe(losses.length);
        expect(cells.slice(0, -1).every(({ steps }) => steps === stepsPerCell)).toBe(true);
        const total = losses.reduce((sum, loss) => sum + loss, 0);
        expect(cells.reduce((sum, { loss }) => sum + loss, 0)).toBeCloseTo(total, 6);
      }),
    );
  });
});
