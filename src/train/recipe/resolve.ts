import type { z } from "zod";
import type { recipeSchema } from "./fields.js";

/** A recipe as a program writes it: fields in camelCase, everything with a default left out at will. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** Fields as they are given, with the defaults that depend on nothing else. */
export type GivenRecipe = z.output<typeof recipeSchema>;

/** Fields whose defaults depend on others. */
interface Resolved {
  readonly overlap: number;
  readonly evalStrategy: "no" | "steps" | "epoch";
  /** Counts with `evalStrategy` steps. */
  readonly evalSteps: number;
  readonly saveStrategy: "no" | "steps" | "epoch" | "best";
  /** Counts with `saveStrategy` steps. */
  readonly saveSteps: number;
  /** Undefined: all are kept. */
  readonly saveTotalLimit: number | undefined;
  readonly metricForBestModel: "loss" | "precision" | "recall" | "f1" | "accuracy";
  readonly greaterIsBetter: boolean;
}

/** A checked recipe: what a run does, every choice made. */
export type Recipe = Readonly<Omit<GivenRecipe, keyof Resolved>> & Resolved;

/** HF's default of `save_steps`. */
const SAVE_STEPS = 500;
const OVERLAP = 64;

/** True where there is validation data, or may be: what a data set has is known once it is there. */
export const mayEvaluate = ({
  validation,
  validationSplit,
  dataset,
}: Pick<GivenRecipe, "validation" | "validationSplit" | "dataset">): boolean =>
  validation !== undefined || validationSplit !== undefined || dataset !== undefined;

/** Fills in the defaults that depend on other fields. Where they are not HF's: evaluation and saving, by epochs. */
export function resolveRecipe(given: GivenRecipe): Recipe {
  const evalStrategy = given.evalStrategy ?? (mayEvaluate(given) ? "epoch" : "no");
  const saveStrategy = given.saveStrategy ?? (evalStrategy === "no" ? "steps" : evalStrategy);
  const evalSteps = (evalStrategy === "steps" ? given.evalSteps : undefined) ?? given.loggingSteps;
  const saveSteps =
    (saveStrategy === "steps" ? given.saveSteps : undefined) ??
    (evalStrategy === "steps" ? evalSteps : SAVE_STEPS);
  const metricForBestModel = given.metricForBestModel ?? "loss";
  return {
    ...given,
    overlap:
      given.overlap ?? Math.min(OVERLAP, Math.floor((given.maxSeqLength ?? Number.POSITIVE_INFINITY) / 4)),
    evalStrategy,
    evalSteps,
    saveStrategy,
    saveSteps,
    saveTotalLimit: given.saveTotalLimit === 0 ? undefined : given.saveTotalLimit,
    metricForBestModel,
    greaterIsBetter: given.greaterIsBetter ?? metricForBestModel !== "loss",
  };
}
