import { valueUnsupported } from "../../errors.js";
import { allocateCells, type Cells, textAt } from "../../foreign.js";
import { elementType, type ValueInfo } from "../../tensor.js";
import { type Ort, outValue } from "./ort.js";

/** Returns the inputs or outputs of a session, in the model's order. Throws RUNTIME_VALUE_UNSUPPORTED. */
export function describeValues(
  ort: Ort,
  session: bigint,
  name: string,
  kind: "input" | "output",
): ValueInfo[] {
  const { call } = ort;
  const inputs = kind === "input";
  const count = outValue((cell) =>
    inputs ? call.SessionGetInputCount(session, cell) : call.SessionGetOutputCount(session, cell),
  );
  return Array.from({ length: Number(count) }, (_, index) => {
    const text = outValue((cell) =>
      inputs
        ? call.SessionGetInputName(session, index, ort.allocator, cell)
        : call.SessionGetOutputName(session, index, ort.allocator, cell),
    );
    const valueName = textAt(text);
    call.AllocatorFree(ort.allocator, text);
    const typeInfo = outValue((cell) =>
      inputs
        ? call.SessionGetInputTypeInfo(session, index, cell)
        : call.SessionGetOutputTypeInfo(session, index, cell),
    );
    try {
      // NULL for sequences, maps and optionals. It is part of the type info, so it is not released.
      const tensorInfo = outValue((cell) => call.CastTypeInfoToTensorInfo(typeInfo, cell));
      if (tensorInfo === 0n) throw valueUnsupported(name, valueName, "is not a tensor");
      const code = Number(
        BigInt.asUintN(
          32,
          outValue((cell) => call.GetTensorElementType(tensorInfo, cell)),
        ),
      );
      const type = elementType(code);
      if (type === undefined)
        throw valueUnsupported(name, valueName, `has the unsupported ONNX element type ${code}`);
      return { name: valueName, type, dims: describeDims(ort, tensorInfo) };
    } finally {
      call.ReleaseTypeInfo(typeInfo);
    }
  });
}

/** Returns the dimensions in a tensor's type: numbers, or names for free dimensions. */
export function describeDims({ call }: Ort, tensorInfo: bigint): (number | string)[] {
  const rank = Number(outValue((cell) => call.GetDimensionsCount(tensorInfo, cell)));
  if (rank === 0) return [];
  if (room === undefined || room.values.length < 2 * rank) room = allocateCells(2 * rank);
  call.GetDimensions(tensorInfo, room.address, rank);
  call.GetSymbolicDimensions(tensorInfo, room.address + BigInt(rank * 8), rank);
  const sizes = [...room.values.subarray(0, rank)].map((size) => BigInt.asIntN(64, size));
  const names = room.values.subarray(rank, 2 * rank);
  return sizes.map((size, axis) => (size >= 0n ? Number(size) : textAt(names[axis]!)));
}

/** The cells to which ONNX Runtime writes dimensions and the addresses of their names. */
let room: Cells | undefined;
