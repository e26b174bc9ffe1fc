import { readFileSync } from "node:fs";

/**
 * Whether this processor multiplies bytes without overflow. x64 processors without VNNI add two products of an unsigned and a
 * signed byte in 16 bits, which can overflow, so weights must have 7 bits. Returns false if the x64 processor is unknown.
 */
export function hasByteProducts(
  arch: string = process.arch,
  readProcessor: () => string = () => readFileSync("/proc/cpuinfo", "utf8"),
): boolean {
  if (arch !== "x64") return true;
  try {
    return /^flags\s*:.*\b(avx512_vnni|avx_vnni)\b/m.test(readProcessor());
  } catch {
    return false;
  }
}
