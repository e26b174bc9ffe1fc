import { ancestors } from "./gradient.js";
import type { Node, Tensor } from "./tensor.js";

export interface MergedNodes {
  readonly list: readonly Node[];
  /** The tensor that stands for this one and all that are equal to it. */
  canonical(tensor: Tensor): Tensor;
}

/** The nodes that outputs need, equal ones (same operation, inputs and attributes) merged into the first. */
export function mergedNodes(outputs: readonly Tensor[]): MergedNodes {
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
