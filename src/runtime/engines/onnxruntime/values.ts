import { allocateCells, memoryAt } from "../../foreign.js";
import {
  byteLengthOf,
  elementType,
  elementTypes,
  maxRank,
  type NativeTensor,
  type OutputTensor,
} from "../../tensor.js";
import { describeDims } from "./describe.js";
import { type Ort, outValue } from "./ort.js";

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

/** The dims of the tensor that is being created. ONNX Runtime copies them. */
let shape: { address: bigint; dims: BigInt64Array } | undefined;

/** Calls `use` with an `OrtValue` for a tensor's memory, then releases it. ONNX Runtime must keep its own reference by then. */
export function withValue(
  ort: Ort,
  tensor: NativeTensor,
  byteLength: number,
  use: (value: bigint) => void,
): void {
  const { call, cpuMemory } = ort;
  if (shape === undefined) {
    const { address, values } = allocateCells(maxRank);
    shape = { address, dims: new BigInt64Array(values.buffer) };
  }
  const { address, dims } = shape;
  for (let axis = 0; axis < tensor.dims.length; axis++) dims[axis] = BigInt(tensor.dims[axis]!);
  const data = tensor.buffer.address + BigInt(tensor.byteOffset);
  const { code } = elementTypes[tensor.type];
  const rank = tensor.dims.length;
  const value = outValue((cell) =>
    call.CreateTensorWithDataAsOrtValue(cpuMemory, data, byteLength, address, rank, code, cell),
  );
  try {
    use(value);
  } finally {
    call.ReleaseValue(value);
  }
}

/** Returns a copy of the tensor in an `OrtValue`. */
export function copyOfValue(ort: Ort, value: bigint): OutputTensor {
  const { call } = ort;
  const info = outValue((cell) => call.GetTensorTypeAndShape(value, cell));
  try {
    const code = Number(
      BigInt.asUintN(
        32,
        outValue((cell) => call.GetTensorElementType(info, cell)),
      ),
    );
    // `Session.create` rejects models whose outputs have another type.
    const type = elementType(code)!;
    const dims = describeDims(ort, info).map(Number);
    const byteLength = byteLengthOf(type, dims);
    const data = outValue((cell) => call.GetTensorMutableData(value, cell));
    const bytes = byteLength === 0 ? new ArrayBuffer(0) : memoryAt(data, byteLength).slice(0);
    return { type, dims, data: new arrays[type](bytes) };
  } finally {
    call.ReleaseTensorTypeAndShapeInfo(info);
  }
}
