import { NativeBuffer } from "../../buffer.js";
import type { Engine } from "../../engine.js";
import { byteLengthOf } from "../../tensor.js";
import { onnxruntimeCpu } from "../onnxruntime/engine.js";
import { requireBf16 } from "./bf16.js";
import { OpenVinoGraph } from "./graph.js";
import { openvino } from "./openvino.js";
import type { OpenVinoPrecision } from "./properties.js";

/** What OpenVINO's ONNX reader takes for the file of a weight that is at an address of this process. */
const IN_MEMORY = "*/_ORT_MEM_ADDR_/*";

/**
 * OpenVINO on the CPU. Its blocks are in host memory, as those of ONNX Runtime are.
 *
 * ONNX Runtime computes what updates its inputs in place, such as the optimizer: OpenVINO gives no guarantee for that, and
 * these numbers must stay float32 in every precision.
 */
export const openvinoCpu = (precision: OpenVinoPrecision): Engine => ({
  name: "openvino",
  device: "cpu",
  description: "the CPU",
  precision,
  version: () => openvino().version,
  profile: {
    contribOperators: ["FusedMatMul"],
    logSoftmax: true,
    comparedIntegers: "int64",
    scatterElements: true,
    exactSine: true,
    products: "float32",
    joinsFigures: false,
  },
  compile: (model, options) =>
    options.updatesInPlace === true
      ? onnxruntimeCpu.compile(model, { ...options, takesTurns: true })
      : OpenVinoGraph.compile(model, options, precision),
  block: (byteLength) => NativeBuffer.allocate(byteLength),
  readsAnyPart: true,
  readsWeightFiles: false,
  placeOf(weight) {
    const { address } = weight.buffer as NativeBuffer;
    const offset = Number(address) + weight.byteOffset;
    return { location: IN_MEMORY, offset, length: byteLengthOf(weight.type, weight.dims) };
  },
});

/**
 * Returns OpenVINO on the CPU, after checking that it can compute in this precision here.
 *
 * @throws NeriumError RUNTIME_BF16_UNSUPPORTED, RUNTIME_OPENVINO_…
 */
export function requireOpenvino(precision: OpenVinoPrecision): Engine {
  if (precision === "bf16") requireBf16();
  else openvino();
  return openvinoCpu(precision);
}
