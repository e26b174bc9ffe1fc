import { elements, type ParameterLayout } from "../../models/index.js";
import type { StateBlock } from "../../runtime/index.js";

/** The global norm of a gradient, and the parameters whose own is not finite. */
export interface GradientNorm {
  readonly norm: number;
  readonly notFinite: readonly string[];
}

/** The norm of a gradient, from the squared length of each parameter's. */
export const normOf = (
  squares: readonly { readonly name: string; readonly square: number }[],
): GradientNorm => ({
  norm: Math.sqrt(squares.reduce((total, { square }) => total + square, 0)),
  notFinite: squares.filter(({ square }) => !Number.isFinite(square)).map(({ name }) => name),
});

/** The norm of a gradient that stands in a block, read on the host. */
export const gradientNorm = (block: StateBlock, layout: ParameterLayout): GradientNorm =>
  normOf(
    layout.parameters.map(({ name, shape }) => ({
      name,
      square: squaredLength(block.read(layout.offset(name) * 4, elements(shape))),
    })),
  );

/** The norm of a gradient together with the squared length of that of a conditional random field. */
export const withTransitions = ({ norm, notFinite }: GradientNorm, square: number): GradientNorm => ({
  norm: Math.sqrt(norm * norm + square),
  notFinite: Number.isFinite(square) ? notFinite : [...notFinite, "transitions"],
});

function squaredLength(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** What a gradient of this norm is multiplied by so that it is no longer than `max_grad_norm`, as torch has it; 0 is no limit. */
export const clipFactor = (norm: number, maxGradNorm: number): number =>
  maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
