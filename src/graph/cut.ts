import { ancestors } from "./gradient.js";
import { constantOp, input, inputOp, weightOp } from "./leaves.js";
import { mergedNodes } from "./merge.js";
import { reshapeOp } from "./ops/index.js";
import { applyAll, type Node, type Tensor } from "./tensor.js";

type Outputs = Readonly<Record<string, Tensor>>;

/** A graph that is split into two parts. */
export interface CutGraph {
  /** The outputs of the first part: the requested ones, and the values that the second part needs, as `kept.NUMBER`. */
  readonly first: Outputs;
  /** The outputs of the second part, where the `kept.NUMBER` values are inputs with the same names. */
  readonly second: Outputs;
  /** The `kept.NUMBER` values. */
  readonly kept: Outputs;
}

/**
 * Splits a graph: the first part computes some outputs, the second part others. Between the two runs, the caller may compute
 * inputs of the second part from outputs of the first. Both parts compute a value only if it is a reshape of a kept value, or
 * marked by `rematerialise`.
 */
export function cut(first: Outputs, second: Outputs): CutGraph {
  const all = mergedNodes([...Object.values(first), ...Object.values(second)]);
  const inFirst = new Set(ancestors(Object.values(first)).flatMap((node) => node.outputs.map(all.canonical)));
  const kept = new Map<Tensor, { readonly name: string; readonly input: Tensor }>();
  const moved = new Map<Tensor, Tensor>();

  /** Returns a value as it is in the second part. */
  function ofSecond(tensor: Tensor): Tensor {
    const value = all.canonical(tensor);
    if (isLeaf(value)) return value;
    const own = moved.get(value);
    if (own !== undefined) return own;
    // Reshapes it again, because keeping it too would store the same elements twice.
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
