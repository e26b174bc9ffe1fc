import type { Engine } from "../engine.js";
import type { EngineName } from "../engineNames.js";
import { bf16NeedsOpenvino, bf16Unsupported } from "../errors.js";
import { bf16Support } from "../processor.js";
import { onnxruntimeCpu } from "./onnxruntime/engine.js";
import { openvinoCpu } from "./openvino/engine.js";
import { openvino } from "./openvino/openvino.js";

/** Returns the default engine. */
export const cpuEngine = (): Engine => onnxruntimeCpu;

/** What a user asks for. */
export interface EngineChoice {
  readonly engine?: EngineName | undefined;
  readonly bf16?: boolean | undefined;
}

/**
 * Returns the engine that was asked for, after checking that it can compute here. No other one is taken in its place.
 *
 * @throws NeriumError RUNTIME_BF16_ENGINE, RUNTIME_BF16_UNSUPPORTED, RUNTIME_OPENVINO_…
 */
export function chosenEngine({ engine = "auto", bf16 = false }: EngineChoice = {}): Engine {
  if (bf16 && engine === "onnxruntime") throw bf16NeedsOpenvino();
  if (!bf16 && engine !== "openvino") return cpuEngine();
  if (bf16) requireBf16();
  else openvino();
  return openvinoCpu(bf16 ? "bf16" : "fp32");
}

/** Throws unless the processor and OpenVINO both have bf16. The processor comes first: without it, no library helps. */
export function requireBf16(): void {
  const support = bf16Support();
  if (support === "none") throw bf16Unsupported("it has neither AVX512_BF16 nor AMX");
  if (support === "unknown") throw bf16Unsupported("its instructions are only known on Linux");
  const { capabilities, version } = openvino();
  if (!capabilities.includes("BF16")) throw bf16Unsupported(`OpenVINO ${version} does not offer it here`);
}
