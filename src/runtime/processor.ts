import { readFileSync } from "node:fs";

/**
 * Whether this processor multiplies bytes without loss. On x64 processors without VNNI two products of an unsigned and a
 * signed byte are added in 16 bits, which overflow: weights must then be of 7 bits. Where nothing can be found out: false.
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
