import { mulberry32, readPredictions } from "../data/index.js";
import { type Comparison, pairedBootstrap } from "../evaluate/index.js";
import { DRAWS } from "../optionKinds.js";
import { type OptionKinds, requireArgument, requireOptions } from "../options.js";
import { optionInvalid } from "./errors.js";

/** How to draw, and what to score. */
export interface CompareOptions {
  /** Number of draws of the bootstrap. Defaults to 10,000. */
  readonly draws?: number;
  /** Decides what is drawn. Defaults to 42. */
  readonly seed?: number;
  /** seqeval's mode. Defaults to `default`. */
  readonly mode?: "default" | "strict";
}

const COMPARE_OPTIONS: OptionKinds<CompareOptions> = {
  draws: DRAWS,
  seed: "a whole number of 0 or more",
  mode: "a text",
};

/** Which of two models is better, and how certain that is. */
export interface ModelComparison extends Comparison {
  /** What was drawn: documents, or sentences if the files do not say where documents begin. */
  readonly unit: "documents" | "sentences";
  readonly units: number;
  readonly sentences: number;
  readonly draws: number;
  readonly seed: number;
  readonly mode: "default" | "strict";
}

/**
 * Compares two models by what they predicted for the same sentences, with the paired bootstrap, as
 * `nerium compare` does.
 *
 * @example
 * // nerium evaluate model-a test.conll --predictions a.conll, and the same for b
 * const { difference, interval } = await compare("a.conll", "b.conll");
 * console.log(`B is ${(100 * difference).toFixed(2)} points better, 95% from ${interval[0]} to ${interval[1]}`);
 *
 * @param a a file with gold and predicted tags as the last two columns; several files for several seeds, whose
 *   mean F1 counts
 * @param b the same sentences with the other model's tags
 * @throws NeriumError `PACKAGE_…` and INFER_OPTION_INVALID for arguments and options, DATA_PREDICTIONS_MISSING, DATA_PREDICTIONS_DIFFER, and the errors of CoNLL columns
 */
export async function compare(
  a: string | readonly string[],
  b: string | readonly string[],
  options: CompareOptions = {},
): Promise<ModelComparison> {
  requireArgument("compare", "a", [a].flat(), "a list of at least one text");
  requireArgument("compare", "b", [b].flat(), "a list of at least one text");
  requireOptions("compare", options, COMPARE_OPTIONS);
  const { draws = 10_000, seed = 42, mode = "default" } = options;
  if (mode !== "default" && mode !== "strict") throw optionInvalid("mode", mode, "one of default, strict");
  const { units, unit, sentences } = await readPredictions([a].flat(), [b].flat());
  const comparison = pairedBootstrap(units, { draws, random: mulberry32(seed), mode });
  return { ...comparison, units: units.length, unit, sentences, draws, seed, mode };
}
