/** The hyperparameters of AdamW (https://arxiv.org/abs/1711.05101), under torch's names. */
export interface AdamWHyperparameters {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** The state of AdamW: first and second moments of the gradient, under torch's names. */
export type AdamWState = Readonly<Record<"exp_avg" | "exp_avg_sq", Float32Array>>;

/**
 * Does one update of AdamW without weight decay, on the host. train/optimizers/adamw.ts does the same in a graph, for large
 * blocks.
 *
 * With g = `clip` · gradient: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
 *
 * @param values w, changed in place like the state
 * @param update.step t, the number of the update, counted from 1
 */
export function adamwUpdate(
  values: Float32Array,
  gradient: ArrayLike<number>,
  { exp_avg: mean, exp_avg_sq: square }: AdamWState,
  { beta1, beta2, epsilon }: AdamWHyperparameters,
  { step, learningRate, clip }: { step: number; learningRate: number; clip: number },
): void {
  const [correction1, correction2] = [1 - beta1 ** step, Math.sqrt(1 - beta2 ** step)];
  for (let at = 0; at < values.length; at++) {
    const clipped = gradient[at]! * clip;
    mean[at] = beta1 * mean[at]! + (1 - beta1) * clipped;
    square[at] = beta2 * square[at]! + (1 - beta2) * clipped * clipped;
    const direction = mean[at]! / (Math.sqrt(square[at]!) / correction2 + epsilon);
    values[at]! -= (learningRate / correction1) * direction;
  }
}
