import { basename, dirname, join } from "node:path";
import { isNeriumError } from "../../../errors.js";
import type { Engine, Precision } from "../../engine.js";
import { cudaMissing, cudaUnavailable, cudaVersionUnsupported } from "../../errors.js";
import { allocateCells, loadForeign, pointerAt, textAt } from "../../foreign.js";
import { nativeNames } from "../host/names.js";
import { compileOn } from "./compileOn.js";
import { copyGraph } from "./copyGraph.js";
import { type CudaDriver, requireCudaDevice } from "./cudaDriver.js";
import { cudaLibraries, findCudaLibrary, providerName } from "./cudaLibrary.js";
import { Device, type ToHost } from "./device.js";
import { DeviceBlock } from "./deviceBlock.js";
import { type Ort, ortAt, outPair, outValue } from "./ort.js";
import { NEGATION } from "./webgpu.js";

/** The oldest release of ONNX Runtime 1 that is accepted. Nerium was not tried with older ones. */
const LEAST_RELEASE = 24;

/** Returns the ONNX Runtime that has CUDA, loaded. Throws RUNTIME_CUDA_MISSING, RUNTIME_CUDA_VERSION, RUNTIME_LIBRARY_UNUSABLE. */
export function cudaLibrary(providers: (library: Ort) => readonly string[] = providersOf): Ort {
  const { file } = findCudaLibrary();
  // An old library is refused before it is loaded, if its name says its version.
  const [, named] = /\.so\.(1\.\d+\.\d+)/.exec(basename(file)) ?? [];
  if (named !== undefined) requireRelease(file, named);
  const library = ortAt(file);
  requireRelease(file, library.version);
  if (!providers(library).includes("CUDAExecutionProvider"))
    throw cudaMissing(`ONNX Runtime ${library.version} was built without CUDA`, file);
  return library;
}

function requireRelease(file: string, version: string): void {
  if (Number(version.split(".")[1]) < LEAST_RELEASE)
    throw cudaVersionUnsupported(file, version, LEAST_RELEASE);
}

/** The names of the execution providers that a library was built with. */
export function providersOf({ call }: Ort): readonly string[] {
  const [list, count] = outPair((first, second) => call.GetAvailableProviders(first, second));
  // It is an int, which leaves the upper half of the cell as it was.
  const length = Number(BigInt.asUintN(32, count));
  const names = Array.from({ length }, (_, index) => textAt(pointerAt(list + BigInt(index * 8))!));
  call.ReleaseAvailableProviders(list, length);
  return names;
}

/** Settings of the provider, with its names. */
const SETTINGS = {
  use_tf32: "0",
  // Every graph has memory of its own, which should not grow in powers of two.
  arena_extend_strategy: "kSameAsRequested",
  // The same operation is computed in the same way each time.
  cudnn_conv_algo_search: "DEFAULT",
};

/** Adds the provider to an `OrtSessionOptions`. */
export function addCuda(
  { call }: Ort,
  sessionOptions: bigint,
  settings: Readonly<Record<string, string>>,
): void {
  const entries = Object.entries({ ...SETTINGS, ...settings });
  const names = nativeNames(entries.flat());
  const keys = allocateCells(entries.length * 2);
  entries.forEach(([key, value], index) => {
    keys.values[index] = names.addresses.get(key)!;
    keys.values[entries.length + index] = names.addresses.get(value)!;
  });
  const valuesAt = keys.address + BigInt(entries.length * 8);
  try {
    const options = outValue((cell) => call.CreateCUDAProviderOptions(cell));
    try {
      call.UpdateCUDAProviderOptions(options, keys.address, valuesAt, entries.length);
      call.SessionOptionsAppendExecutionProvider_CUDA_V2(sessionOptions, options);
    } finally {
      call.ReleaseCUDAProviderOptions(options);
    }
  } finally {
    names.block.free();
  }
  call.SetDeterministicCompute(sessionOptions, 1);
}

/** A GPU that was opened. */
interface OpenGpu {
  readonly device: Device;
  readonly library: Ort;
  /** Such as "NVIDIA H200". */
  readonly name: string;
}

