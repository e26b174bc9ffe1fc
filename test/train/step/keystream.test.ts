import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dropoutMask } from "../../../src/train/step/keystream.js";

const key = { seed: 42, step: 3, site: 5 };

function mask(count: number, probability: number, at = key): Uint8Array {
  const values = new Uint8Array(count).fill(9);
  dropoutMask(values, probability, at);
  return values;
}

describe("dropoutMask", () => {
  test("gives these bits on every platform", () => {
    expect(mask(64, 0.5).join("")).toBe("0101001000010110101110110110010001011000011010100011101000001100");
  });

  test("value i is bytes 2i and 2i + 1 of the AES-128-CTR stream, below p · 2^16 or not", () => {
    const cipherKey = Buffer.from("\x2a\0\0\0\0\0\0\0 dropout", "latin1");
    const counter = Buffer.from([0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    const stream = createCipheriv("aes-128-ctr", cipherKey, counter).update(Buffer.alloc(100_000));
    const expected = Uint8Array.from({ length: 50_000 }, (_, i) =>
      stream.readUInt16LE(2 * i) < Math.round(0.1 * 65_536) ? 0 : 1,
    );
    expect(mask(50_000, 0.1)).toEqual(expected);
  });

  test("depends on length and place in memory in nothing but its end", () => {
    const long = mask(100_000, 0.1);
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(7), (count, offset) => {
        const memory = new Uint8Array(count + 16).fill(7);
        dropoutMask(memory.subarray(offset, offset + count), 0.1, key);
        expect(Buffer.compare(memory.subarray(offset, offset + count), long.subarray(0, count))).toBe(0);
        expect(memory.subarray(0, offset).every((value) => value === 7)).toBe(true);
        expect(memory.subarray(offset + count).every((value) => value === 7)).toBe(true);
      }),
    );
  });

  test("seed, step and site each give another mask", () => {
    const masks = [
      key,
      { ...key, seed: 43 },
      { ...key, step: 4 },
      { ...key, site: 6 },
      { seed: 42, step: 5, site: 3 },
      { ...key, seed: 42 + 2 ** 32 },
    ];
    expect(new Set(masks.map((at) => mask(256, 0.5, at).join(""))).size).toBe(masks.length);
  });

  test("drops as often as the probability says, within five standard deviations", () => {
    const count = 4_000_000;
    for (const probability of [2 ** -16, 0.001, 0.1, 0.3, 0.5, 0.9, 0.999]) {
      const dropped = mask(count, probability).reduce((sum, value) => sum - value, count);
      const exact = Math.round(probability * 65_536) / 65_536;
      expect(Math.abs(dropped - count * exact)).toBeLessThan(5 * Math.sqrt(count * exact * (1 - exact)));
    }
  });

  test("neighbours in a mask, and the same place at neighbouring steps and sites, do not hang together", () => {
    const count = 1_000_000;
    const values = mask(count, 0.5);
    const others = [
      values.subarray(1),
      values.subarray(2),
      values.subarray(8),
      mask(count, 0.5, { ...key, step: 4 }),
      mask(count, 0.5, { ...key, site: 6 }),
      mask(count, 0.5, { ...key, seed: 43 }),
    ];
    for (const other of others) {
      const equal = other.reduce((sum, value, i) => sum + (value === values[i] ? 1 : 0), 0);
      expect(Math.abs(equal - other.length / 2)).toBeLessThan(5 * Math.sqrt(count / 4));
    }
  });

  test("nothing is dropped at 0 and everything at 1; other probabilities are refused", () => {
    expect(mask(100, 0).every((value) => value === 1)).toBe(true);
    expect(mask(100, 1).every((value) => value === 0)).toBe(true);
    for (const wrong of [-0.1, 1.1, Number.NaN]) expect(() => mask(1, wrong)).toThrow(RangeError);
  });

  test("a key out of range is refused", () => {
    for (const wrong of [{ seed: -1 }, { step: 2 ** 32 }, { site: 0.5 }])
      expect(() => mask(1, 0.1, { ...key, ...wrong })).toThrow(RangeError);
  });
});
