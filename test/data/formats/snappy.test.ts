import fc from "fast-check";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { expect, it } from "vitest";
import { snappyUncompressed } from "../../../src/data/formats/tables/snappy.js";

it("what is compressed comes back", () => {
  const bytes = fc
    .tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(40))
    .map(([token, times]) => Buffer.concat(Array.from({ length: times + 1 }, () => token)));
  fc.assert(
    fc.property(bytes, (content) => {
      expect(Buffer.from(snappyUncompressed(snappyCompress(content), content.length))).toEqual(content);
    }),
  );
});

it("more than its bytes can stand for is refused before there is memory for it", () => {
  expect(() => snappyUncompressed(Uint8Array.of(8, 0, 97), 2 ** 40)).toThrow(
    "3 bytes cannot expand to 1099511627776",
  );
});

it.each([
  ["a stretch that is longer than the file", [8, 3 << 2, 97], "compressed bytes are missing"],
  [
    "a length of four bytes, the largest",
    [8, 63 << 2, 255, 255, 255, 255, 97],
    "more than 8 bytes when uncompressed",
  ],
  ["a copy from before the beginning", [8, 0, 97, 0b001, 2], "refers to bytes outside of the block"],
  ["a copy from itself", [8, 0, 97, 0b001, 0], "refers to bytes outside of the block"],
  ["too little", [8, 0, 97], "a block has 1 bytes instead of 8 when uncompressed"],
  ["no length", [255], "compressed bytes are missing"],
])("%s is refused", (_, bytes, message) => {
  expect(() => snappyUncompressed(Uint8Array.from(bytes), 8)).toThrow(message);
});
