import { shapeMismatch } from "./errors.js";
import type { Dim, Shape } from "./tensor.js";

/** The product of dims: a number, or a name such as `"batch*length"`. */
export function product(dims: readonly Dim[]): Dim {
  const known = dims.filter((dim): dim is number => typeof dim === "number").reduce((a, b) => a * b, 1);
  const named = dims.filter((dim): dim is string => typeof dim === "string").flatMap((dim) => dim.split("*"));
  if (named.length === 0) return known;
  return [...(known === 1 ? [] : [String(known)]), ...named.sort()].join("*");
}

/** The shape of an elementwise operation, by numpy's rules: trailing axes match or are 1. */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === 1) return right;
    if (right === 1 || left === right) return left;
    throw shapeMismatch(op, [a, b], "shapes do not broadcast");
  });
}

/** `axis` counted from the front, whatever its sign. */
export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);
