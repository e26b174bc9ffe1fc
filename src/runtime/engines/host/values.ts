import { allocateCells, memoryAt } from "../../foreign.js";
import { byteLengthOf, type ElementType, maxRank, type OutputTensor } from "../../tensor.js";

const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  float16: Uint16Array,
  uint16: Uint16Array,
  int8: Int8Array,
} as const;

/** Returns a copy of a tensor at an address. */
export function copyOfTensor(type: ElementType, dims: readonly number[], address: bigint): OutputTensor {
  const byteLength = byteLengthOf(type, dims);
  const bytes = byteLength === 0 ? new ArrayBuffer(0) : memoryAt(address, byteLength).slice(0);
  return { type, dims, data: new arrays[type](bytes) };
}

/** The dims of the tensor that is being created. Engines copy them. */
let shape: { readonly address: bigint; readonly dims: BigInt64Array } | undefined;

/** Returns the address of dims, as int64. They stay there until the next call. */
export function nativeDims(dims: readonly number[]): bigint {
  if (shape === undefined) {
    const { address, values } = allocateCells(maxRank);
    shape = { address, dims: new BigInt64Array(values.buffer) };
  }
  for (let axis = 0; axis < dims.length; axis++) shape.dims[axis] = BigInt(dims[axis]!);
  return shape.address;
}
