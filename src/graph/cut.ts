import { ancestors } from "./gradient.js";
import { constantOp, input, inputOp, weightOp } from "./leaves.js";
import { mergedNodes } from "./merge.js";
import { reshapeOp } from "./ops/index.js";
import { applyAll, type Node, type Tensor } from "./tensor.js";

type Outputs = Readonly<Record<string, Tensor>>;

/** A graph in two parts. */
export interface CutGraph {
  /** The outputs of the first part: those that were asked for, and what the second part needs of it, as `kept.NUMBER`. */
  readonly first: Outputs;
  /** The outputs of the second part, in which these values are inputs of the same names. */
  readonly second: Outputs;
  /** These values. */
  readonly kept: Outputs;
}

/**
 * Cuts a graph: the first part computes some outputs, the second part others, and whoever runs them may make inputs of the
 * second from outputs of the first. Nothing is computed in both but what was asked for so (`recomputable`).
 */
export function cut(first: Outputs, second: Outputs): CutGraph {
  const all = mergedNodes([...Object.values(first), ...Object.values(second)]);
  const inFirst = new Set(ancestors(Object.values(first)).flatMap((node) => node.outputs.map(all.canonical)));
  const kept = new Map<Tensor, { readonly name: string; readonly input: Tensor }>();
  const moved = new Map<Tensor, Tensor>();

  /** A value as the second part has it. */
  function ofSecond(tensor: Tensor): Tensor {
    const value = all.canonical(tensor);
    if (isLeaf(value)) return value;
    const own = moved.get(value);
    if (own !== undefined) return own;
    // Kept for itself, a reshaped value would be a copy of the other.
    if (value.node.op === reshapeOp) return move(value.node)[0]!;
    const name = `kept.${kept.size}`;
    const entry = kept.get(value) ?? { name, input: input(name, value.type, value.shape) };
    kept.set(value, entry);
    return entry.input;
  }
  function move({ op, inputs, outputs, attributes }: Node): readonly Tensor[] {
    const values = applyAll(op, inputs.map(ofSecond), attributes);
    outputs.forEach((value, index) => {
      moved.set(value, values[index]!);
    });
    return values;
  }
  for (const node of all.list)
    if (!node.outputs.some((value) => isLeaf(value) || inFirst.has(value))) move(node);
  const later = Object.fromEntries(Object.entries(second).map(([name, value]) => [name, ofSecond(value)]));
  const values = Object.fromEntries(Array.from(kept, ([value, { name }]) => [name, value]));
  return { first: { ...first, ...values }, second: later, kept: values };
}

const isLeaf = ({ node: { op } }: Tensor): boolean => op === inputOp || op === constantOp || op === weightOp;
