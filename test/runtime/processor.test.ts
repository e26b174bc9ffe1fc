import { expect, test } from "vitest";
import { hasByteProducts } from "../../src/runtime/index.js";

const processor = (flags: string) => () =>
  `processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse2 ${flags}\n`;

test("an x64 processor multiplies bytes without loss where it has VNNI", () => {
  expect(hasByteProducts("x64", processor("avx2 avx512f avx512_vnni"))).toBe(true);
  expect(hasByteProducts("x64", processor("avx2 avx_vnni"))).toBe(true);
  expect(hasByteProducts("x64", processor("avx2 avx512f"))).toBe(false);
});

test("what cannot be found out counts as no, and other processors as yes", () => {
  const missing = () => {
    throw new Error("ENOENT");
  };
  expect(hasByteProducts("x64", missing)).toBe(false);
  expect(hasByteProducts("arm64", missing)).toBe(true);
});
