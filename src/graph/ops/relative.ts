/** Operations for attention that depends on the distance between two places. */
import { shapeMismatch } from "../errors.js";
import { product } from "../shape.js";
import { apply, type Op, type Tensor } from "../tensor.js";

type None = Record<never, never>;

/**
 * The distances −(n − 1) … n, where n is the size of an axis of x: `[…, n, …] → int64[2n]`. A distance that is further than
 * `farthest` is replaced by ±`farthest`.
 */
export const distancesOp: Op<{ readonly axis: number; readonly farthest: number }> = {
  name: "distances",
  infer: ([x], { axis }) => [{ type: "int64", shape: [product([2, x!.shape[axis]!])] }],
  vjp: () => [null],
  emit: ({ inputs: [x], outputs, attributes: { axis, farthest }, temporary, integer }) => {
    const [shape, n, first, end, range, atLeast] = Array.from({ length: 6 }, temporary) as string[];
    return [
      { opType: "Shape", inputs: [x!], outputs: [shape!] },
      { opType: "Gather", inputs: [shape!, integer(axis)], outputs: [n!] },
      { opType: "Sub", inputs: [integer(1), n!], outputs: [first!] },
      { opType: "Add", inputs: [n!, integer(1)], outputs: [end!] },
      { opType: "Range", inputs: [first!, end!, integer(1)], outputs: [range!] },
      { opType: "Max", inputs: [range!, integer(-farthest)], outputs: [atLeast!] },
      { opType: "Min", inputs: [atLeast!, integer(farthest)], outputs },
    ];
  },
};
export const distances = (x: Tensor, axis: number, farthest: number): Tensor =>
  apply(distancesOp, [x], { axis, farthest });

/**
 * Brings scores by distance to scores by place: `[batch, heads, n, 2n] → [batch, heads, n, n]`, y[i, j] = x[i, n − 1 + j − i].
 *
 * With the columns of x as {@link distances} has them, y[i, j] is the score of the distance j − i. It is element
 * n − 1 + i · (2n − 1) + j of x, so that only the length of the rows changes. Each element is used at most once, and the gradient
 * is {@link unskew}.
 */
export const skewOp: Op<None> = {
  name: "skew",
  infer: ([x]) => {
    const [batch, heads, n, columns] = x!.shape;
    if (x!.shape.length !== 4 || product([2, n!]) !== columns)
      throw shapeMismatch("skew", [x!.shape], "expected [batch, heads, n, 2n]");
    return [{ type: x!.type, shape: [batch!, heads!, n!, n!] }];
  },
  vjp: ({ cotangents: [dy] }) => [unskew(dy!)],
  emit: ({ inputs: [x], outputs, temporary, integers }) => {
    const [shape, n, before, width, total, end, flat, used, wide, rows] = Array.from(
      { length: 10 },
      temporary,
    ) as string[];
    return [
      { opType: "Shape", inputs: [x!], outputs: [shape!] },
      { opType: "Gather", inputs: [shape!, integers([2])], outputs: [n!] },
      { opType: "Sub", inputs: [n!, integers([1])], outputs: [before!] },
      { opType: "Add", inputs: [n!, before!], outputs: [width!] },
      { opType: "Mul", inputs: [n!, width!], outputs: [total!] },
      { opType: "Add", inputs: [total!, before!], outputs: [end!] },
      { opType: "Reshape", inputs: [x!, integers([0, 0, -1])], outputs: [flat!] },
      { opType: "Slice", inputs: [flat!, before!, end!, integers([2])], outputs: [used!] },
      {
        opType: "Concat",
        inputs: [integers([0, 0, -1]), width!],
        outputs: [wide!],
        attributes: { axis: 0 },
      },
      { opType: "Reshape", inputs: [used!, wide!], outputs: [rows!] },
      { opType: "Slice", inputs: [rows!, integers([0]), n!, integers([3])], outputs },
    ];
  },
};
export const skew = (x: Tensor): Tensor => apply(skewOp, [x], {});

