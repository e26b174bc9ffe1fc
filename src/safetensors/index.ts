export { elementCount, type Header, type StoredType, type TensorInfo } from "./header.js";
export { openSafetensors, SafetensorsFile, type TensorReadOptions, type Weights } from "./read.js";
export { openWeights } from "./weights.js";
export { type TensorToWrite, writeSafetensors } from "./write.js";
