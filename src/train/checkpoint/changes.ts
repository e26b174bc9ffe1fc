import { sha256 } from "../../files/index.js";
import { type Recipe, recipeFields } from "../../recipe/index.js";
import { FORMER_NAMES } from "../../recipe/spelling.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { RunState } from "./state.js";

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
 * Fields of a recipe that make another run of it. A field that `before` does not know, being of an older version, had its
 * default.
 */
export function changedFields(before: Recipe, now: Recipe): string[] {
  const value = (recipe: Recipe, key: keyof Recipe) => JSON.stringify(recipe[key] ?? DEFAULTS.get(key));
  const keys = new Set([...decidingFields(before, now), ...decidingFields(now, now)]);
  return [...keys].filter((key) => value(before, key) !== value(now, key));
}

/** Fields that decide what a run does; `eval_steps` does only where evaluation goes by steps. */
function decidingFields(recipe: Recipe, { evalStrategy }: Recipe): (keyof Recipe)[] {
  const idle = evalStrategy === "steps" ? "" : "evalSteps";
  return (Object.keys(recipe) as (keyof Recipe)[]).filter(
    (key) => !FREE.has(key) && !BY_CONTENT.has(key) && key !== idle,
  );
}

/**
 * sha256 of what a recipe does, whatever its seed, and of the model that it begins from: of equal ones equal. Fields that
 * have their default do not count, and one that was renamed goes by its former name, so that a later version gives the same.
 */
export function recipeHash(recipe: Recipe, { model }: Pick<Fingerprint, "model">): string {
  const fields = [...decidingFields(recipe, recipe), "loadBestModelAtEnd" as const]
    .map((key) => [FORMER_NAMES[key] ?? key, recipe[key]] as const)
    .filter(([key, value]) => key !== "seed" && JSON.stringify(value) !== JSON.stringify(DEFAULTS.get(key)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([fields, model]));
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
