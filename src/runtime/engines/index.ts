import type { Engine } from "../engine.js";
import type { EngineName } from "../engineNames.js";
import { bf16NeedsOpenvino } from "../errors.js";
import { onnxruntimeCpu } from "./onnxruntime/engine.js";
import type { MachineReport } from "./report.js";

/** Returns the default engine. */
export const cpuEngine = (): Engine => onnxruntimeCpu;

/** Examines this machine. Loads the library of every engine that is installed. */
export async function machineReport(): Promise<MachineReport> {
  const { examine } = await import("./report.js");
  return examine();
}

/** What a user asks for. */
export interface EngineChoice {
  readonly engine?: EngineName | undefined;
  readonly bf16?: boolean | undefined;
}

/**
 * Returns the engine that was asked for, after checking that it can compute here. No other one is taken in its place.
 * An engine other than the default one is loaded only when it is asked for.
 *
 * @throws NeriumError RUNTIME_BF16_ENGINE, RUNTIME_BF16_UNSUPPORTED, RUNTIME_OPENVINO_…
 */
export async function chosenEngine({ engine = "auto", bf16 = false }: EngineChoice = {}): Promise<Engine> {
  if (bf16 && engine === "onnxruntime") throw bf16NeedsOpenvino();
  if (!bf16 && engine !== "openvino") return cpuEngine();
  const { requireOpenvino } = await import("./openvino/engine.js");
  return requireOpenvino(bf16 ? "bf16" : "fp32");
}
