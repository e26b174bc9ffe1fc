import { type DeviceName, type Format, formatsOf } from "../combinations.js";
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
  readonly device?: DeviceName | undefined;
}

/**
 * Returns the engine that was asked for, after checking that it can compute here. No other one is taken in its place.
 * An engine other than the default one is loaded only when it is asked for.
 *
 * @throws NeriumError RUNTIME_BF16_ENGINE, RUNTIME_BF16_UNSUPPORTED, RUNTIME_OPENVINO_…, RUNTIME_DEVICE_UNSUPPORTED,
 *   RUNTIME_WEBGPU_UNAVAILABLE
 */
export async function chosenEngine({
  engine = "auto",
  bf16 = false,
  device = "cpu",
}: EngineChoice = {}): Promise<Engine> {
  if (device !== "cpu") {
    requireCombination(engine, device, bf16 ? "bf16" : "fp32");
    const { requireWebgpu } = await import("./onnxruntime/webgpu.js");
    return requireWebgpu();
  }
  if (bf16 && engine === "onnxruntime") throw bf16NeedsOpenvino();
  if (!bf16 && engine !== "openvino") return cpuEngine();
  const { requireOpenvino } = await import("./openvino/engine.js");
  return requireOpenvino(bf16 ? "bf16" : "fp32");
}

/**
 * Throws RUNTIME_DEVICE_UNSUPPORTED if no engine that was asked for computes in this number format on a device other than the
 * CPU.
 */
export function requireCombination(engine: EngineName, device: DeviceName, format: Format): void {
  if (device === "cpu") return;
  const formats = formatsOf(engine, device);
  if (formats.length === 0)
    throw deviceUnsupported(device, `the engine ${engine}`, "Leave out the engine, or use the device cpu.");
  if (!formats.includes(format))
    throw deviceUnsupported(device, format, `Compute in ${formats.join(" or ")}, or use the device cpu.`);
}
