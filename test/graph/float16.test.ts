import fc from "fast-check";
import { expect, test } from "vitest";
import { float16Bits } from "../../src/graph/index.js";

/** The number that float16 bits stand for, by IEEE 754. */
function float16Of(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

test("every float16 comes back as its own bits", () => {
  const all = Array.from({ length: 65_536 }, (_, bits) => bits).filter(
    (bits) => !Number.isNaN(float16Of(bits)),
  );
  expect(Array.from(float16Bits(Float32Array.from(all, float16Of)))).toEqual(all);
});

test("a number becomes the nearest float16, the even one of two", () => {
  fc.assert(
    fc.property(fc.float({ min: -65_504, max: 65_504, noNaN: true }), (x) => {
      const [bits] = float16Bits(Float32Array.of(x));
      const distance = Math.abs(float16Of(bits!) - x);
      const neighbours = [bits! - 1, bits! + 1].filter((near) => (near & 0x7fff) <= 0x7bff && near >= 0);
      for (const near of neighbours) {
        const theirs = Math.abs(float16Of(near) - x);
        expect(theirs).toBeGreaterThanOrEqual(distance);
        if (theirs === distance && float16Of(near) !== float16Of(bits!)) expect(bits! % 2).toBe(0);
      }
    }),
  );
});

test("what is too large becomes the largest float16; infinity and not-a-number stay", () => {
  const [big, small, infinite, none] = float16Bits(
    Float32Array.of(1e9, -1e9, Number.POSITIVE_INFINITY, Number.NaN),
  );
  expect([big, small, infinite].map((bits) => float16Of(bits!))).toEqual([
    65_504,
    -65_504,
    Number.POSITIVE_INFINITY,
  ]);
  expect(float16Of(none!)).toBeNaN();
});
