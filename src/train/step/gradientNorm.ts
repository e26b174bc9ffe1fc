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

/** Computes the norm of a gradient in a block, on the host. */
export const gradientNorm = (block: StateBlock, layout: ParameterLayout): GradientNorm =>
  normOf(
    layout.parameters.map(({ name, shape }) => ({
      name,
      square: squaredLength(block.read(layout.offset(name) * 4, elements(shape))),
    })),
  );

/**
 * The norm of the gradient including that of the conditional random field, whose squared norm is `square`.
 */
export const withTransitions = ({ norm, notFinite }: GradientNorm, square: number): GradientNorm => ({
  norm: Math.sqrt(norm * norm + square),
  notFinite: Number.isFinite(square) ? notFinite : [...notFinite, "transitions"],
});

function squaredLength(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/**
 * The factor that limits a gradient of this norm to `max_grad_norm`, as in torch. A `max_grad_norm` of 0
 * means no limit.
 */
export const clipFactor = (norm: number, maxGradNorm: number): number =>
  maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
