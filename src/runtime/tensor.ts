import type { StateBlock } from "./block.js";
import { isFreed, NativeBuffer } from "./buffer.js";
import { disposed, tensorMismatch, viewInvalid } from "./errors.js";

export type ElementType = "float32" | "int64" | "int32" | "uint8" | "bool" | "float16" | "uint16" | "int8";

/** A tensor in a block, in row-major order. Its first element is `byteOffset` bytes into the block. */
export interface TensorView {
  readonly buffer: StateBlock;
  readonly byteOffset: number;
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** A tensor in host memory. */
export interface NativeTensor extends TensorView {
  readonly buffer: NativeBuffer;
}

/** A copy of a tensor that an engine allocated. float16 elements are bits, bool elements 0 and 1. */
export interface OutputTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array | Uint16Array | Int8Array;
}

/** The model's declaration of an input or output. A string is the name of a free dimension, "" if it has none. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

/** Size in bytes and `ONNXTensorElementDataType` of each element type. */
export const elementTypes: Record<ElementType, { readonly bytes: number; readonly code: number }> = {
  float32: { bytes: 4, code: 1 },
  uint8: { bytes: 1, code: 2 },
  int8: { bytes: 1, code: 3 },
  uint16: { bytes: 2, code: 4 },
  int32: { bytes: 4, code: 6 },
  int64: { bytes: 8, code: 7 },
  bool: { bytes: 1, code: 9 },
  float16: { bytes: 2, code: 10 },
};

/** Returns the size in bytes of a tensor with these dims. */
export const byteLengthOf = (type: ElementType, dims: readonly number[]): number =>
  dims.reduce((product, dim) => product * dim, elementTypes[type].bytes);

/** Returns the element type for an `ONNXTensorElementDataType`, or `undefined` if the runtime does not support it. */
export function elementType(code: number): ElementType | undefined {
  return (Object.keys(elementTypes) as ElementType[]).find((type) => elementTypes[type].code === code);
}

/** The maximum number of dimensions of a tensor. */
export const maxRank = 16;

/** Throws RUNTIME_TENSOR_MISMATCH if a tensor is in a block of another engine. */
export function requireNative(
  session: string,
  name: string,
  tensor: TensorView,
): asserts tensor is NativeTensor {
  if (!(tensor.buffer instanceof NativeBuffer))
    throw tensorMismatch(session, name, "the buffer is not a NativeBuffer");
}

/**
 * Checks that a tensor fits the model's declaration and its buffer, and returns its length in bytes.
 * Throws RUNTIME_TENSOR_MISMATCH, RUNTIME_WINDOW_INVALID, RUNTIME_DISPOSED.
 */
export function checkedByteLength(session: string, declared: ValueInfo, tensor: NativeTensor): number {
  const { buffer, byteOffset, type, dims } = tensor;
  if (isFreed(buffer)) throw disposed(`The buffer of "${declared.name}"`);
  if (type !== declared.type) {
    throw tensorMismatch(
      session,
      declared.name,
      `the model needs ${declared.type}, but the tensor has ${type}`,
    );
  }
  checkDims(session, declared, dims);
  const elementBytes = elementTypes[type].bytes;
  const byteLength = byteLengthOf(type, dims);
  if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % elementBytes !== 0) {
    throw viewInvalid(
      `"${declared.name}" begins at byte ${byteOffset}, which is not a multiple of ${elementBytes}`,
    );
  }
  // Also rejects products that are too large to be exact, because no buffer is that long.
  if (!(byteOffset + byteLength <= buffer.byteLength)) {
    throw viewInvalid(
      `"${declared.name}" [${dims.join(", ")}] needs ${byteLength} bytes from byte ${byteOffset}, but its buffer has ${buffer.byteLength}`,
    );
  }
  return byteLength;
}

function checkDims(session: string, declared: ValueInfo, dims: readonly number[]): void {
  const given = `[${dims.join(", ")}]`;
  if (dims.length > maxRank)
    throw tensorMismatch(session, declared.name, `${given} has more than ${maxRank} dimensions`);
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0)
      throw tensorMismatch(session, declared.name, `${given} is not a valid shape`);
  }
  // ONNX Runtime reports a scalar and a value of unknown rank in the same way. It checks these itself when it runs.
  if (declared.dims.length === 0) return;
  const fits =
    dims.length === declared.dims.length &&
    declared.dims.every((wanted, axis) => typeof wanted === "string" || wanted === dims[axis]);
  if (!fits) {
    const wanted = `[${declared.dims.map((dim) => (dim === "" ? "?" : dim)).join(", ")}]`;
    throw tensorMismatch(
      session,
      declared.name,
      `the model needs the shape ${wanted}, but the tensor has ${given}`,
    );
  }
}
