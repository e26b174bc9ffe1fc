import type { AdamWHyperparameters } from "../../crf/adamw.js";
import type { StateBlock } from "../../runtime/index.js";
import type { Update } from "./optimizer.js";
import { decayFactor, type ParamGroup } from "./paramGroups.js";

/** The scalars that are the same for all parameters, in the order of their places in memory. */
export const scalars = ["keepMean", "takeMean", "keepSquare", "takeSquare", "epsilon"] as const;
/** The scalars of each parameter group. They follow the others in memory, group by group. */
export const groupScalars = ["rate", "keep"] as const;

/** All scalars of one update. */
export interface AdamWScalars {
  readonly shared: Readonly<Record<(typeof scalars)[number], number>>;
  /** Those of each parameter group. */
  readonly groups: readonly Readonly<Record<(typeof groupScalars)[number], number>>[];
}

/** The moments of the gradient, with torch's names. */
export type AdamWBlocks = Readonly<Record<"exp_avg" | "exp_avg_sq", StateBlock>>;

/** Changes weights and moments in place. */
export interface AdamWUpdates {
  run(scalars: AdamWScalars, update: Update): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * The scalars of one update.
 *
 * With the clipped gradient g: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← (1 − lr·λ)w − lr/(1−β₁ᵗ) · m /
 * (√v/√(1−β₂ᵗ) + ε). The bias correction of v is moved out of the fraction, into the rate and ε. The clipping
 * factor is part of the factors `takeMean` and `takeSquare` on the raw gradient.
 */
export const adamwScalars = (
  { beta1, beta2, epsilon }: AdamWHyperparameters,
  { step, learningRate, clip }: Update,
  groups: readonly ParamGroup[],
): AdamWScalars => ({
  shared: {
    keepMean: beta1,
    takeMean: (1 - beta1) * clip,
    keepSquare: beta2,
    takeSquare: (1 - beta2) * clip * clip,
    epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
  },
  groups: groups.map((group) => ({
    rate: (learningRate * group.rateFactor * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step),
    keep: decayFactor(group, learningRate),
  })),
});
