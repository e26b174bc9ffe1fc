import { type ConcreteDevice, type DeviceName, deviceKind, type Format, formatsOf } from "../combinations.js";
import type { Engine } from "../engine.js";
import type { EngineName } from "../engineNames.js";
import { bf16NeedsOpenvino, deviceUnsupported } from "../errors.js";
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
  /** Lets products of matrices use TF32. */
  readonly tf32?: boolean | undefined;
  /** The number format of the weights, if it is one of 8 bits. */
  readonly weights?: "q8" | "int8" | undefined;
  readonly device?: DeviceName | undefined;
}

/**
 * Returns the engine that was asked for, after checking that it can compute here. No other one is taken in its place.
 * An engine other than the default one is loaded only when it is asked for.
 *
 * @throws NeriumError RUNTIME_BF16_ENGINE, RUNTIME_BF16_UNSUPPORTED, RUNTIME_OPENVINO_…, RUNTIME_DEVICE_UNSUPPORTED,
 *   RUNTIME_WEBGPU_UNAVAILABLE, RUNTIME_CUDA_…
 */
export async function chosenEngine({ device = "cpu", ...choice }: EngineChoice = {}): Promise<Engine> {
  if (device !== "auto") return engineOn(device, choice);
  const { autoEngine } = await import("./auto.js");
  return autoEngine((one) => engineOn(one, choice));
}

async function engineOn(
  device: ConcreteDevice,
  { engine = "auto", bf16 = false, tf32 = false, weights }: EngineChoice,
): Promise<Engine> {
  const precision = bf16 ? "bf16" : tf32 ? "tf32" : "fp32";
  requireCombination(engine, device, weights ?? precision);
  if (tf32) requireCombination(engine, device, "tf32");
  const { kind, index } = deviceKind(device);
  if (kind === "webgpu") return (await import("./onnxruntime/webgpu.js")).requireWebgpu();
  if (kind === "cuda") return (await import("./onnxruntime/cuda.js")).requireCuda(index, precision, tf32);
  if (bf16 && engine === "onnxruntime") throw bf16NeedsOpenvino();
  if (!bf16 && engine !== "openvino") return cpuEngine();
  const { requireOpenvino } = await import("./openvino/engine.js");
  return requireOpenvino(bf16 ? "bf16" : "fp32");
}

/**
 * Throws RUNTIME_DEVICE_UNSUPPORTED if no engine that was asked for computes in this number format on this device. The CPU's
 * engines have errors of their own for bf16 and formats of 8 bits.
 */
function requireCombination(engine: EngineName, device: ConcreteDevice, format: Format): void {
  const { kind } = deviceKind(device);
  if (kind === "cpu") {
    if (format === "tf32") throw deviceUnsupported(device, format, "Leave tf32 out, or use the device cuda.");
    return;
  }
  const formats = formatsOf(engine, kind);
  if (formats.length === 0)
    throw deviceUnsupported(device, `the engine ${engine}`, "Leave out the engine, or use the device cpu.");
  if (!formats.includes(format))
    throw deviceUnsupported(device, format, `Compute in ${formats.join(" or ")}, or use the device cpu.`);
}
