import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { isNeriumError } from "../../../errors.js";
import { modelInvalid, valueUnsupported } from "../../errors.js";
import { elementType, type ValueInfo } from "../../tensor.js";

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7 };
const GRAPH = { initializer: 5, input: 11, output: 12 };
const TENSOR = { name: 8 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { element: 1, shape: 2 };
const SHAPE = { dim: 1 };
const DIM = { value: 1, name: 2 };

/** Fields of a protocol buffer message by number: nested messages and texts as bytes, numbers as they are. */
type Fields = ReadonlyMap<number, readonly (Uint8Array | number)[]>;

/** The inputs and outputs that an ONNX model declares, in its order. */
export interface OnnxValues {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Reads the inputs and outputs of an ONNX model. OpenVINO keeps their order, but joins the names of values that are equal, so
 * its own list cannot tell them apart.
 */
export function onnxValues(model: Uint8Array, session: string): OnnxValues {
  try {
    const fields = fieldsOf(message(fieldsOf(model), MODEL.graph));
    const weights = new Set(
      messages(fields, GRAPH.initializer).map((each) => text(fieldsOf(each), TENSOR.name)),
    );
    const values = (kind: number) => messages(fields, kind).map((each) => valueInfo(each, session));
    return {
      inputs: values(GRAPH.input).filter(({ name }) => !weights.has(name)),
      outputs: values(GRAPH.output),
    };
  } catch (cause) {
    if (isNeriumError(cause)) throw cause;
    throw modelInvalid(session, "it is not an ONNX model", { engine: "OpenVINO" });
  }
}

function valueInfo(bytes: Uint8Array, session: string): ValueInfo {
  const fields = fieldsOf(bytes);
  const name = text(fields, VALUE.name);
  const type = fieldsOf(fields.has(VALUE.type) ? message(fields, VALUE.type) : new Uint8Array(0));
  if (!type.has(TYPE.tensor)) throw valueUnsupported(session, name, "is not a tensor");
  const tensor = fieldsOf(message(type, TYPE.tensor));
  const code = Number(tensor.get(TENSOR_TYPE.element)?.[0] ?? 0);
  const element = elementType(code);
  if (element === undefined)
    throw valueUnsupported(session, name, `has the unsupported ONNX element type ${code}`);
  if (!tensor.has(TENSOR_TYPE.shape)) throw valueUnsupported(session, name, "has no shape");
  const dims = messages(fieldsOf(message(tensor, TENSOR_TYPE.shape)), SHAPE.dim).map(dim);
  return { name, type: element, dims };
}

function dim(bytes: Uint8Array): number | string {
  const fields = fieldsOf(bytes);
  const size = fields.get(DIM.value)?.[0];
  if (size !== undefined) return Number(size);
  return fields.has(DIM.name) ? text(fields, DIM.name) : "";
}

function messages(fields: Fields, number: number): readonly Uint8Array[] {
  return (fields.get(number) ?? []).filter((value) => value instanceof Uint8Array);
}

function message(fields: Fields, number: number): Uint8Array {
  const [first] = messages(fields, number);
  if (first === undefined) throw new Error(`field ${number} is missing`);
  return first;
}

const text = (fields: Fields, number: number): string => new TextDecoder().decode(message(fields, number));

/** Reads the fields of a message. Nothing is copied. */
function fieldsOf(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, (Uint8Array | number)[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    let value: Uint8Array | number;
    if (type === WireType.LengthDelimited) value = reader.bytes();
    else if (type === WireType.Varint) value = Number(reader.int64());
    else {
      reader.skip(type, number);
      continue;
    }
    const before = fields.get(number);
    if (before === undefined) fields.set(number, [value]);
    else before.push(value);
  }
  return fields;
}
