import type { EmissionProfile } from "./profiles.js";

/**
 * Symbolic tensors: what a graph is made of before it becomes ONNX.
 *
 * A tensor is an output of a node, a node is an operation applied to tensors. Nothing is computed here: `gradient`
 * and `emit` walk these nodes.
 */
export type DataType = "float32" | "int64" | "bool" | "uint8" | "int8";

/** A fixed size, or the name of one that each run decides (`"tokens"`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

export interface TensorType {
  readonly type: DataType;
  readonly shape: Shape;
}

export interface Tensor extends TensorType {
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly output: number;
}

export interface Node {
  /** Grows with each node made: an input's number is below that of every node that uses it. */
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: a node pairs its operation with attributes of that operation's own type
  readonly op: Op<any>;
  readonly inputs: readonly Tensor[];
  readonly attributes: unknown;
  readonly outputs: readonly Tensor[];
}

/** What an operation's gradient rule sees. */
export interface Pullback<A> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  /** Gradient of the loss with respect to each output; `undefined` where the loss does not depend on it. */
  readonly cotangents: readonly (Tensor | undefined)[];
}

/** An ONNX node in the making. Names of inputs and outputs are the emitter's. */
export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: "com.microsoft";
}
/** `{ float }` because JavaScript does not tell 1.0 from 1. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number };

/** What an operation sees while it is written as ONNX. */
export interface Emission<A> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly types: { readonly inputs: readonly TensorType[]; readonly outputs: readonly TensorType[] };
  readonly attributes: A;
  /** What the engine has. */
  readonly profile: EmissionProfile;
  /** What `Cast` calls the type that the graph computes in. */
  readonly float: number;
  /** A name for a value between two nodes of this operation. */
  temporary(): string;
  /** The name of an initializer that holds these integers, `int64[n]`. */
  integers(values: readonly number[]): string;
  /** The name of an initializer that holds one integer, `int64[]`. */
  integer(value: number): string;
  /** The name of a scalar initializer, `float32[]`. */
  scalar(value: number): string;
}

/**
 * One operation: its shape rule, its gradient and its ONNX form side by side.
 *
 * `vjp` gives one gradient for each input: a tensor, or `null` where there is none by mathematics (indices,
 * comparisons). It may be of the broadcast shape: the walker sums it down to the input's shape. An operation
 * without `vjp` cannot be differentiated, and `gradient` says so.
 */
export interface Op<A> {
  readonly name: string;
  infer(inputs: readonly Tensor[], attributes: A): readonly TensorType[];
  vjp?(pullback: Pullback<A>): readonly (Tensor | null)[];
  emit(emission: Emission<A>): readonly OnnxNode[];
}

let nodes = 0;

/** Applies an operation; gives all of its outputs. */
export function applyAll<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): readonly Tensor[] {
  const types = op.infer(inputs, attributes);
  const outputs: Tensor[] = [];
  const node: Node = { id: nodes++, op, inputs, attributes, outputs };
  types.forEach((type, output) => {
    outputs.push({ ...type, node, output });
  });
  return outputs;
}

/** An operation's inputs, without those that are left out. */
export const present = (...inputs: readonly (Tensor | undefined)[]): readonly Tensor[] =>
  inputs.filter((input) => input !== undefined);

/** Applies an operation that has one output. */
export function apply<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  return applyAll(op, inputs, attributes)[0]!;
}

const forgotten = new WeakSet<Node>();

/**
 * Marks a value as cheap: the backward pass computes it again from what it was made of, so that it need not be kept from
 * the forward pass. Gives the value back.
 */
export function rematerialise(tensor: Tensor): Tensor {
  forgotten.add(tensor.node);
  return tensor;
}

/**
 * A value as the backward pass sees it: itself, or computed a second time where it was marked so.
 *
 * The emitter merges equal nodes, but never the second computation with the first.
 */
export function remembered(tensor: Tensor): Tensor {
  const { node } = tensor;
  if (!forgotten.has(node)) return tensor;
  const again = { ...(node.attributes as object), again: true };
  return applyAll(node.op, node.inputs.map(remembered), again)[tensor.output]!;
}
