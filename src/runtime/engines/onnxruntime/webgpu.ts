import type { Engine } from "../../engine.js";
import type { TensorView } from "../../tensor.js";
import { Device } from "./device.js";
import { DeviceBlock } from "./deviceBlock.js";
import { sessionOptions } from "./engine.js";
import { ortVersion } from "./ort.js";
import { Session } from "./session.js";

/** The GPU that the system prefers, through Dawn: Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows. */
const gpu = new Device("WebGPU", "WebGPU_Buf", {
  "ep.webgpuexecutionprovider.powerPreference": "high-performance",
  // Indices are int64, and so are the operations on them.
  "ep.webgpuexecutionprovider.enableInt64": "1",
  // Blocks live on without a session.
  "ep.webgpuexecutionprovider.preserveDevice": "1",
});

/** ONNX Runtime on a GPU, through WebGPU. Its blocks are in the memory of the GPU. */
export const onnxruntimeWebgpu: Engine = {
  name: "onnxruntime",
  device: "webgpu",
  precision: "fp32",
  version: () => ortVersion(),
  profile: {
    contribOperators: [],
    logSoftmax: false,
    comparedIntegers: "int32",
    scatterElements: false,
  },
  compile(model, { initializers = {}, ...options }) {
    const inHost = Object.entries(initializers).map(([name, tensor]) => [name, hostTensor(tensor)]);
    const given = { ...options, initializers: Object.fromEntries(inHost) };
    return gpu.exclusive(() => Session.create(model, { ...sessionOptions(given), device: gpu }));
  },
  block: (byteLength) => new DeviceBlock(gpu, byteLength),
  readsAnyPart: false,
  readsWeightFiles: true,
  placeOf: () => ({ location: "memory", offset: 0, length: 0 }),
};

/** The tensor in host memory, from which a session copies it when it is created. */
function hostTensor(tensor: TensorView): TensorView {
  if (!(tensor.buffer instanceof DeviceBlock)) return tensor;
  tensor.buffer.fetch();
  return { ...tensor, buffer: tensor.buffer.memory };
}
