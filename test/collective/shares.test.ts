import fc from "fast-check";
import { expect, test } from "vitest";
import { dividedByWeight, Shares } from "../../src/collective/index.js";

test("each process owns a part of every piece, at cache lines", () => {
  const shares = new Shares(64, 2, 32);
  expect(shares.pieces).toEqual([
    {
      from: 0,
      to: 32,
      parts: [
        { from: 0, to: 16, at: 0 },
        { from: 16, to: 32, at: 0 },
      ],
    },
    {
      from: 32,
      to: 64,
      parts: [
        { from: 32, to: 48, at: 16 },
        { from: 48, to: 64, at: 16 },
      ],
    },
  ]);
  expect(shares.lengthOf(1)).toBe(32);
});

test("a process alone owns everything", () => {
  expect(new Shares(160, 1).rangesOf(0)).toEqual([{ from: 0, to: 160, at: 0 }]);
});

test("shares cover every float once, whatever their number", () => {
  fc.assert(
    fc.property(
      fc.nat(300),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 40 }),
      (lines, size, piece) => {
        const shares = new Shares(lines * 16, size, piece * 16);
        const owners = new Array<number>(lines * 16).fill(0);
        for (let rank = 0; rank < size; rank++) {
          let at = 0;
          for (const range of shares.rangesOf(rank)) {
            expect(range.at).toBe(at);
            expect(range.from % 16).toBe(0);
            at += range.to - range.from;
            for (let float = range.from; float < range.to; float++) owners[float]!++;
          }
          expect(shares.lengthOf(rank)).toBe(at);
        }
        expect(owners.every((count) => count === 1)).toBe(true);
      },
    ),
  );
});

test("items are divided by weight, not by number", () => {
  expect(dividedByWeight([30, 10, 20], 2)).toEqual([[0], [1, 2]]);
  expect(dividedByWeight([5], 3)).toEqual([[0], [], []]);
});

test("no process has more than the lightest one and one item", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500 })),
      fc.integer({ min: 1, max: 8 }),
      (weights, size) => {
        const own = dividedByWeight(weights, size);
        expect(own.flat().sort((a, b) => a - b)).toEqual([...weights.keys()]);
        const loads = own.map((indices) => indices.reduce((sum, index) => sum + weights[index]!, 0));
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(Math.max(0, ...weights));
      },
    ),
  );
});
