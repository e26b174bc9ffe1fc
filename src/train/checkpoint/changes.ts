import { sha256 } from "../../files/index.js";
import { type Recipe, recipeFields } from "../../recipe/index.js";
import { FORMER_NAMES } from "../../recipe/spelling.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import type { RunState } from "./state.js";

/** Fields that may change when a run is resumed: paths, logging, saving and upload. */
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
  "cardStyle",
  "pushToHub",
  "hubModelId",
  "hubPrivateRepo",
  "threads",
  "device",
  "datasetCache",
  "reportTo",
  "runName",
]);

/** Fields that name models and data. They are compared by content: paths and names do not matter. */
const BY_CONTENT: ReadonlySet<string> = new Set<keyof Recipe>([
  "model",
  "modelRevision",
  "tokenizer",
  "teachers",
  "dataset",
  "datasetConfig",
  "train",
  "validation",
  "test",
]);

/** Fields that decide when the processes of a run save together. */
const SAVING = ["saveStrategy", "saveSteps", "loadBestModelAtEnd"] as const;

const DEFAULTS = new Map(recipeFields.map(({ key, default: standard }) => [key, standard]));

/**
 * Fields whose values make `now` a different run from `before`. If an older version wrote `before` without a
 * field, the field had its default.
 */
export function changedFields(before: Recipe, now: Recipe): (keyof Recipe)[] {
  const value = (recipe: Recipe, key: keyof Recipe) => JSON.stringify(recipe[key] ?? DEFAULTS.get(key));
  const keys = new Set([...decidingFields(before, now), ...decidingFields(now, now)]);
  return [...keys].filter((key) => value(before, key) !== value(now, key));
}

/** Fields that two processes of one run must have in common, but do not. Paths, names and logging may differ. */
export const differingFields = (a: Recipe, b: Recipe): (keyof Recipe)[] => [
  ...changedFields(a, b),
  ...SAVING.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key])),
];

/** Fields that affect the result of a run. `eval_steps` does only if the run evaluates by steps. */
function decidingFields(recipe: Recipe, { evalStrategy }: Recipe): (keyof Recipe)[] {
  const idle = evalStrategy === "steps" ? "" : "evalSteps";
  return (Object.keys(recipe) as (keyof Recipe)[]).filter(
    (key) => !FREE.has(key) && !BY_CONTENT.has(key) && key !== idle,
  );
}

/**
 * sha256 of everything in a recipe that affects the result, except its seed, and of the initial model. Two
 * recipes with the same effect have the same hash. Fields with their default value are left out, and renamed
 * fields keep their former name, so that later versions compute the same hash.
 */
export function recipeHash(recipe: Recipe, { model }: Pick<Fingerprint, "model">): string {
  const fields = [...decidingFields(recipe, recipe), "loadBestModelAtEnd" as const]
    .map((key) => [FORMER_NAMES[key] ?? key, recipe[key]] as const)
    .filter(([key, value]) => key !== "seed" && JSON.stringify(value) !== JSON.stringify(DEFAULTS.get(key)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([fields, model]));
}

/**
 * Which of model, tokenizer, data and labels have changed. The tokenizer is compared by the tokens that it
 * makes of the data, so only if the data are the same.
 */
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
