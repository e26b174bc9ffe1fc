export { type Dtype, elementCount, type Header, type TensorInfo } from "./header.js";
export { openSafetensors, type ReadOptions, SafetensorsFile, type Weights } from "./read.js";
export { openWeights } from "./weights.js";
export { type TensorToWrite, writeSafetensors } from "./write.js";
