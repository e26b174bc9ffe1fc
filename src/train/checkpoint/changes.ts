import { type Recipe, recipeFields } from "../recipe.js";
import type { Fingerprint, RunState } from "./state.js";

/** Fields that may differ when a run goes on: where things go, what is told and kept. */
const FREE: ReadonlySet<string> = new Set<keyof Recipe>([
  "output",
  "overwriteOutputDir",
  "force",
  "loggingSteps",
  "saveStrategy",
  "saveSteps",
  "saveTotalLimit",
  "loadBestModelAtEnd",
  "card",
  "pushToHub",
  "hubModelId",
  "hubPrivateRepo",
  "threads",
  "datasetCache",
]);

/** Fields that name models and data: what is in them counts, not where it lies or how it is called. */
const BY_CONTENT: ReadonlySet<string> = new Set<keyof Recipe>([
  "model",
  "modelRevision",
  "tokenizer",
  "dataset",
  "datasetConfig",
  "train",
  "validation",
  "test",
]);

const DEFAULTS = new Map(recipeFields.map(({ key, default: standard }) => [key, standard]));

/**
 * Fields of a recipe that make another run of it. `eval_steps` counts only where evaluation goes by steps. A field that
 * `before` does not know, being of an older version, had its default.
 */
export function changedFields(before: Recipe, now: Recipe): string[] {
  const value = (recipe: Recipe, key: keyof Recipe) => JSON.stringify(recipe[key] ?? DEFAULTS.get(key));
  const idle = now.evalStrategy === "steps" ? "" : "evalSteps";
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof Recipe>;
  return [...keys].filter(
    (key) => !FREE.has(key) && !BY_CONTENT.has(key) && key !== idle && value(before, key) !== value(now, key),
  );
}

/** Of model, tokenizer, data and labels, what is not as it was. A tokenizer is compared by what it makes of equal data. */
export function changedContents(
  before: Pick<RunState, "fingerprint" | "labels">,
  now: Pick<RunState, "fingerprint" | "labels">,
): string[] {
  const differs = (key: keyof Fingerprint) => before.fingerprint[key] !== now.fingerprint[key];
  const data = (["train", "validation", "test"] as const).filter(differs);
  const made = (["model", "tokenizer"] as const).filter((key) => differs(key));
  return [
    ...made.filter((key) => key === "model" || data.length === 0),
    ...data,
    ...(JSON.stringify(before.labels) === JSON.stringify(now.labels) ? [] : ["labels"]),
  ];
}
