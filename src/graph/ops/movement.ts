import { shapeMismatch } from "../errors.js";
import { product, sameShape } from "../shape.js";
import { apply, applyAll, type Dim, type Op, type Shape, type Tensor } from "../tensor.js";

type None = Record<never, never>;

/**
 * The target of ONNX's Reshape: 0 copies the input's dim at that place, -1 is worked out; a named dim that stands
 * elsewhere in the input can only be the one that is worked out.
 */
function target(from: Shape, to: Shape): readonly number[] {
  const dims = to.map((dim, axis) => (typeof dim === "number" ? dim : dim === from[axis] ? 0 : -1));
  if (dims.filter((dim) => dim === -1).length > 1)
    throw shapeMismatch("reshape", [from, to], "more than one dimension would have to be worked out");
  return dims;
}

/** The same elements under another shape; so is its gradient. */
export const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: "reshape",
  infer: ([x], { shape }) => {
    if (product(x!.shape) !== product(shape))
      throw shapeMismatch("reshape", [x!.shape, shape], "sizes differ");
    target(x!.shape, shape);
    return [{ type: x!.type, shape }];
  },
  vjp: ({ inputs: [x], cotangents: [dy] }) => [reshape(dy!, x!.shape)],
  emit: ({ inputs, outputs, types, attributes: { shape }, integers }) => [
    { opType: "Reshape", inputs: [inputs[0]!, integers(target(types.inputs[0]!.shape, shape))], outputs },
  ],
};
export const reshape = (x: Tensor, shape: Shape): Tensor => apply(reshapeOp, [x], { shape });

/** Axes in another order; the gradient goes back through the inverse order. */
export const transposeOp: Op<{ readonly order: readonly number[] }> = {
  name: "transpose",
  infer: ([x], { order }) => [{ type: x!.type, shape: order.map((axis) => x!.shape[axis]!) }],
  vjp: ({ attributes: { order }, cotangents: [dy] }) => [
    transpose(
      dy!,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  emit: ({ inputs, outputs, attributes: { order } }) => [
    { opType: "Transpose", inputs, outputs, attributes: { perm: order } },
  ],
};
export const transpose = (x: Tensor, order: readonly number[]): Tensor => apply(transposeOp, [x], { order });

/** Equal parts along the first axis, which vanishes: `[n, …] → n × […]`; the gradient stacks them again. */
export const unstackOp: Op<None> = {
  name: "unstack",
  infer: ([x]) => {
    if (typeof x!.shape[0] !== "number")
      throw shapeMismatch("unstack", [x!.shape], "the first dimension is not fixed");
    return Array.from({ length: x!.shape[0] }, () => ({ type: x!.type, shape: x!.shape.slice(1) }));
  },
  vjp: ({ outputs, cotangents }) => [stack(cotangents.map((dy, index) => dy ?? zerosLike(outputs[index]!)))],
  emit: ({ inputs, outputs, temporary, integers }) => {
    const parts = outputs.map(() => temporary());
    return [
      { opType: "Split", inputs, outputs: parts, attributes: { axis: 0 } },
      ...parts.map((part, index) => ({
        opType: "Squeeze",
        inputs: [part, integers([0])],
        outputs: [outputs[index]!],
      })),
    ];
  },
};
export const unstack = (x: Tensor): readonly Tensor[] => applyAll(unstackOp, [x], {});

/** n tensors of one shape along a new first axis: `n × […] → [n, …]`; the gradient takes them apart. */
export const stackOp: Op<None> = {
  name: "stack",
  infer: (inputs) => {
    const [first] = inputs;
    if (!inputs.every((x) => sameShape(x.shape, first!.shape)))
      throw shapeMismatch(
        "stack",
        inputs.map((x) => x.shape),
        "shapes differ",
      );
    return [{ type: first!.type, shape: [inputs.length as Dim, ...first!.shape] }];
  },
  vjp: ({ cotangents: [dy] }) => unstack(dy!),
  emit: ({ inputs, outputs, temporary, integers }) => {
    const parts = inputs.map(() => temporary());
    return [
      ...inputs.map((x, index) => ({
        opType: "Unsqueeze",
        inputs: [x, integers([0])],
        outputs: [parts[index]!],
      })),
      { opType: "Concat", inputs: parts, outputs, attributes: { axis: 0 } },
    ];
  },
};
export const stack = (inputs: readonly Tensor[]): Tensor => apply(stackOp, inputs, {});

/** x repeated along its axes of size 1 until it has the shape of `like`; the gradient sums the copies. */
export const expandOp: Op<None> = {
  name: "expand",
  infer: ([x, like]) => [{ type: x!.type, shape: like!.shape }],
  vjp: ({ cotangents: [dy] }) => [dy!, null],
  emit: ({ inputs, outputs, temporary }) => {
    const shape = temporary();
    return [
      { opType: "Shape", inputs: [inputs[1]!], outputs: [shape] },
      { opType: "Expand", inputs: [inputs[0]!, shape], outputs },
    ];
  },
};
export const expandLike = (x: Tensor, like: Tensor): Tensor =>
  sameShape(x.shape, like.shape) ? x : apply(expandOp, [x, like], {});

/** Zeros of another tensor's shape. */
export const zerosLikeOp: Op<None> = {
  name: "zerosLike",
  infer: ([x]) => [x!],
  vjp: () => [null],
  emit: ({ inputs, outputs, temporary }) => {
    const shape = temporary();
    return [
      { opType: "Shape", inputs: [inputs[0]!], outputs: [shape] },
      { opType: "ConstantOfShape", inputs: [shape], outputs },
    ];
  },
};
export const zerosLike = (x: Tensor): Tensor => apply(zerosLikeOp, [x], {});
