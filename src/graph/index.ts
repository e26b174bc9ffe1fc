/** Symbolic tensors, operations with gradients, and ONNX output. It knows nothing about encoders or entities. */
export { type CutGraph, cut } from "./cut.js";
export { type EmitOptions, emit } from "./emit.js";
export { gradient } from "./gradient.js";
export { constant, input, scalar, weight } from "./leaves.js";
export { externalWeights, fileWithWeights } from "./onnx/file.js";
export { float16Bits } from "./onnx/float16.js";
export type { FloatType, WeightPlace } from "./onnx/messages.js";
export * from "./ops/index.js";
export { type ContribOperator, type EmissionProfile, standard } from "./profiles.js";
export {
  type DataType,
  type Dim,
  rematerialise,
  type Shape,
  type Tensor,
  type TensorType,
} from "./tensor.js";
