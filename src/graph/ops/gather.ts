/**
 * Operations that select rows by index. ONNX Runtime's scatter is not deterministic with duplicate indices. The gradients
 * here therefore first sum the rows of equal index with a matrix product, so that they never scatter duplicates.
 */
import { constant } from "../leaves.js";
import { product } from "../shape.js";
import { apply, type Emission, type OnnxNode, type Op, type Tensor } from "../tensor.js";
import { multiply } from "./arithmetic.js";
import { comparable } from "./equal.js";
import { reshape } from "./movement.js";
import { sum } from "./reduction.js";

type None = Record<never, never>;

/** Rows of x by index: `[n, …], int64[…i] → [...i, …]`. It has no gradient; see `gatherRows` and `embedding`. */
export const gatherOp: Op<None> = {
  name: "gather",
  infer: ([x, index]) => [{ type: x!.type, shape: [...index!.shape, ...x!.shape.slice(1)] }],
  emit: ({ inputs, outputs }) => [{ opType: "Gather", inputs, outputs, attributes: { axis: 0 } }],
};
export const gather = (x: Tensor, index: Tensor): Tensor => apply(gatherOp, [x, index], {});

/**
 * Rows of x in the order of `index`, reversed by `inverse`: `[…r, h], int64[…i], int64[…r] → […i, h]`.
 *
 * Rows are numbered across all axes of x except the last. For each row of x, `inverse` contains its index in the flattened
 * result. `mask` (`float32[…r, 1]`) is 0 for rows that are not in the result. dx[r] = dy[inverse[r]] · mask[r].
 * The result may contain a row more than once (padding repeats rows of the first token). The caller must make sure that only
 * the copy at `inverse[r]` gets a gradient.
 *
 * If more copies of a row get a gradient, `inverse` is `int64[c, …r]` with up to c of them, `mask` is `float32[c, …r, 1]`, and
 * dx[r] is the sum over the copies.
 */
export const gatherRowsOp: Op<None> = {
  name: "gatherRows",
  infer: ([x, index]) => [{ type: x!.type, shape: [...index!.shape, x!.shape.at(-1)!] }],
  vjp: ({ inputs: [x, index, inverse, mask], cotangents: [dy] }) => {
    const rows = gather(reshape(dy!, [product(index!.shape), x!.shape.at(-1)!]), inverse!);
    const each = mask === undefined ? rows : multiply(rows, mask);
    const dx = each.shape.length > x!.shape.length ? sum(each, [0]) : each;
    return [dx, null, null, ...(mask === undefined ? [] : [null])];
  },
  emit: ({ inputs: [x, index], outputs, types, temporary, integers }) => {
    const gather = { opType: "Gather", outputs, attributes: { axis: 0 } };
    const { shape } = types.inputs[0]!;
    if (shape.length === 2) return [{ ...gather, inputs: [x!, index!] }];
    const flat = temporary();
    return [
      { opType: "Reshape", inputs: [x!, integers([-1, shape.at(-1) as number])], outputs: [flat] },
      { ...gather, inputs: [flat, index!] },
    ];
  },
};
export function gatherRows(x: Tensor, places: { index: Tensor; inverse: Tensor; mask?: Tensor }): Tensor {
  const { index, inverse, mask } = places;
  return apply(gatherRowsOp, [x, index, inverse, ...(mask === undefined ? [] : [mask])], {});
}

/**
 * Rows of a table: `[v, h], int64[n], int64[u] → [n, h]`. `distinct` contains each index of `indices` once.
 *
 * dTable[distinct[i]] = Σ dy[j] over all j with indices[j] = distinct[i], as one matrix product. Other rows are 0.
 */
export const embeddingOp: Op<None> = {
  name: "embedding",
  infer: ([table, indices], attributes) => gatherOp.infer([table!, indices!], attributes),
  vjp: ({ inputs: [table, indices, distinct], cotangents: [dy] }) => [
    placeRows(table!, distinct!, sumRows(dy!, indices!, distinct!)),
    null,
    null,
  ],
  emit: ({ inputs, outputs }) => [
    { opType: "Gather", inputs: inputs.slice(0, 2), outputs, attributes: { axis: 0 } },
  ],
};
export const embedding = (table: Tensor, indices: Tensor, distinct: Tensor): Tensor =>
  apply(embeddingOp, [table, indices, distinct], {});

