/** The ONNX messages that a graph is written with. `onnx_pb.ts` is generated from onnx.proto by protoc-gen-es. */
import { create } from "@bufbuild/protobuf";
import type { DataType, OnnxAttribute, TensorType } from "../tensor.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as OnnxType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";

const onnxTypes: Readonly<Record<DataType, OnnxType>> = {
  float32: OnnxType.FLOAT,
  int64: OnnxType.INT64,
  bool: OnnxType.BOOL,
  uint8: OnnxType.UINT8,
};

export function attribute(name: string, value: OnnxAttribute) {
  if (typeof value === "number")
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if ("float" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

export function tensorProto(
  name: string,
  type: DataType,
  shape: readonly number[],
  values: readonly number[],
) {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxTypes[type],
    dims: shape.map(BigInt),
    ...(type === "int64" ? { int64Data: values.map(BigInt) } : { floatData: [...values] }),
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