const open = new Map<number, Promise<OpenGpu>>();

/**
 * Returns ONNX Runtime on a GPU of NVIDIA, after opening the GPU.
 *
 * @param index the number of the GPU, from 0
 * @throws NeriumError RUNTIME_CUDA_…, RUNTIME_LIBRARY_UNUSABLE
 */
export async function requireCuda(index: number, precision: Precision, tf32 = false): Promise<Engine> {
  let opening = open.get(index);
  if (opening === undefined) {
    opening = openGpu(index, cudaLibrary());
    open.set(index, opening);
    opening.catch(() => open.delete(index));
  }
  const gpu = await opening;
  return cudaEngine(gpu, index, precision, tf32);
}

function cudaEngine(
  { device, library, name }: OpenGpu,
  index: number,
  precision: Precision,
  tf32: boolean,
): Engine {
  return {
    name: "onnxruntime",
    device: index === 0 ? "cuda" : `cuda:${index}`,
    description: `${name}, through CUDA`,
    precision,
    version: () => library.version,
    profile: {
      contribOperators: ["FusedMatMul"],
      logSoftmax: true,
      comparedIntegers: "int64",
      scatterElements: true,
      exactSine: true,
      joinsFigures: true,
      products: precision === "bf16" ? "bfloat16" : "float32",
    },
    compile: (model, options) => compileOn(device, model, options, { use_tf32: tf32 ? "1" : "0" }),
    block: (byteLength) => new DeviceBlock(device, byteLength),
    readsAnyPart: false,
    readsWeightFiles: true,
    placeOf: () => ({ location: "memory", offset: 0, length: 0 }),
  };
}

/** Opens a GPU. Throws RUNTIME_CUDA_UNAVAILABLE if this machine has no such GPU, or ONNX Runtime cannot use it. */
export async function openGpu(index: number, library: Ort, driver?: CudaDriver): Promise<OpenGpu> {
  const name = requireCudaDevice(index, driver);
  for (const file of cudaLibraries(library.file)) {
    try {
      loadForeign(file);
    } catch {
      // If the provider needs it, its own error says so.
    }
  }
  let copy: ToHost | undefined;
  const device = new Device({
    library: () => library,
    memory: ["Cuda", index],
    addTo: (_, sessionOptions, settings) =>
      addCuda(library, sessionOptions, { device_id: `${index}`, ...settings }),
    toHost: (value, to) => copy!(value, to),
  });
  try {
    const graph = await compileOn(device, NEGATION, { name: "CUDA", threads: 1 });
    graph.dispose();
    copy = await copyGraph(device);
  } catch (error) {
    const refused = ["RUNTIME_CALL_FAILED", "RUNTIME_MODEL_INVALID"];
    if (isNeriumError(error) && refused.includes(error.code)) throw refusal(library, error.message, error);
    throw error;
  }
  return { device, library, name };
}

/** ONNX Runtime only says that its provider cannot be loaded. The system says why. */
function refusal(library: Ort, message: string, cause: unknown) {
  const provider = join(dirname(library.file), providerName(process.platform));
  const failed = whyNotLoaded(provider);
  if (failed === undefined) return cudaUnavailable(message, { where: library.file, cause });
  const [, missing] = /(\S+\.so[.\d]*): cannot open shared object file/.exec(failed) ?? [];
  return cudaUnavailable(
    missing === undefined
      ? `its provider cannot be loaded: ${failed}`
      : `NVIDIA's library ${missing} is missing`,
    { where: provider, remedy: INSTALL_LIBRARIES, cause },
  );
}

const INSTALL_LIBRARIES =
  'Install NVIDIA\'s libraries for it: pip install "onnxruntime-gpu[cuda,cudnn]". Or leave out the device, to compute on the CPU.';

/** Loads a library, whose constructors have run if ONNX Runtime could load it. Returns the error of the system, if there is one. */
function whyNotLoaded(file: string): string | undefined {
  try {
    loadForeign(file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
