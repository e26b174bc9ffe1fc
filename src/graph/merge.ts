import { ancestors } from "./gradient.js";
import type { Node, Tensor } from "./tensor.js";

export interface MergedNodes {
  readonly list: readonly Node[];
  /** Returns the tensor that replaces this one and all that are equal to it. */
  canonical(tensor: Tensor): Tensor;
}

/** Returns the nodes that outputs need. Equal nodes (same operation, inputs and attributes) are merged into the first. */
export function mergedNodes(outputs: readonly Tensor[]): MergedNodes {
  const first = new Map<string, Node>();
  const standIn = new Map<Node, Node>();
  const canonical = ({ node, output }: Tensor): Tensor => standIn.get(node)!.outputs[output]!;
  const list = ancestors(outputs).filter((node) => {
    const inputs = node.inputs.map(canonical).map((x) => `${x.node.id}.${x.output}`);
    const key = `${node.op.name}(${inputs.join()})${JSON.stringify(node.attributes, exact)}`;
    const earlier = first.get(key);
    standIn.set(node, earlier ?? node);
    if (earlier === undefined) first.set(key, node);
    return earlier === undefined;
  });
  return { list, canonical };
}

/** Returns a number as text. −0 differs from 0. */
export const spelled = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));

/** A replacer for JSON.stringify, which writes null for NaN and both infinities, and 0 for −0. */
const exact = (_: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? { number: spelled(value) }
    : value;
