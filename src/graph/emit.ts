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

/** The ONNX operator set that the operations are written for. */
const OPSET = 17n;
/** The ONNX file format that belongs to it. */
const IR_VERSION = 8n;

export interface EmitOptions {
  /** What the engine that is to run it has. */
  readonly profile: EmissionProfile;
  /**
   * The type to compute in where the graph says float32. With float16, weights are float16 too; outputs stay float32,
   * and inputs must be whole numbers. Default float32.
   */
  readonly float?: FloatType;
  /** Where the values of a `weight` stand. Default: they are given to the session in memory. */
  readonly place?: (name: string) => WeightPlace;
}

const inMemory = (): WeightPlace => ({ location: "memory", offset: 0, length: 0 });

/**
 * A graph as the bytes of an ONNX model that computes the given outputs.
 *
 * Nodes that no output needs are not written, and equal nodes are written once. Inputs of the model are the `input`
 * leaves that an operation reads, in the order in which they were made: what only a gradient would read is left out.
 *
 * ONNX Runtime runs a graph depth first from the nodes that nothing follows, the last one first. These are therefore
 * written last and in reverse: what was made first runs first, so a value lives no longer than it must.
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

/** Gives every value of a graph its name, and keeps the initializers that operations ask for. */
class Names {
  readonly initializers: ReturnType<typeof tensorProto>[] = [];
  /** Outputs that are an input, a constant or another output as well, or of another type: they are copied from it. */
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

  /** The type that a value of the graph has in the file. */
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
