import type { Recipe } from "../../recipe/index.js";

type Strategies = Pick<
  Recipe,
  "evalStrategy" | "evalSteps" | "saveStrategy" | "saveSteps" | "loadBestModelAtEnd" | "emaDecay"
>;

/** How often a run evaluates and saves. */
export interface Occasions {
  /** Evaluations on the validation data. With an average of the weights, each goes through the data twice. */
  readonly evaluations: number;
  readonly passesOfEach: 1 | 2;
  /** Evaluations on the test data. */
  readonly tests: number;
  /** Checkpoints. With `save_strategy` best, as many as there can be. */
  readonly checkpoints: number;
}

/**
 * Counts the evaluations and checkpoints of a run that is not stopped early.
 *
 * @param epochEnds the steps with which an epoch or the run ends
 */
export function occasionsOf(
  recipe: Strategies,
  totalSteps: number,
  epochEnds: readonly number[],
  has: { readonly validation: boolean; readonly test: boolean },
): Occasions {
  const { evalStrategy, evalSteps, saveStrategy, saveSteps, loadBestModelAtEnd, emaDecay } = recipe;
  const due = (strategy: string, every: number): number =>
    strategy === "steps" ? Math.floor(totalSteps / every) : strategy === "epoch" ? epochEnds.length : 0;
  const during = has.validation ? due(evalStrategy, evalSteps) : 0;
  const isLastEvaluated =
    during > 0 && (evalStrategy === "epoch" || (evalStrategy === "steps" && totalSteps % evalSteps === 0));
  const hasBest = loadBestModelAtEnd && during > 0;
  return {
    evaluations: during + (has.validation && !isLastEvaluated && !hasBest ? 1 : 0),
    passesOfEach: emaDecay === undefined ? 1 : 2,
    tests: has.test ? 1 : 0,
    checkpoints: saveStrategy === "best" ? during : due(saveStrategy, saveSteps),
  };
}
