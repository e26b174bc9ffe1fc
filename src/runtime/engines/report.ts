import { isNeriumError, type NeriumError } from "../../errors.js";
import type { DeviceKind } from "../combinations.js";
import { type Gpu, machineGpus } from "../gpus.js";
import { type Bf16Support, bf16Support, processorName } from "../processor.js";
import { processorQuota, usableThreads } from "../quota.js";
import { requireCuda } from "./onnxruntime/cuda.js";
import { ort } from "./onnxruntime/ort.js";
import { requireWebgpu } from "./onnxruntime/webgpu.js";
import { requireBf16 } from "./openvino/bf16.js";
import { openvino } from "./openvino/openvino.js";

/** An engine, and why it cannot be used here, if it cannot. */
export interface EngineReport {
  readonly name: "onnxruntime" | "openvino";
  readonly version?: string;
  /** The file of its library. */
  readonly file?: string;
  /** What led to the file, such as an environment variable. */
  readonly foundBy?: string;
  readonly problem?: NeriumError;
}

/** A device other than the CPU, and why it cannot be used here, if it cannot. */
export interface DeviceReport {
  readonly name: Exclude<DeviceKind, "cpu">;
  readonly problem?: NeriumError;
}

/** What this machine can compute with. */
export interface MachineReport {
  readonly processor: string;
  readonly architecture: string;
  /** Number of threads that this process can use at once, and that it uses unless it is told otherwise. */
  readonly threads: number;
  /** The limit of the container on processors, if there is one. */
  readonly quota: number | undefined;
  /** The instructions of the processor for bf16. */
  readonly bf16: Bf16Support;
  /** Why bf16 cannot be used here, if it cannot. */
  readonly bf16Problem: NeriumError | undefined;
  readonly engines: readonly EngineReport[];
  readonly devices: readonly DeviceReport[];
  /** The GPUs that the system lists. */
  readonly gpus: readonly Gpu[];
}

export async function examine(): Promise<MachineReport> {
  return {
    processor: processorName(),
    architecture: process.arch,
    threads: usableThreads(),
    quota: processorQuota(),
    bf16: bf16Support(),
    bf16Problem: problemOf(requireBf16),
    engines: [
      engine("onnxruntime", () => {
        const { version, file } = ort();
        return { version, file };
      }),
      engine("openvino", () => {
        const { version, file, by } = openvino();
        return { version, file, foundBy: by };
      }),
    ],
    gpus: machineGpus(),
    devices: [await device("webgpu", requireWebgpu), await device("cuda", () => requireCuda(0, "fp32"))],
  };
}

async function device(name: DeviceReport["name"], open: () => Promise<unknown>): Promise<DeviceReport> {
  const problem = await open().then(() => undefined, onlyNeriumError);
  return problem === undefined ? { name } : { name, problem };
}

function engine(name: EngineReport["name"], load: () => Omit<EngineReport, "name">): EngineReport {
  let found: Omit<EngineReport, "name"> = {};
  const problem = problemOf(() => {
    found = load();
  });
  return problem === undefined ? { name, ...found } : { name, problem };
}

function problemOf(work: () => void): NeriumError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return onlyNeriumError(error);
  }
}

function onlyNeriumError(error: unknown): NeriumError {
  if (isNeriumError(error)) return error;
  throw error;
}
