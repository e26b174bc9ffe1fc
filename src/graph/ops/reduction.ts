import { shapeMismatch } from "../errors.js";
import { positive } from "../shape.js";
import { apply, type Op, type Shape, type Tensor } from "../tensor.js";
import { multiply, scale } from "./arithmetic.js";
import { expandLike, reshape } from "./movement.js";

interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

const reduced = (shape: Shape, { axes, keepDims }: Reduction): Shape =>
  shape.flatMap((dim, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [dim]));

/** Returns the cotangent of a reduction with its reduced axes restored, with size 1. */
function widened(dy: Tensor, like: Tensor, { axes, keepDims }: Reduction): Tensor {
  return keepDims
    ? dy
    : reshape(
        dy,
        like.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
      );
}

/** y = Σ x over axes. The gradient of every summed element is dy. */
export const sumOp: Op<Reduction> = {
  name: "sum",
  infer: ([x], attributes) => [{ type: x!.type, shape: reduced(x!.shape, attributes) }],
  vjp: ({ inputs: [x], attributes, cotangents: [dy] }) => [expandLike(widened(dy!, x!, attributes), x!)],
  emit: ({ inputs, outputs, attributes: { axes, keepDims }, integers }) => [
    {
      opType: "ReduceSum",
      inputs: [inputs[0]!, integers(axes)],
      outputs,
      attributes: { keepdims: Number(keepDims) },
    },
  ],
};
/** Sums over the given axes, by default all. Summed axes are removed unless `keepDims` is set. */
export function sum(
  x: Tensor,
  axes: readonly number[] = x.shape.map((_, axis) => axis),
  keepDims = false,
): Tensor {
  return apply(sumOp, [x], { axes: axes.map((axis) => positive(axis, x.shape.length)), keepDims });
}

/** y = mean of x over one axis of fixed size n. The gradient of every element is dy / n. */
export const meanOp: Op<Reduction & { readonly count: number }> = {
  name: "mean",
  infer: ([x], attributes) => [{ type: x!.type, shape: reduced(x!.shape, attributes) }],
  vjp: ({ inputs: [x], attributes, cotangents: [dy] }) => [
    expandLike(scale(widened(dy!, x!, attributes), 1 / attributes.count), x!),
  ],
  emit: ({ inputs, outputs, attributes: { axes, keepDims } }) => [
    { opType: "ReduceMean", inputs, outputs, attributes: { axes, keepdims: Number(keepDims) } },
  ],
};
/** Returns the mean over the last axis, whose size must be fixed. The axis remains, with size 1. */
export function meanOfLast(x: Tensor): Tensor {
  const count = x.shape.at(-1);
  if (typeof count !== "number") throw shapeMismatch("mean", [x.shape], "the last dimension is not fixed");
  return apply(meanOp, [x], { axes: [x.shape.length - 1], keepDims: true, count });
}

/** y = Σ x² over all elements; dx = 2x dy. */
export const sumOfSquaresOp: Op<Record<never, never>> = {
  name: "sumOfSquares",
  infer: () => [{ type: "float32", shape: [] }],
  vjp: ({ inputs: [x], cotangents: [dy] }) => [multiply(scale(x!, 2), dy!)],
  emit: ({ inputs, outputs }) => [
    { opType: "ReduceSumSquare", inputs, outputs, attributes: { keepdims: 0 } },
  ],
};
export const sumOfSquares = (x: Tensor): Tensor => apply(sumOfSquaresOp, [x], {});
