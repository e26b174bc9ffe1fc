import { expect, test } from "vitest";
import { hasByteProducts } from "../../src/runtime/index.js";
import { bf16Support } from "../../src/runtime/processor.js";

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

test("bf16 is what the processor has itself: AVX-512 alone would emulate it", () => {
  const has = (flags: string, arch = "x64") => bf16Support(arch, processor(flags));
  expect(has("avx512f avx512_bf16")).toBe("AVX512_BF16");
  expect(has("avx512f avx512_bf16 amx_bf16 amx_tile")).toBe("AMX");
  expect(has("avx2 avx512f avx512_vnni avx512bw")).toBe("none");
  expect(has("avx2 avx_vnni")).toBe("none");
  expect(has("avx512_bf16", "arm64")).toBe("none");
  const missing = () => {
    throw new Error("ENOENT");
  };
  expect(bf16Support("x64", missing)).toBe("unknown");
});