/**
 * Rows of a small table: `[v, h], int64[n] → [n, h]`. The gradient is one matrix product over all rows of the table, so that the
 * indices need not be known before.
 */
export const lookupOp: Op<None> = {
  name: "lookup",
  infer: ([table, indices], attributes) => gatherOp.infer([table!, indices!], attributes),
  vjp: ({ inputs: [table, indices], cotangents: [dy] }) => {
    const rows = table!.shape[0] as number;
    const all = constant(
      Array.from({ length: rows }, (_, row) => row),
      [rows],
      "int64",
    );
    return [sumRows(dy!, indices!, all), null];
  },
  emit: gatherOp.emit,
};
export const lookup = (table: Tensor, indices: Tensor): Tensor => apply(lookupOp, [table, indices], {});

/** Sums rows of equal index: `[n, h], int64[n], int64[u] → [u, h]`. */
export const sumRowsOp: Op<None> = {
  name: "sumRows",
  infer: ([x, , distinct]) => [{ type: "float32", shape: [distinct!.shape[0]!, ...x!.shape.slice(1)] }],
  emit: (emission) => {
    const { outputs, float, temporary, integers } = emission;
    const [x, indices, distinct] = emission.inputs;
    const [column, row, equal, oneHot] = [temporary(), temporary(), temporary(), temporary()];
    // Converted first, because an engine that compares int32 may reshape only int32 too.
    const [all, each] = [comparable(emission, distinct!), comparable(emission, indices!)];
    return [
      ...all.nodes,
      ...each.nodes,
      { opType: "Unsqueeze", inputs: [all.name, integers([1])], outputs: [column] },
      { opType: "Unsqueeze", inputs: [each.name, integers([0])], outputs: [row] },
      { opType: "Equal", inputs: [column, row], outputs: [equal] },
      { opType: "Cast", inputs: [equal], outputs: [oneHot], attributes: { to: float } },
      { opType: "MatMul", inputs: [oneHot, x!], outputs },
    ];
  },
};
const sumRows = (x: Tensor, indices: Tensor, distinct: Tensor): Tensor =>
  apply(sumRowsOp, [x, indices, distinct], {});

/**
 * Zeros in the shape of a table, with rows set at distinct indices: `[v, h], int64[u], [u, h] → [v, h]`.
 *
 * Gathers each row, or a row of zeros after the others, which is the row −1. A scatter would need the zeros of the whole table as
 * an input, and ONNX Runtime would compute them once and keep them.
 */
export const placeRowsOp: Op<None> = {
  name: "placeRows",
  infer: ([table]) => [table!],
  emit: (emission) => {
    const { profile, inputs, outputs, types, temporary, integer, integers } = emission;
    if (!profile.scatterElements) return scatteredRows(emission);
    const [, distinct, rows] = inputs;
    const [shape, count, order, none, rowOf, padded] = Array.from({ length: 6 }, temporary) as string[];
    const size = types.inputs[0]!.shape[0] as number;
    return [
      { opType: "Shape", inputs: [distinct!], outputs: [shape!] },
      { opType: "Gather", inputs: [shape!, integer(0)], outputs: [count!] },
      { opType: "Range", inputs: [integer(0), count!, integer(1)], outputs: [order!] },
      { opType: "Expand", inputs: [integer(-1), integers([size])], outputs: [none!] },
      { opType: "ScatterElements", inputs: [none!, distinct!, order!], outputs: [rowOf!] },
      { opType: "Pad", inputs: [rows!, integers([0, 0, 1, 0])], outputs: [padded!] },
      { opType: "Gather", inputs: [padded!, rowOf!], outputs },
    ];
  },
};

/** Places rows without ScatterElements: in a table of zeros. */
function scatteredRows({
  inputs: [, distinct, rows],
  outputs,
  types,
  temporary,
  scalar,
  integers,
}: Emission<None>): readonly OnnxNode[] {
  const [zeros, column] = [temporary(), temporary()];
  const { shape } = types.inputs[0]!;
  return [
    { opType: "Expand", inputs: [scalar(0), integers(shape as number[])], outputs: [zeros] },
    { opType: "Unsqueeze", inputs: [distinct!, integers([1])], outputs: [column] },
    { opType: "ScatterND", inputs: [zeros, column, rows!], outputs },
  ];
}
const placeRows = (table: Tensor, distinct: Tensor, rows: Tensor): Tensor =>
  apply(placeRowsOp, [table, distinct, rows], {});
