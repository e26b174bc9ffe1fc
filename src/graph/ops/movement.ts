import { shapeMismatch } from "../errors.js";
import { product, sameShape } from "../shape.js";
import { apply, applyAll, type Op, type Shape, type Tensor } from "../tensor.js";

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

/**
 * The first axis as two, with the sizes of `like`'s first two: `[n·m, …], [n, m, …] → [n, m, …]`. For sizes that only a
 * run knows both of, where reshape can work out one. dx is dy under x's shape.
 */
export const unflattenOp: Op<None> = {
  name: "unflatten",
  infer: ([x, like]) => {
    const [first, ...rest] = x!.shape;
    const dims = like!.shape.slice(0, 2);
    if (dims.length < 2 || product(dims) !== first)
      throw shapeMismatch(
        "unflatten",
        [x!.shape, like!.shape],
        "the first axis is not the second shape's two",
      );
    return [{ type: x!.type, shape: [...dims, ...rest] }];
  },
  vjp: ({ inputs: [x], cotangents: [dy] }) => [reshape(dy!, x!.shape), null],
  emit: ({ inputs: [x, like], outputs, types, temporary, integers }) => {
    const [dims, shape] = [temporary(), temporary()];
    const rest = types.inputs[0]!.shape.slice(1) as number[];
    return [
      { opType: "Shape", inputs: [like!], outputs: [dims], attributes: { end: 2 } },
      { opType: "Concat", inputs: [dims, integers(rest)], outputs: [shape], attributes: { axis: 0 } },
      { opType: "Reshape", inputs: [x!, shape], outputs },
    ];
  },
};
export const unflatten = (x: Tensor, like: Tensor): Tensor => apply(unflattenOp, [x, like], {});

/** The axes in another order; dx has them put back. */
export const transposeOp: Op<{ readonly axes: readonly number[] }> = {
  name: "transpose",
  infer: ([x], { axes }) => [{ type: x!.type, shape: axes.map((axis) => x!.shape[axis]!) }],
  vjp: ({ attributes: { axes }, cotangents: [dy] }) => [
    transpose(
      dy!,
      axes.map((_, axis) => axes.indexOf(axis)),
    ),
  ],
  emit: ({ inputs, outputs, attributes: { axes } }) => [
    { opType: "Transpose", inputs, outputs, attributes: { perm: axes } },
  ],
};
export const transpose = (x: Tensor, axes: readonly number[]): Tensor => apply(transposeOp, [x], { axes });

/** The order of axes that swaps the last two. */
export const lastTwoSwapped = (rank: number): readonly number[] => [
  ...Array.from({ length: rank - 2 }, (_, axis) => axis),
  rank - 1,
  rank - 2,
];

/** Equal parts along the last axis: `[…, n·p] → n × […, p]`; the gradient joins them again. */
export const splitOp: Op<{ readonly parts: number }> = {
  name: "split",
  infer: ([x], { parts }) => {
    const last = x!.shape.at(-1);
    if (typeof last !== "number" || last % parts !== 0)
      throw shapeMismatch("split", [x!.shape], `the last dimension does not make ${parts} equal parts`);
    const shape = [...x!.shape.slice(0, -1), last / parts];
    return Array.from({ length: parts }, () => ({ type: x!.type, shape }));
  },
  vjp: ({ outputs, cotangents }) => [concat(cotangents.map((dy, index) => dy ?? zerosLike(outputs[index]!)))],
  emit: ({ inputs, outputs }) => [{ opType: "Split", inputs, outputs, attributes: { axis: -1 } }],
};
export const split = (x: Tensor, parts: number): readonly Tensor[] => applyAll(splitOp, [x], { parts });

/** n tensors of one shape joined along the last axis: `n × […, p] → […, n·p]`; the gradient splits them again. */
export const concatOp: Op<None> = {
  name: "concat",
  infer: (inputs) => {
    const shapes = inputs.map((x) => x.shape);
    const [first] = shapes;
    const last = first!.at(-1);
    if (typeof last !== "number" || !shapes.every((shape) => sameShape(shape, first!)))
      throw shapeMismatch("concat", shapes, "shapes differ, or the last dimension is not fixed");
    return [{ type: inputs[0]!.type, shape: [...first!.slice(0, -1), last * inputs.length] }];
  },
  vjp: ({ inputs, cotangents: [dy] }) => split(dy!, inputs.length),
  emit: ({ inputs, outputs }) => [{ opType: "Concat", inputs, outputs, attributes: { axis: -1 } }],
};
export const concat = (inputs: readonly Tensor[]): Tensor => apply(concatOp, inputs, {});

/** Matrices or vectors below each other, for weights that stand apart in a file: `n × [r, …] → [n·r, …]`. */
export const stackOp: Op<None> = {
  name: "stack",
  infer: (inputs) => {
    const shapes = inputs.map((x) => x.shape);
    const [first] = shapes;
    const rows = first![0];
    if (typeof rows !== "number" || !shapes.every((shape) => sameShape(shape, first!)))
      throw shapeMismatch("stack", shapes, "shapes differ, or the first dimension is not fixed");
    return [{ type: inputs[0]!.type, shape: [rows * inputs.length, ...first!.slice(1)] }];
  },
  emit: ({ inputs, outputs }) => [{ opType: "Concat", inputs, outputs, attributes: { axis: 0 } }],
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
