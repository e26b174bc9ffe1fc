/** The global norm of a gradient, and the parameters whose own is not finite. */
export interface GradientNorm {
  readonly norm: number;
  readonly notFinite: readonly string[];
}

/** What a gradient of this norm is multiplied by so that it is no longer than `max_grad_norm`, as torch has it; 0 is no limit. */
export const clipFactor = (norm: number, maxGradNorm: number): number =>
  maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
