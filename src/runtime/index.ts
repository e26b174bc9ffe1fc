export { Binding } from "./binding.js";
export { NativeBuffer } from "./buffer.js";
export type { SessionOptions } from "./options.js";
export { ortVersion } from "./ort.js";
export { hasByteProducts } from "./processor.js";
export { Session } from "./session.js";
export { byteLengthOf, type ElementType, type TensorView, type ValueInfo } from "./tensor.js";
export type { OutputTensor } from "./values.js";
