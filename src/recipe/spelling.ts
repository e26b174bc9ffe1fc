import { closest, distance } from "fastest-levenshtein";

/** `learning_rate`, `learning-rate` and `learningRate` → `learningRate`. */
export const camelCase = (name: string) =>
  name.replace(/[-_]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `learningRate` → `learning_rate`. */
export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `learningRate` → `learning-rate`. */
export const kebabCase = (name: string) => snakeCase(name).replaceAll("_", "-");

/** Names that fields of Nerium's own had before, by the names they have now. They are read for good. */
export const FORMER_NAMES: Readonly<Record<string, string>> = {
  trainBatchTokens: "trainBatchPieces",
  contextEvalTokens: "contextEvalPieces",
};

/** A recipe that was stored, in camelCase, with the present names of its fields. */
export const withPresentNames = (stored: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(stored).map(([key, value]) => [
      Object.keys(FORMER_NAMES).find((now) => FORMER_NAMES[now] === key) ?? key,
      value,
    ]),
  );

/** Other names of fields: those of HF's `run_ner.py`, old names, and names that people type. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ["modelNameOrPath", "model"],
  ["tokenizerName", "tokenizer"],
  ["trainFile", "train"],
  ["validationFile", "validation"],
  ["testFile", "test"],
  ["datasetName", "dataset"],
  ["datasetConfigName", "datasetConfig"],
  ["outputDir", "output"],
  ["textColumnName", "tokenColumn"],
  ["labelColumnName", "tagColumn"],
  ["from", "dataFormat"],
  ["evaluationStrategy", "evalStrategy"],
  ["warmupRatio", "warmupSteps"],
  ...Object.entries(FORMER_NAMES).map(([now, before]) => [before, now] as const),
]);

/**
 * Longest name, in characters, that is compared with others: the time of a comparison grows with the square
 * of it.
 */
const LONGEST = 64;

/** Returns the candidate that was most likely meant, or `undefined` if none is similar. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || name.length > LONGEST) return undefined;
  const found = closest(name, candidates);
  return distance(name, found) <= Math.max(2, Math.floor(name.length / 3)) ? found : undefined;
}
