import { NativeBuffer } from "../../buffer.js";
import type { CompileOptions, Engine } from "../../engine.js";
import type { SessionOptions } from "./options.js";
import { ortVersion } from "./ort.js";
import { Session } from "./session.js";

/** ONNX Runtime on the CPU. Its blocks are in host memory. */
export const onnxruntimeCpu: Engine = {
  name: "onnxruntime",
  device: "cpu",
  description: "the CPU",
  precision: "fp32",
  version: () => ortVersion(),
  profile: {
    contribOperators: ["FusedMatMul", "DynamicQuantizeMatMul", "MatMulNBits", "RotaryEmbedding"],
    logSoftmax: true,
    comparedIntegers: "int64",
    scatterElements: true,
    exactSine: true,
    products: "float32",
    joinsFigures: false,
  },
  compile: (model, options) => Session.create(model, sessionOptions(options)),
  block: (byteLength) => NativeBuffer.allocate(byteLength),
  readsAnyPart: true,
  readsWeightFiles: true,
  placeOf: () => ({ location: "memory", offset: 0, length: 0 }),
};

/** Translates the options to those of ONNX Runtime. */
export function sessionOptions(options: CompileOptions): SessionOptions {
  const { name, threads, initializers, externalWeights, profilePrefix } = options;
  const config: Record<string, string> = {};
  if (externalWeights !== undefined)
    config["session.model_external_initializers_file_folder_path"] = externalWeights;
  if (options.keepRematerialised === true)
    config["optimization.disable_specified_optimizers"] = "CommonSubexpressionElimination";
  if (options.takesTurns === true) config["session.force_spinning_stop"] = "1";
  return {
    name,
    threads,
    config,
    ...(initializers === undefined ? {} : { initializers }),
    ...(profilePrefix === undefined ? {} : { profile: profilePrefix }),
  };
}
