import type { z } from "zod";
import type { SpelledLengths } from "./contextLengths.js";
import type { recipeSchema } from "./fields.js";

/** A recipe as a program writes it: fields in camelCase, everything with a default left out at will. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** Fields as they are given, with the defaults that depend on nothing else. */
export type GivenRecipe = z.output<typeof recipeSchema>;

/** Fields whose defaults depend on others. */
interface Resolved {
  /** Undefined with the context of documents: a quarter of the window. */
  readonly overlap: number | undefined;
  /** Undefined without the context of documents. */
  readonly contextLengths: SpelledLengths | undefined;
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
const LENGTHS = { "32-160": 0.8, sentence: 0.2 };

/** True where there is validation data, or may be: what a data set has is known once it is there. */
export const mayEvaluate = ({
  validation,
  validationSplit,
  dataset,
}: Pick<GivenRecipe, "validation" | "validationSplit" | "dataset">): boolean =>
  validation !== undefined || validationSplit !== undefined || dataset !== undefined;

const overlapOf = (maxSeqLength = Number.POSITIVE_INFINITY): number =>
  Math.min(OVERLAP, Math.floor(maxSeqLength / 4));

/** Fills in the defaults that depend on other fields. Where they are not HF's: evaluation and saving, by epochs. */
export function resolveRecipe(given: GivenRecipe): Recipe {
  const evalStrategy = given.evalStrategy ?? (mayEvaluate(given) ? "epoch" : "no");
  const saveStrategy = given.saveStrategy ?? (evalStrategy === "no" ? "steps" : evalStrategy);
  const evalSteps = (evalStrategy === "steps" ? given.evalSteps : undefined) ?? given.loggingSteps;
  const saveSteps =
    (saveStrategy === "steps" ? given.saveSteps : undefined) ??
    (evalStrategy === "steps" ? evalSteps : SAVE_STEPS);
  const metricForBestModel = given.metricForBestModel ?? "loss";
  const inDocuments = given.context === "document";
  return {
    ...given,
    decoding: given.crf ? "viterbi" : given.decoding,
    overlap: given.overlap ?? (inDocuments ? undefined : overlapOf(given.maxSeqLength)),
    contextLengths: inDocuments ? (given.contextLengths ?? LENGTHS) : undefined,
    evalStrategy,
    evalSteps,
    saveStrategy,
    saveSteps,
    saveTotalLimit: given.saveTotalLimit === 0 ? undefined : given.saveTotalLimit,
    metricForBestModel,
    greaterIsBetter: given.greaterIsBetter ?? metricForBestModel !== "loss",
  };
}
