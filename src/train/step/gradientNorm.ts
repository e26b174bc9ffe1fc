import type { ShareRange } from "../../collective/index.js";
import { elements, type ParameterLayout } from "../../models/index.js";
import type { StateBlock } from "../../runtime/index.js";

/** The global norm of a gradient, and the parameters whose gradient is not finite. */
export interface GradientNorm {
  readonly norm: number;
  readonly notFinite: readonly string[];
}

/** Computes the global norm from the squared gradient norm of each parameter. */
export const normOf = (
  squares: readonly { readonly name: string; readonly square: number }[],
): GradientNorm => ({
  norm: Math.sqrt(squares.reduce((total, { square }) => total + square, 0)),
  notFinite: squares.filter(({ square }) => !Number.isFinite(square)).map(({ name }) => name),
});

/**
 * The squared norm of each parameter's gradient, as far as it is in a share of it. The sum over all shares is that of the
 * whole gradient.
 */
export function squaresOfShare(
  share: StateBlock,
  layout: ParameterLayout,
  ranges: readonly ShareRange[],
): number[] {
  return layout.parameters.map(({ name, shape }) => {
    const begin = layout.offset(name);
    const end = begin + elements(shape);
    let square = 0;
    for (const { from, to, at } of ranges) {
      const [first, last] = [Math.max(begin, from), Math.min(end, to)];
      if (first < last) square += squaredLength(share.read((at + first - from) * 4, last - first));
    }
    return square;
  });
}

/**
 * The norm of the gradient including that of the conditional random field, whose squared norm is `square`.
 */
export const withTransitions = ({ norm, notFinite }: GradientNorm, square: number): GradientNorm => ({
  norm: Math.sqrt(norm * norm + square),
  notFinite: Number.isFinite(square) ? notFinite : [...notFinite, "transitions"],
});

function squaredLength(values: Float32Array): number {
  // Four sums, which the processor adds to at the same time.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let at = 0; at < whole; at += 4) {
    a += values[at]! ** 2;
    b += values[at + 1]! ** 2;
    c += values[at + 2]! ** 2;
    d += values[at + 3]! ** 2;
  }
  for (let at = whole; at < values.length; at++) a += values[at]! ** 2;
  return a + b + c + d;
}

/**
 * The factor that limits a gradient of this norm to `max_grad_norm`, as in torch. A `max_grad_norm` of 0
 * means no limit.
 */
export const clipFactor = (norm: number, maxGradNorm: number): number =>
  maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
