import { shapeMismatch } from "../errors.js";
import { product, sameShape } from "../shape.js";
import { apply, applyAll, type Op, type Shape, type Tensor } from "../tensor.js";

type None = Record<never, never>;

/**
 * Returns the target shape for ONNX's Reshape: 0 copies the input's dim on the same axis, and -1 is inferred. A named dim that
 * is not on the same axis of the input must be inferred, so there can be only one.
 */
function target(from: Shape, to: Shape): readonly number[] {
  const dims = to.map((dim, axis) => (typeof dim === "number" ? dim : dim === from[axis] ? 0 : -1));
  if (dims.filter((dim) => dim === -1).length > 1)
    throw shapeMismatch("reshape", [from, to], "at most one dimension can be inferred");
  return dims;
}

/** The same elements in another shape. dx is dy in the shape of x. */
export const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: "reshape",
  infer: ([x], { shape }) => {
    if (product(x!.shape) !== product(shape))
      throw shapeMismatch("reshape", [x!.shape, shape], "the sizes differ");
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
 * Splits the first axis into two, with the sizes of the first two axes of `like`: `[n·m, …], [n, m, …] → [n, m, …]`. Use it if
 * both sizes are only known at run time, because `reshape` can infer only one. dx is dy in the shape of x.
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
        "the first axis must have the size of the first two axes of the second shape",
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

/** The axes in another order. dx has them in the original order. */
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

/** Returns the order of axes that swaps the last two. */
export const lastTwoSwapped = (rank: number): readonly number[] => [
  ...Array.from({ length: rank - 2 }, (_, axis) => axis),
  rank - 1,
  rank - 2,
];

/** Equal parts along the last axis: `[…, n·p] → n × […, p]`. The gradient joins them again. */
export const splitOp: Op<{ readonly parts: number }> = {
  name: "split",
  infer: ([x], { parts }) => {
    const last = x!.shape.at(-1);
    if (typeof last !== "number" || last % parts !== 0)
      throw shapeMismatch(
        "split",
        [x!.shape],
        `the last dimension cannot be split into ${parts} equal parts`,
      );
    const shape = [...x!.shape.slice(0, -1), last / parts];
    return Array.from({ length: parts }, () => ({ type: x!.type, shape }));
  },
  vjp: ({ outputs, cotangents }) => [concat(cotangents.map((dy, index) => dy ?? zerosLike(outputs[index]!)))],
  emit: ({ inputs, outputs }) => [{ opType: "Split", inputs, outputs, attributes: { axis: -1 } }],
};
export const split = (x: Tensor, parts: number): readonly Tensor[] => applyAll(splitOp, [x], { parts });

/** n tensors of the same shape joined along the last axis: `n × […, p] → […, n·p]`. The gradient splits them again. */
export const concatOp: Op<None> = {
  name: "concat",
  infer: (inputs) => {
    const shapes = inputs.map((x) => x.shape);
    const [first] = shapes;
    const last = first!.at(-1);
    if (typeof last !== "number" || !shapes.every((shape) => sameShape(shape, first!)))
      throw shapeMismatch("concat", shapes, "the shapes differ, or the last dimension is not fixed");
    return [{ type: inputs[0]!.type, shape: [...first!.slice(0, -1), last * inputs.length] }];
  },
  vjp: ({ inputs, cotangents: [dy] }) => split(dy!, inputs.length),
  emit: ({ inputs, outputs }) => [{ opType: "Concat", inputs, outputs, attributes: { axis: -1 } }],
};
export const concat = (inputs: readonly Tensor[]): Tensor => apply(concatOp, inputs, {});

/** Matrices or vectors joined along the first axis, for weights that are separate in a file: `n × [r, …] → [n·r, …]`. */
export const stackOp: Op<None> = {
  name: "stack",
  infer: (inputs) => {
    const shapes = inputs.map((x) => x.shape);
    const [first] = shapes;
    const rows = first![0];
    if (typeof rows !== "number" || !shapes.every((shape) => sameShape(shape, first!)))
      throw shapeMismatch("stack", shapes, "the shapes differ, or the first dimension is not fixed");
    return [{ type: inputs[0]!.type, shape: [rows * inputs.length, ...first!.slice(1)] }];
  },
  emit: ({ inputs, outputs }) => [{ opType: "Concat", inputs, outputs, attributes: { axis: 0 } }],
};
export const stack = (inputs: readonly Tensor[]): Tensor => apply(stackOp, inputs, {});

/** x, repeated along its axes of size 1 to the shape of `like`. The gradient sums the copies. */
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

/**
 * Each of `groups` equal parts of a row, repeated `times` times: `[n, groups · d] → [n, groups · times · d]`. The gradient sums
 * the copies.
 */
export function repeatParts(x: Tensor, groups: number, times: number): Tensor {
  if (times === 1) return x;
  const [n, width] = x.shape as readonly [Shape[number], number];
  const parts = reshape(x, [n, groups, 1, width / groups]);
  return reshape(apply(repeatOp, [parts], { times }), [n, width * times]);
}

/** Copies along the third of four axes, which has size 1: `[n, m, 1, d] → [n, m, times, d]`. The gradient sums them. */
export const repeatOp: Op<{ readonly times: number }> = {
  name: "repeat",
  infer: ([x], { times }) => {
    const [n, m, one, d] = x!.shape;
    if (x!.shape.length !== 4 || one !== 1)
      throw shapeMismatch("repeat", [x!.shape], "expected [n, m, 1, d]");
    return [{ type: x!.type, shape: [n!, m!, times, d!] }];
  },
  vjp: ({ cotangents: [dy] }) => [dy!],
  emit: ({ inputs, outputs, attributes: { times }, integers }) => [
    { opType: "Expand", inputs: [inputs[0]!, integers([1, 1, times, 1])], outputs },
  ],
};

/**
 * Moves the rows of each sequence to the front: `[batch, n, h] → [batch, n, h]`, y[b, i] = x[b, i + offset], or 0 if there is
 * none. The gradient moves them back.
 */
export const shiftPlacesOp: Op<{ readonly offset: number }> = {
  name: "shiftPlaces",
  infer: ([x]) => {
    if (x!.shape.length !== 3) throw shapeMismatch("shiftPlaces", [x!.shape], "expected [batch, n, h]");
    return [x!];
  },
  vjp: ({ attributes: { offset }, cotangents: [dy] }) => [shiftPlaces(dy!, -offset)],
  // A negative number of zeros removes rows.
  emit: ({ inputs: [x], outputs, attributes: { offset }, integers }) => [
    { opType: "Pad", inputs: [x!, integers([0, -offset, 0, 0, offset, 0])], outputs },
  ],
};
export const shiftPlaces = (x: Tensor, offset: number): Tensor =>
  offset === 0 ? x : apply(shiftPlacesOp, [x], { offset });

/** Zeros in the shape of another tensor. */
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
