export { type OpenFile, openFile, readElements, readFully, requireReadable } from "./elements.js";
export { quoted, tensorMissing } from "./errors.js";
export {
  BITS,
  elementCount,
  type Header,
  MOST_DIMENSIONS,
  type StoredType,
  type TensorInfo,
} from "./header.js";
export { openSafetensors, SafetensorsFile, type TensorReadOptions, type Weights } from "./read.js";
export { openShards, type ShardFormat } from "./shards.js";
export { type TensorToWrite, writeSafetensors } from "./write.js";
