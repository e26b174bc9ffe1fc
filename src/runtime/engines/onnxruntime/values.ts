import { elementType, elementTypes, type NativeTensor, type OutputTensor } from "../../tensor.js";
import { copyOfTensor, nativeDims } from "../host/values.js";
import { describeDims } from "./describe.js";
import { type Ort, outValue } from "./ort.js";

/** Calls `use` with an `OrtValue` for a tensor's memory, then releases it. ONNX Runtime must keep its own reference by then. */
export function withValue(
  ort: Ort,
  tensor: NativeTensor,
  byteLength: number,
  use: (value: bigint) => void,
): void {
  const { call, cpuMemory } = ort;
  const dims = nativeDims(tensor.dims);
  const data = tensor.buffer.address + BigInt(tensor.byteOffset);
  const { code } = elementTypes[tensor.type];
  const rank = tensor.dims.length;
  const value = outValue((cell) =>
    call.CreateTensorWithDataAsOrtValue(cpuMemory, data, byteLength, dims, rank, code, cell),
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
    return copyOfTensor(
      type,
      dims,
      outValue((cell) => call.GetTensorMutableData(value, cell)),
    );
  } finally {
    call.ReleaseTensorTypeAndShapeInfo(info);
  }
}
