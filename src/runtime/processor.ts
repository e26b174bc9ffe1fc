import { readFileSync } from "node:fs";
import { cpus } from "node:os";

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

/** What a processor has for products of bf16 numbers. */
export type Bf16Support = "AMX" | "AVX512_BF16" | "none" | "unknown";

/**
 * Returns the instructions for bf16 of this processor. OpenVINO emulates bf16 on processors with AVX-512 alone, which is
 * slower than float32, so its own answer is not enough. The flags of x64 processors are known on Linux only.
 */
export function bf16Support(
  arch: string = process.arch,
  readProcessor: () => string = () => readFileSync("/proc/cpuinfo", "utf8"),
): Bf16Support {
  if (arch !== "x64") return "none";
  try {
    const [, flags = ""] = /^flags\s*:(.*)$/m.exec(readProcessor()) ?? [];
    const words = new Set(flags.split(/\s+/));
    if (words.has("amx_bf16") && words.has("amx_tile")) return "AMX";
    return words.has("avx512_bf16") ? "AVX512_BF16" : "none";
  } catch {
    return "unknown";
  }
}

/** Returns the name of this processor. Engines choose other code on other processors, with other last bits. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || process.arch;
}
