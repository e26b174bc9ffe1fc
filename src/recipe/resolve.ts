import type { z } from "zod";
import { type MetricName, metricNamed } from "../tasks/tokenClassification/metrics.js";
import type { SpelledLengths } from "./contextLengths.js";
import type { recipeSchema } from "./fields.js";
import { type TrackerName, trackersIn } from "./trackers.js";

/** Fields as given, with the defaults that do not depend on other fields. */
export type GivenRecipe = z.output<typeof recipeSchema>;

/** Fields whose defaults depend on other fields. */
interface Resolved {
  /**
   * `undefined` if `context` is document and no overlap is given. The default is then chosen with the
   * windows.
   */
  readonly overlap: number | undefined;
  /** `undefined` unless `context` is document. */
  readonly contextLengths: SpelledLengths | undefined;
  readonly evalStrategy: "no" | "steps" | "epoch";
  /** Used only if `evalStrategy` is steps. */
  readonly evalSteps: number;
  readonly saveStrategy: "no" | "steps" | "epoch" | "best";
  /** Used only if `saveStrategy` is steps. */
  readonly saveSteps: number;
  /** `undefined` keeps all checkpoints. */
  readonly saveTotalLimit: number | undefined;
  readonly metricForBestModel: MetricName;
  readonly greaterIsBetter: boolean;
  readonly reportTo: readonly TrackerName[];
}

/** A checked recipe: everything that a run does is decided. */
export type Recipe = Readonly<Omit<GivenRecipe, keyof Resolved | "groupByLength">> & Resolved;

/** HF's default of `save_steps`. */
const SAVE_STEPS = 500;
const OVERLAP = 64;
const LENGTHS = { "32-160": 0.8, sentence: 0.2 };

/**
 * Returns true if there is validation data, or may be: whether a data set has it is only known once it is
 * loaded.
 */
export const mayEvaluate = ({
  validation,
  validationSplit,
  dataset,
}: Pick<GivenRecipe, "validation" | "validationSplit" | "dataset">): boolean =>
  validation !== undefined || validationSplit !== undefined || dataset !== undefined;

const overlapOf = (maxSeqLength = Number.POSITIVE_INFINITY): number =>
  Math.min(OVERLAP, Math.floor(maxSeqLength / 4));

/**
 * Sets the defaults that depend on other fields. They differ from HF's in that evaluation and saving default
 * to epoch if there may be validation data.
 */
export function resolveRecipe({ groupByLength, ...given }: GivenRecipe): Recipe {
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
    trainSamplingStrategy: groupByLength ? "group_by_length" : given.trainSamplingStrategy,
    decoding: given.crf ? "viterbi" : given.decoding,
    overlap: given.overlap ?? (inDocuments ? undefined : overlapOf(given.maxSeqLength)),
    contextLengths: inDocuments ? (given.contextLengths ?? LENGTHS) : undefined,
    evalStrategy,
    evalSteps,
    saveStrategy,
    saveSteps,
    saveTotalLimit: given.saveTotalLimit === 0 ? undefined : given.saveTotalLimit,
    metricForBestModel,
    reportTo: trackersIn(given.reportTo),
    greaterIsBetter: given.greaterIsBetter ?? metricNamed(metricForBestModel).greaterIsBetter,
  };
}
