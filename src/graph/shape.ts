import { shapeMismatch } from "./errors.js";
import type { Dim, Shape } from "./tensor.js";

/** Returns the product of dims: a number, or a name such as `"16*batch*length"`. */
export function product(dims: readonly Dim[]): Dim {
  const factors = dims.flatMap((dim) => String(dim).split("*"));
  const isNumber = (factor: string) => /^\d+$/.test(factor);
  const known = factors.filter(isNumber).reduce((total, factor) => total * Number(factor), 1);
  const named = factors.filter((factor) => !isNumber(factor)).sort();
  if (named.length === 0) return known;
  return [...(known === 1 ? [] : [known]), ...named].join("*");
}

/** Returns the shape of an elementwise operation. As in numpy, trailing axes must be equal or 1. */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === 1) return right;
    if (right === 1 || left === right) return left;
    throw shapeMismatch(op, [a, b], "the shapes cannot be broadcast");
  });
}

/** Returns `axis` counted from the front. A negative axis is counted from the end. */
export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);
