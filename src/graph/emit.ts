import { create, toBinary } from "@bufbuild/protobuf";
import { nameTaken } from "./errors.js";
import { constantOp, inputOp, weightOp } from "./leaves.js";
import { type MergedNodes, mergedNodes, spelled } from "./merge.js";
import {
  attribute,
  externalTensor,
  type FloatType,
  floatCode,
  tensorProto,
  valueInfo,
  type WeightPlace,
} from "./onnx/messages.js";
import { ModelProtoSchema } from "./onnx/onnx_pb.js";
import type { EmissionProfile } from "./profiles.js";
import type { DataType, Node, OnnxNode, Tensor } from "./tensor.js";

/** The version of the ONNX operator set that graphs use. */
const OPSET = 17n;
/** The version of the ONNX file format that belongs to it. */
const IR_VERSION = 8n;

export interface EmitOptions {
  /** The form that the engine needs. */
  readonly profile: EmissionProfile;
  /**
   * The type that float32 values of the graph are computed in. With float16, weights are float16 too, outputs stay float32,
   * and inputs must be integers. Defaults to float32.
   */
  readonly float?: FloatType;
  /** Returns where the values of a `weight` are. By default they are passed to the session in memory. */
  readonly place?: (name: string) => WeightPlace;
}

const inMemory = (): WeightPlace => ({ location: "memory", offset: 0, length: 0 });

/**
 * Returns the bytes of an ONNX model that computes the given outputs.
 *
 * Nodes that no output needs are omitted, and equal nodes are written once. The inputs of the model are the `input` leaves that
 * an operation reads, in the order in which they were created. Inputs that only a gradient would read are omitted.
 *
 * ONNX Runtime runs a graph depth first, from the nodes whose results no other node uses, the last one first. These nodes are
 * therefore written last and in reverse order. They then run in the order in which they were created, and values do not stay in
 * memory longer than necessary.
 */
export function emit(
  outputs: Readonly<Record<string, Tensor>>,
  { profile, float = "float32", place = inMemory }: EmitOptions,
): Uint8Array {
  const nodes = mergedNodes(Object.values(outputs));
  const names = new Names(nodes, outputs, float);
  const written = nodes.list.map((node) => ({
    node,
    onnx: onnxNodes(node, names, { profile, float, place }),
  }));
  const followed = new Set(nodes.list.flatMap((node) => node.inputs.map((x) => nodes.canonical(x).node)));
  const inner = written.filter(({ node }) => followed.has(node)).flatMap(({ onnx }) => onnx);
  const last = written.filter(({ node }) => !followed.has(node)).toReversed();
  const ordered = [...inner, ...last.flatMap(({ onnx }) => onnx), ...names.copies];

  const read = new Set(ordered.flatMap(({ inputs }) => inputs));
  const inputs = nodes.list
    .filter(({ op, outputs: [x] }) => op === inputOp && read.has(names.of(x!)))
    .map(({ outputs: [x] }) => x!);
  const own = ordered.some(({ domain }) => domain !== undefined);
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "nerium",
    opsetImport: [{ domain: "", version: OPSET }, ...(own ? [{ domain: "com.microsoft", version: 1n }] : [])],
    graph: {
      name: "nerium",
      node: ordered.map(nodeProto),
      initializer: names.initializers,
      input: inputs.map((x) => valueInfo(names.of(x), x)),
      output: Object.entries(outputs).map(([name, x]) => valueInfo(name, x)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

/** Assigns names to the values of a graph and collects the initializers that operations need. */
class Names {
  readonly initializers: ReturnType<typeof tensorProto>[] = [];
  /** Nodes for outputs that are also an input, weight, constant or other output, or that need a conversion to float32. */
  readonly copies: OnnxNode[] = [];
  private readonly names = new Map<Tensor, string>();
  private readonly constants = new Set<string>();
  private temporaries = 0;

  constructor(
    private readonly nodes: MergedNodes,
    outputs: Readonly<Record<string, Tensor>>,
    private readonly float: FloatType,
  ) {
    const taken = new Set(Object.keys(outputs));
    for (const { op, attributes, outputs: values } of nodes.list) {
      if (op !== inputOp && op !== weightOp) continue;
      const { name } = attributes as { name: string };
      if (taken.has(name)) throw nameTaken(name);
      taken.add(name);
      this.names.set(values[0]!, name);
    }
    for (const [name, tensor] of Object.entries(outputs)) {
      const value = nodes.canonical(tensor);
      const converted = this.float !== "float32" && value.type === "float32";
      if (converted || this.names.has(value) || value.node.op === constantOp)
        this.copies.push({
          ...(converted
            ? { opType: "Cast", attributes: { to: floatCode("float32") } }
            : { opType: "Identity" }),
          inputs: [this.of(value)],
          outputs: [name],
        });
      else this.names.set(value, name);
    }
  }

  of(tensor: Tensor): string {
    const value = this.nodes.canonical(tensor);
    const name = this.names.get(value) ?? `${value.node.op.name}.${this.temporaries++}`;
    this.names.set(value, name);
    return name;
  }

  temporary(): string {
    return `t.${this.temporaries++}`;
  }

  initializer(type: "float32" | "int64", shape: readonly number[], values: readonly number[]): string {
    const name = `${type}[${shape}](${values.map(spelled).join()})`;
    if (!this.constants.has(name))
      this.initializers.push(tensorProto(name, this.stored(type), shape, values));
    this.constants.add(name);
    return name;
  }

  /** Returns the type that a value of the graph has in the file. */
  stored<T extends DataType>(type: T): T | FloatType {
    return type === "float32" ? this.float : type;
  }
}

function onnxNodes(
  node: Node,
  names: Names,
  { profile, float, place }: Required<EmitOptions>,
): readonly OnnxNode[] {
  const { op, inputs, outputs, attributes } = node;
  if (op === constantOp) {
    const { type, shape, values } = attributes as { type: DataType; shape: number[]; values: number[] };
    names.initializers.push(tensorProto(names.of(outputs[0]!), names.stored(type), shape, values));
    return [];
  }
  if (op === weightOp) {
    const { name, type, shape } = attributes as { name: string; type: DataType; shape: number[] };
    names.initializers.push(externalTensor(name, names.stored(type), shape, place(name)));
    return [];
  }
  return op.emit({
    inputs: inputs.map((x) => names.of(x)),
    outputs: outputs.map((x) => names.of(x)),
    types: { inputs, outputs },
    attributes,
    profile,
    float: floatCode(float),
    temporary: () => names.temporary(),
    integers: (values) => names.initializer("int64", [values.length], values),
    integer: (value) => names.initializer("int64", [], [value]),
    scalar: (value) => names.initializer("float32", [], [value]),
  });
}

const nodeProto = ({ opType, inputs, outputs, attributes = {}, domain }: OnnxNode) => ({
  opType,
  domain: domain ?? "",
  name: outputs[0]!,
  input: [...inputs],
  output: [...outputs],
  attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
});
