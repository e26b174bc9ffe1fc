import fc from "fast-check";
import { expect, test } from "vitest";
import { quantizeBlocks, quantizeColumns, quantizeRows } from "../../../src/models/quantized/quantize.js";

const matrix = fc
  .record({ rows: fc.integer({ min: 1, max: 70 }), columns: fc.integer({ min: 1, max: 70 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(fc.float({ min: -8, max: 8, noNaN: true }), {
        minLength: rows * columns,
        maxLength: rows * columns,
      })
      .map((values) => ({ rows, columns, floats: Float32Array.from(values) })),
  );

/** Half a step, and what float32 itself rounds. */
const close = (value: number, quantized: number, scale: number) =>
  Math.abs(value - quantized * scale) <= scale * 0.5001 + 1e-30;

test("a row's numbers are whole multiples of its scale to half a step, in the range of their bits", () =>
  fc.assert(
    fc.property(matrix, fc.constantFrom(7 as const, 8 as const), ({ rows, columns, floats }, bits) => {
      const [quantized, scales] = quantizeRows(floats, [rows, columns], bits);
      const most = bits === 8 ? 127 : 63;
      floats.forEach((value, at) => {
        expect(Math.abs(quantized[at]!)).toBeLessThanOrEqual(most);
        expect(close(value, quantized[at]!, scales[Math.floor(at / columns)]!)).toBe(true);
      });
    }),
    { numRuns: 50 },
  ));

test("by columns the same numbers stand transposed", () =>
  fc.assert(
    fc.property(matrix, ({ rows, columns, floats }) => {
      const [byRows, scales] = quantizeRows(floats, [rows, columns], 8);
      const [byColumns, same] = quantizeColumns(floats, [rows, columns], 8);
      expect(same).toEqual(scales);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          expect(byColumns[column * rows + row]).toBe(byRows[row * columns + column]);
    }),
    { numRuns: 50 },
  ));

test("blocks have scales of their own, zero at 128, and rows are filled up with zeros", () =>
  fc.assert(
    fc.property(matrix, ({ rows, columns, floats }) => {
      const [quantized, scales] = quantizeBlocks(floats, [rows, columns], 16);
      const blocks = Math.ceil(columns / 16);
      expect(quantized.length).toBe(rows * blocks * 16);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < blocks * 16; column++) {
          const whole = quantized[row * blocks * 16 + column]! - 128;
          if (column >= columns) expect(whole).toBe(0);
          else {
            const scale = scales[row * blocks + Math.floor(column / 16)]!;
            expect(close(floats[row * columns + column]!, whole, scale)).toBe(true);
          }
        }
    }),
    { numRuns: 50 },
  ));

test("a row of zeros stays zeros", () => {
  expect(quantizeRows(new Float32Array(3), [1, 3], 8)).toEqual([new Int8Array(3), Float32Array.of(1)]);
});
