import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  TensorProto_DataLocation as DataLocation,
  GraphProtoSchema,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "./onnx_pb.js";

/** Field numbers in onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;

/** Returns the names of the weights whose values are outside a model, in the order of the model. */
export function externalWeights(model: Uint8Array): readonly string[] {
  return fromBinary(ModelProtoSchema, model)
    .graph!.initializer.filter(isExternal)
    .map(({ name }) => name);
}

/**
 * Streams a model that contains the values of its weights. A weight is in memory only while it is written.
 *
 * @param model a model from `emit`, with the values of its weights outside
 * @param length returns the size of a weight in bytes
 * @param values the bytes of each weight, in the order of {@link externalWeights}
 */
export async function* fileWithWeights(
  model: Uint8Array,
  length: (name: string) => number,
  values: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const whole = fromBinary(ModelProtoSchema, model);
  const { graph } = whole;
  const outside = graph!.initializer.filter(isExternal);
  const inside = graph!.initializer.filter((tensor) => !isExternal(tensor));
  const rest = toBinary(GraphProtoSchema, { ...graph!, initializer: inside });
  const heads = outside.map((tensor) => tensorHead(tensor, length(tensor.name)));
  const total = outside.reduce(
    (bytes, { name }, index) => bytes + heads[index]!.length + length(name),
    rest.length,
  );
  const { graph: _, ...others } = whole;
  yield toBinary(ModelProtoSchema, create(ModelProtoSchema, others));
  yield lengthPrefix(MODEL_GRAPH, total);
  yield rest;
  let index = 0;
  for await (const bytes of values) {
    yield heads[index++]!;
    yield bytes;
  }
}

const isExternal = ({ dataLocation }: TensorProto): boolean => dataLocation === DataLocation.EXTERNAL;

/** Returns the bytes of an initializer up to its values. */
function tensorHead({ name, dims, dataType }: TensorProto, length: number): Uint8Array {
  const fields = toBinary(TensorProtoSchema, create(TensorProtoSchema, { name, dims, dataType }));
  const data = lengthPrefix(TENSOR_RAW_DATA, length);
  return joined([lengthPrefix(GRAPH_INITIALIZER, fields.length + data.length + length), fields, data]);
}

/** Returns the tag and the length of a length-delimited field (https://protobuf.dev/programming-guides/encoding). */
const lengthPrefix = (field: number, length: number): Uint8Array =>
  Uint8Array.from([(field << 3) | 2, ...varint(length)]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
