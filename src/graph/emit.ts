import { create, toBinary } from "@bufbuild/protobuf";
import { nameTaken } from "./errors.js";
import { ancestors } from "./gradient.js";
import { constantOp, inputOp } from "./leaves.js";
import { attribute, tensorProto, valueInfo } from "./onnx/messages.js";
import { ModelProtoSchema } from "./onnx/onnx_pb.js";
import type { Node, OnnxNode, Tensor } from "./tensor.js";

/** The ONNX operator set that the operations are written for. */
const OPSET = 17n;
/** The ONNX file format that belongs to it. */
const IR_VERSION = 8n;

/**
 * A graph as the bytes of an ONNX model that computes the given outputs.
 *
 * Nodes that no output needs are not written, and equal nodes are written once. Inputs of the model are the `input`
 * leaves that are used, in the order in which they were made.
 *
 * ONNX Runtime runs a graph depth first from the nodes that nothing follows, the last one first. These are therefore
 * written last and in reverse: what was made first runs first, so a value lives no longer than it must.
 */
export function emit(outputs: Readonly<Record<string, Tensor>>): Uint8Array {
  const nodes = mergedNodes(Object.values(outputs));
  const names = new Names(nodes, outputs);
  const written = nodes.list.map((node) => ({ node, onnx: onnxNodes(node, names) }));
  const followed = new Set(nodes.list.flatMap((node) => node.inputs.map((x) => nodes.canonical(x).node)));
  const inner = written.filter(({ node }) => followed.has(node)).flatMap(({ onnx }) => onnx);
  const last = written.filter(({ node }) => !followed.has(node)).toReversed();
  const copies = names.copies.map(([from, to]) => ({ opType: "Identity", inputs: [from], outputs: [to] }));

  const inputs = nodes.list.filter(({ op }) => op === inputOp).map(({ outputs: [x] }) => x!);
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "nerium",
    opsetImport: [
      { domain: "", version: OPSET },
      { domain: "com.microsoft", version: 1n },
    ],
    graph: {
      name: "nerium",
      node: [...inner, ...last.flatMap(({ onnx }) => onnx), ...copies].map(nodeProto),
      initializer: names.initializers,
      input: inputs.map((x) => valueInfo(names.of(x), x)),
      output: Object.entries(outputs).map(([name, x]) => valueInfo(name, x)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

interface MergedNodes {
  readonly list: readonly Node[];
  /** The tensor that stands for this one and all that are equal to it. */
  canonical(tensor: Tensor): Tensor;
}

/** The nodes that outputs need, equal ones (same operation, inputs and attributes) merged into the first. */
function mergedNodes(outputs: readonly Tensor[]): MergedNodes {
  const first = new Map<string, Node>();
  const standIn = new Map<Node, Node>();
  const canonical = ({ node, output }: Tensor): Tensor => standIn.get(node)!.outputs[output]!;
  const list = ancestors(outputs).filter((node) => {
    const inputs = node.inputs.map(canonical).map((x) => `${x.node.id}.${x.output}`);
    const key = `${node.op.name}(${inputs.join()})${JSON.stringify(node.attributes)}`;
    const earlier = first.get(key);
    standIn.set(node, earlier ?? node);
    if (earlier === undefined) first.set(key, node);
    return earlier === undefined;
  });
  return { list, canonical };
}

/** Gives every value of a graph its name, and keeps the initializers that operations ask for. */
class Names {
  readonly initializers: ReturnType<typeof tensorProto>[] = [];
  /** Outputs that are an input, a constant or another output as well: they are copied from it. */
  readonly copies: [from: string, to: string][] = [];
  private readonly names = new Map<Tensor, string>();
  private readonly constants = new Set<string>();
  private temporaries = 0;

  constructor(
    private readonly nodes: MergedNodes,
    outputs: Readonly<Record<string, Tensor>>,
  ) {
    const taken = new Set(Object.keys(outputs));
    for (const { op, attributes, outputs: values } of nodes.list) {
      if (op !== inputOp) continue;
      const { name } = attributes as { name: string };
      if (taken.has(name)) throw nameTaken(name);
      taken.add(name);
      this.names.set(values[0]!, name);
    }
    for (const [name, tensor] of Object.entries(outputs)) {
      const value = nodes.canonical(tensor);
      if (this.names.has(value) || value.node.op === constantOp) this.copies.push([this.of(value), name]);
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
    const name = `${type}[${shape}](${values.join()})`;
    if (!this.constants.has(name)) this.initializers.push(tensorProto(name, type, shape, values));
    this.constants.add(name);
    return name;
  }
}

function onnxNodes(node: Node, names: Names): readonly OnnxNode[] {
  const { op, inputs, outputs, attributes } = node;
  if (op === constantOp) {
    const { type, shape, values } = attributes as { type: "float32"; shape: number[]; values: number[] };
    names.initializers.push(tensorProto(names.of(outputs[0]!), type, shape, values));
    return [];
  }
  return op.emit({
    inputs: inputs.map((x) => names.of(x)),
    outputs: outputs.map((x) => names.of(x)),
    types: { inputs, outputs },
    attributes,
    temporary: () => names.temporary(),
    integers: (values) => names.initializer("int64", [values.length], values),
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
