/** Symbolic tensors, operations with gradients, ONNX emission. Knows nothing of encoders or entities. */
export { emit } from "./emit.js";
export { gradient } from "./gradient.js";
export { constant, input, scalar } from "./leaves.js";
export * from "./ops/index.js";
export { type DataType, type Dim, recomputable, type Shape, type Tensor, type TensorType } from "./tensor.js";
