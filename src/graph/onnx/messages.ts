/** Makes the ONNX messages of a graph. protoc-gen-es generates `onnx_pb.ts` from onnx.proto. */
import { create } from "@bufbuild/protobuf";
import type { DataType, OnnxAttribute, TensorType } from "../tensor.js";
import { float16Bits } from "./float16.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as OnnxType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";

/** The type that the floats of a graph are computed in. */
export type FloatType = "float32" | "float16";

/** Where the values of a tensor are outside the model: `length` bytes from `offset` in a file next to it. */
export interface WeightPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

const onnxTypes: Readonly<Record<DataType | "float16" | "bfloat16", OnnxType>> = {
  float32: OnnxType.FLOAT,
  bfloat16: OnnxType.BFLOAT16,
  float16: OnnxType.FLOAT16,
  int64: OnnxType.INT64,
  bool: OnnxType.BOOL,
  uint8: OnnxType.UINT8,
  int8: OnnxType.INT8,
};

/** Returns ONNX's number for a float type, as `Cast` uses it. */
export const floatCode = (type: FloatType | "bfloat16"): number => onnxTypes[type];

export function attribute(name: string, value: OnnxAttribute) {
  if (typeof value === "number")
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if ("float" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ("floats" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

export function tensorProto(
  name: string,
  type: DataType | FloatType,
  shape: readonly number[],
  values: readonly number[],
) {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxTypes[type],
    dims: shape.map(BigInt),
    ...(type === "int64"
      ? { int64Data: values.map(BigInt) }
      : type === "float16"
        ? { int32Data: Array.from(float16Bits(Float32Array.from(values))) }
        : { floatData: [...values] }),
  });
}

export function externalTensor(
  name: string,
  type: DataType | FloatType,
  shape: readonly number[],
  place: WeightPlace,
) {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxTypes[type],
    dims: shape.map(BigInt),
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries(place).map(([key, value]) => ({ key, value: String(value) })),
  });
}

export function valueInfo(name: string, { type, shape }: TensorType) {
  const dim = shape.map((size) =>
    typeof size === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(size) } }
      : { value: { case: "dimParam" as const, value: size } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: onnxTypes[type], shape: { dim } } } },
  });
}
