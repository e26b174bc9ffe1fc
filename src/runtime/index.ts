/** Engines, which compile and run graphs, their blocks of state, and tensors in blocks. */
export type { StateBlock } from "./block.js";
export type { CompiledGraph, CompileOptions, Engine, GraphBinding } from "./engine.js";
export { cpuEngine } from "./engines/index.js";
export { ortVersion } from "./engines/onnxruntime/ort.js";
export { hasByteProducts } from "./processor.js";
export {
  byteLengthOf,
  type ElementType,
  type OutputTensor,
  type TensorView,
  type ValueInfo,
} from "./tensor.js";
