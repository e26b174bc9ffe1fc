import { isNeriumError } from "../../../errors.js";
import type { Engine } from "../../engine.js";
import { webgpuUnavailable } from "../../errors.js";
import { allocateCells, type Cells, loadForeign } from "../../foreign.js";
import { byteLengthOf } from "../../tensor.js";
import { compileOn } from "./compileOn.js";
import { Device, type ToHost } from "./device.js";
import { DeviceBlock } from "./deviceBlock.js";
import { ort, ortVersion } from "./ort.js";
import { withValue } from "./values.js";

/** The lists with which ONNX Runtime copies a tensor: its `OrtValue`, and that of its new place. */
let pair: Cells | undefined;

/** Settings of the provider, with its names. */
const SETTINGS = {
  powerPreference: "high-performance",
  // Indices are int64, and so are the operations on them.
  enableInt64: "1",
  // Blocks live on without a session.
  preserveDevice: "1",
};

/**
 * ONNX Runtime on the GPU that the system prefers, through Dawn: Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows. Its
 * blocks are in the memory of the GPU.
 *
 * @param more further settings. A process has one such GPU, with the settings of the first graph that is compiled for it.
 */
export function webgpuEngine(more: Readonly<Record<string, string>> = {}): Engine {
  const settings = Object.entries({ ...SETTINGS, ...more });
  const gpu = new Device({
    library: ort,
    memory: ["WebGPU_Buf", 0],
    config: Object.fromEntries(
      settings.map(([name, value]) => [`ep.webgpuexecutionprovider.${name}`, value]),
    ),
    addTo: ({ call }, sessionOptions) =>
      call.SessionOptionsAppendExecutionProvider(sessionOptions, "WebGPU", 0n, 0n, 0),
    toHost,
  });
  return {
    name: "onnxruntime",
    device: "webgpu",
    description:
      "a GPU, through WebGPU. Its first steps take longer, because the GPU's programs are compiled",
    precision: "fp32",
    version: () => ortVersion(),
    profile: {
      contribOperators: [],
      logSoftmax: false,
      comparedIntegers: "int32",
      scatterElements: false,
      exactSine: false,
      products: "float32",
      joinsFigures: true,
    },
    compile: (model, options) => compileOn(gpu, model, options),
    block: (byteLength) => new DeviceBlock(gpu, byteLength),
    readsAnyPart: false,
    readsWeightFiles: true,
    placeOf: () => ({ location: "memory", offset: 0, length: 0 }),
  };
}

const toHost: ToHost = ({ handle, type, dims }, to) => {
  pair ??= allocateCells(2);
  const { address, values } = pair;
  withValue(ort(), { ...to, type, dims }, byteLengthOf(type, dims), (copy) => {
    values[0] = handle;
    values[1] = copy;
    ort().copyTensors(address, address + 8n, 1);
  });
};

const onnxruntimeWebgpu = webgpuEngine();

/** An ONNX model with one operation: `y = -x`. It compiles only where the device can be used. */
export const NEGATION = Buffer.from(
  "CAg6NwoLCgF4EgF5IgNOZWcSBHRlc3RaEAoBeBILCgkIARIFCgMSAW5iEAoBeRILCgkIARIFCgMSAW5CBAoAEBE=",
  "base64",
);
let ready: Promise<Engine> | undefined;

/**
 * Returns ONNX Runtime on a GPU, after opening the GPU.
 *
 * @throws NeriumError RUNTIME_WEBGPU_UNAVAILABLE, RUNTIME_LIBRARY_…
 */
export function requireWebgpu(): Promise<Engine> {
  ready ??= open().catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function open(): Promise<Engine> {
  requireVulkan();
  try {
    const graph = await onnxruntimeWebgpu.compile(NEGATION, { name: "WebGPU", threads: 1 });
    graph.dispose();
    return onnxruntimeWebgpu;
  } catch (error) {
    const refused = ["RUNTIME_CALL_FAILED", "RUNTIME_MODEL_INVALID"];
    if (isNeriumError(error) && refused.includes(error.code))
      throw webgpuUnavailable(reasonOf(error.message), error);
    throw error;
  }
}

/** Without the library, Dawn would write a warning of its own to the terminal. */
function requireVulkan(): void {
  if (process.platform !== "linux") return;
  try {
    loadForeign("libvulkan.so.1");
  } catch (cause) {
    throw webgpuUnavailable("the library libvulkan.so.1 is not installed", cause);
  }
}

/** The end of ONNX Runtime's message, which begins with a place in its source. */
const reasonOf = (message: string): string => message.split(" was false. ").at(-1)!.trim();
