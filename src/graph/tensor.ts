import type { EmissionProfile } from "./profiles.js";

/**
 * Symbolic tensors: the form of a graph before it becomes ONNX.
 *
 * A tensor is an output of a node, and a node is an operation applied to tensors. Nothing is computed here: `gradient`
 * and `emit` work on these nodes.
 */
export type DataType = "float32" | "int64" | "bool" | "uint8" | "int8";

/** A fixed size, or the name of a size that can differ between runs, such as `"tokens"`. */
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
  /** Increases with each new node, so an input's id is smaller than the ids of all nodes that use it. */
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: a node pairs its operation with attributes of that operation's own type
  readonly op: Op<any>;
  readonly inputs: readonly Tensor[];
  readonly attributes: unknown;
  readonly outputs: readonly Tensor[];
}

/** The arguments of an operation's gradient rule. */
export interface Pullback<A> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  /** Gradient of the loss with respect to each output, `undefined` if the loss does not depend on it. */
  readonly cotangents: readonly (Tensor | undefined)[];
}

/** A description of an ONNX node. The emitter assigns the names of inputs and outputs. */
export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: "com.microsoft";
}
/** `{ float }` and `{ floats }` mark floats, because JavaScript cannot distinguish 1.0 from 1. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** The arguments with which an operation is written as ONNX. */
export interface Emission<A> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly types: { readonly inputs: readonly TensorType[]; readonly outputs: readonly TensorType[] };
  readonly attributes: A;
  /** The form that the engine needs. */
  readonly profile: EmissionProfile;
  /** The type that the graph computes in, as `to` of ONNX's `Cast`. */
  readonly float: number;
  /** Returns a name for an intermediate value of this operation. */
  temporary(): string;
  /** Returns the name of an initializer that contains these integers, `int64[n]`. */
  integers(values: readonly number[]): string;
  /** Returns the name of an initializer that contains one integer, `int64[]`. */
  integer(value: number): string;
  /** Returns the name of a scalar initializer, `float32[]`. */
  scalar(value: number): string;
}

/**
 * One operation: its shape rule, its gradient and its ONNX form side by side.
 *
 * `vjp` returns one gradient for each input: a tensor, or `null` if the input has no gradient mathematically (indices,
 * comparisons). The gradient may have the broadcast shape: `gradient` sums it to the input's shape. An operation
 * without `vjp` cannot be differentiated, and `gradient` throws.
 */
export interface Op<A> {
  readonly name: string;
  infer(inputs: readonly Tensor[], attributes: A): readonly TensorType[];
  vjp?(pullback: Pullback<A>): readonly (Tensor | null)[];
  emit(emission: Emission<A>): readonly OnnxNode[];
}

let nodes = 0;

/** Applies an operation and returns all of its outputs. */
export function applyAll<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): readonly Tensor[] {
  const types = op.infer(inputs, attributes);
  const outputs: Tensor[] = [];
  const node: Node = { id: nodes++, op, inputs, attributes, outputs };
  types.forEach((type, output) => {
    outputs.push({ ...type, node, output });
  });
  return outputs;
}

/** Returns the inputs of an operation without those that are `undefined`. */
export const present = (...inputs: readonly (Tensor | undefined)[]): readonly Tensor[] =>
  inputs.filter((input) => input !== undefined);

/** Applies an operation that has one output. */
export function apply<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  return applyAll(op, inputs, attributes)[0]!;
}

const forgotten = new WeakSet<Node>();

/**
 * Marks a value as cheap and returns it. The backward pass computes it again from its inputs, so it does not need to stay in
 * memory after the forward pass.
 */
export function rematerialise(tensor: Tensor): Tensor {
  forgotten.add(tensor.node);
  return tensor;
}

/**
 * Returns a value as the backward pass sees it: the value itself, or a second computation of it if `rematerialise` marked it.
 *
 * The emitter merges equal nodes, but never the second computation with the first.
 */
export function remembered(tensor: Tensor): Tensor {
  const { node } = tensor;
  if (!forgotten.has(node)) return tensor;
  const again = { ...(node.attributes as object), again: true };
  return applyAll(node.op, node.inputs.map(remembered), again)[tensor.output]!;
}