/** Brings elements back to the places that {@link skew} takes them from; the others are 0: `[b, h, n, n] → [b, h, n, 2n]`. */
export const unskewOp: Op<None> = {
  name: "unskew",
  infer: ([x]) => {
    const [batch, heads, n, columns] = x!.shape;
    if (x!.shape.length !== 4 || n !== columns)
      throw shapeMismatch("unskew", [x!.shape], "expected [batch, heads, n, n]");
    return [{ type: x!.type, shape: [batch!, heads!, n!, product([2, n!])] }];
  },
  vjp: ({ cotangents: [dy] }) => [skew(dy!)],
  emit: ({ inputs: [x], outputs, temporary, integers }) => {
    const [shape, n, before, twice, right, wide, flat, around, padded, final] = Array.from(
      { length: 10 },
      temporary,
    ) as string[];
    const joined = (inputs: string[], output: string) => ({
      opType: "Concat",
      inputs,
      outputs: [output],
      attributes: { axis: 0 },
    });
    return [
      { opType: "Shape", inputs: [x!], outputs: [shape!] },
      { opType: "Gather", inputs: [shape!, integers([2])], outputs: [n!] },
      { opType: "Sub", inputs: [n!, integers([1])], outputs: [before!] },
      { opType: "Add", inputs: [n!, n!], outputs: [twice!] },
      joined([integers([0, 0, 0, 0, 0, 0, 0]), before!], right!),
      { opType: "Pad", inputs: [x!, right!], outputs: [wide!] },
      { opType: "Reshape", inputs: [wide!, integers([0, 0, -1])], outputs: [flat!] },
      joined([integers([0, 0]), before!, integers([0, 0, 1])], around!),
      { opType: "Pad", inputs: [flat!, around!], outputs: [padded!] },
      joined([integers([0, 0, -1]), twice!], final!),
      { opType: "Reshape", inputs: [padded!, final!], outputs },
    ];
  },
};
export const unskew = (x: Tensor): Tensor => apply(unskewOp, [x], {});

/**
 * 0 where two places are at most `reach` apart, otherwise −10⁹, for attention scores: `[…, n, …] → [n, n]`. n is the size of an
 * axis of x. It has no gradient.
 */
export const bandOp: Op<{ readonly axis: number; readonly reach: number }> = {
  name: "band",
  infer: ([x], { axis }) => [{ type: "float32", shape: [x!.shape[axis]!, x!.shape[axis]!] }],
  vjp: () => [null],
  emit: ({
    inputs: [x],
    outputs,
    attributes: { axis, reach },
    float,
    temporary,
    integer,
    integers,
    scalar,
  }) => {
    const [shape, n, range, column, row, apart, distance, far, weight] = Array.from(
      { length: 9 },
      temporary,
    ) as string[];
    return [
      { opType: "Shape", inputs: [x!], outputs: [shape!] },
      { opType: "Gather", inputs: [shape!, integer(axis)], outputs: [n!] },
      { opType: "Range", inputs: [integer(0), n!, integer(1)], outputs: [range!] },
      { opType: "Unsqueeze", inputs: [range!, integers([1])], outputs: [column!] },
      { opType: "Unsqueeze", inputs: [range!, integers([0])], outputs: [row!] },
      { opType: "Sub", inputs: [column!, row!], outputs: [apart!] },
      { opType: "Abs", inputs: [apart!], outputs: [distance!] },
      { opType: "Greater", inputs: [distance!, integer(reach)], outputs: [far!] },
      { opType: "Cast", inputs: [far!], outputs: [weight!], attributes: { to: float } },
      { opType: "Mul", inputs: [weight!, scalar(-1e9)], outputs },
    ];
  },
};
export const band = (x: Tensor, axis: number, reach: number): Tensor => apply(bandOp, [x], { axis, reach });
