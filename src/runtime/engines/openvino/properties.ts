import type { Precision } from "../../engine.js";
import { sessionOptionInvalid } from "../../errors.js";

/** The formats that OpenVINO computes in here. */
export type OpenVinoPrecision = Exclude<Precision, "tf32">;

/** OpenVINO's names of the formats. */
export const hints: Readonly<Record<OpenVinoPrecision, string>> = { fp32: "f32", bf16: "bf16" };

const maxThreads = 1024;

/**
 * Returns the properties of a compiled model.
 *
 * The precision is always given, because OpenVINO takes bf16 by itself where it can. One stream computes one graph at a time
 * with all threads, so that the same input gives the same bytes. Threads are not pinned, because several processes would
 * otherwise share the same cores. Their number is always given, because OpenVINO does not see the limits of containers. It keeps prepared operations by shape, 5000
 * by default, which would need gigabytes if every batch has its own shape; more than 500 bring nothing.
 */
export function properties(
  threads: number,
  precision: OpenVinoPrecision,
  profiled: boolean,
): Readonly<Record<string, string>> {
  if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads) {
    throw sessionOptionInvalid(
      "threads",
      `threads must be a whole number from 1 to ${maxThreads}, not ${threads}`,
    );
  }
  return {
    INFERENCE_PRECISION_HINT: hints[precision],
    INFERENCE_NUM_THREADS: String(threads),
    NUM_STREAMS: "1",
    PERFORMANCE_HINT: "LATENCY",
    ENABLE_CPU_PINNING: "NO",
    CPU_RUNTIME_CACHE_CAPACITY: "500",
    ...(profiled ? { PERF_COUNT: "YES" } : {}),
  };
}
