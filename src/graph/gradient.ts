import { gradientRuleWrong, notDifferentiable, shapeMismatch } from "./errors.js";
import { scalar } from "./leaves.js";
import { add, reshape, sum, zerosLike } from "./ops/index.js";
import { sameShape } from "./shape.js";
import { type Node, remembered, type Shape, type Tensor } from "./tensor.js";

/** Returns the nodes that tensors are computed from, including their own, in the order in which they were created. */
export function ancestors(tensors: Iterable<Tensor>): readonly Node[] {
  const seen = new Set<Node>();
  const open = [...tensors].map(({ node }) => node);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...node.inputs.map((input) => input.node));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/**
 * Returns the gradient of a scalar with respect to each given tensor, by reverse-mode differentiation.
 *
 * It visits the nodes in reverse order, sums the gradients that arrive at a tensor, and applies the node's own rule. It also
 * drops gradients that are not needed and sums a broadcast gradient to the shape of its input, so that rules need not.
 *
 * @param cotangent the derivative of the scalar with respect to `loss`, if `loss` itself is not a scalar
 * @throws NeriumError GRAPH_NOT_DIFFERENTIABLE, GRAPH_GRADIENT_RULE_WRONG, and GRAPH_SHAPE_MISMATCH if `loss` and `cotangent`
 *   differ in shape
 */
export function gradient(
  loss: Tensor,
  parameters: readonly Tensor[],
  cotangent: Tensor = scalar(1),
): readonly Tensor[] {
  if (!sameShape(loss.shape, cotangent.shape))
    throw shapeMismatch(
      "gradient",
      [loss.shape, cotangent.shape],
      "loss and cotangent have different shapes",
    );
  const nodes = ancestors([loss]);
  const needed = new Set<Node>(parameters.map(({ node }) => node));
  for (const node of nodes) if (node.inputs.some((input) => needed.has(input.node))) needed.add(node);

  const arrived = new Map<Tensor, Tensor>([[loss, cotangent]]);
  const wanted = new Set(parameters);
  for (const node of nodes.toReversed()) {
    const cotangents = node.outputs.map((output) => arrived.get(output));
    if (node.inputs.length === 0 || !needed.has(node) || cotangents.every((dy) => dy === undefined)) continue;
    const { op, inputs, outputs, attributes } = node;
    if (op.vjp === undefined)
      throw notDifferentiable(
        op.name,
        inputs.map(({ shape }) => shape),
      );
    const seen = { inputs: inputs.map(remembered), outputs: outputs.map(remembered) };
    const gradients = op.vjp({ ...seen, attributes, cotangents });
    if (gradients.length > inputs.length)
      throw gradientRuleWrong(op.name, `${gradients.length} gradients for ${inputs.length} inputs`);
    inputs.forEach((input, index) => {
      const dx = gradients[index];
      if (dx === undefined)
        throw gradientRuleWrong(
          op.name,
          `no gradient for input ${index}, of shape [${input.shape.join(", ")}]`,
        );
      if (dx === null || !needed.has(input.node)) return;
      const reduced = unbroadcast(dx, input.shape);
      const before = arrived.get(input);
      arrived.set(input, before === undefined ? reduced : add(before, reduced));
    });
    for (const output of node.outputs) if (!wanted.has(output)) arrived.delete(output);
  }
  return parameters.map((parameter) => arrived.get(parameter) ?? zerosLike(parameter));
}

/** Sums a gradient of broadcast shape down to the shape that was broadcast. */
function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  );
  return reshape(sum(gradient, axes, true), shape);
}
