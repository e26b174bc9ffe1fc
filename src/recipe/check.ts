import { resolve } from "node:path";
import type { z } from "zod";
import { argumentNotSupported, fieldInvalid, fieldMissing, fieldsConflict } from "./errors.js";
import { fieldFacts } from "./field.js";
import { recipeSchema } from "./fields.js";
import { asksForNothing, foreignArgument } from "./hfArguments.js";
import { displayName, RawRecipe, type RecipeSource, rawRecipe } from "./raw.js";
import { mayEvaluate, type Recipe, resolveRecipe } from "./resolve.js";
import { scheduleProblem } from "./schedule.js";
import { nearest, snakeCase } from "./spelling.js";
import { foreignTrackers, TRACKERS } from "./trackers.js";

/** A setting was accepted but has no effect; the run can continue. */
export interface RecipeWarning {
  readonly code: "RECIPE_NO_EFFECT";
  readonly message: string;
}

export interface CheckedRecipe {
  readonly recipe: Recipe;
  readonly warnings: readonly RecipeWarning[];
}

const noEffect = (message: string): RecipeWarning => ({ code: "RECIPE_NO_EFFECT", message });

/**
 * Handles arguments of HF that are not fields: refuses them, warns about them, or ignores them if they change
 * nothing.
 */
function foreignWarnings({ foreign }: RawRecipe): RecipeWarning[] {
  return foreign.flatMap(({ name, key, value, where }) => {
    const argument = foreignArgument(key)!;
    if (asksForNothing(argument, value)) return [];
    if (argument.effect === "refused")
      throw argumentNotSupported(where, name, argument.why, argument.instead);
    return [noEffect(`${name} has no effect: ${argument.why} (${where})`)];
  });
}

/** Warns about values of `report_to` that Nerium does not know how to report to. */
function trackerWarnings({ fields }: RawRecipe): RecipeWarning[] {
  const entry = fields.get("reportTo");
  const foreign = foreignTrackers(entry?.value);
  if (entry === undefined || foreign.length === 0) return [];
  const what = `report_to ${foreign.join(", ")} has no effect`;
  return [noEffect(`${what}: Nerium can report to ${TRACKERS.join(", ")} (${entry.where()})`)];
}

function checkNeeded(input: RawRecipe): void {
  for (const keys of [["model"], ["train", "dataset"], ["output"]] as const)
    if (!keys.some((key) => input.fields.has(key))) {
      const [key] = keys;
      const where = input.source.kind === "file" ? input.source.file : displayName(key, input.source);
      throw fieldMissing(where, keys, input.source.kind);
    }
}

function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/**
 * Turns the schema's first issue into an error with the field, its place, the expected value and the actual
 * one.
 */
function invalid(issue: z.core.$ZodIssue, input: RawRecipe) {
  const [key, ...rest] = issue.path as [keyof typeof recipeSchema.shape, ...PropertyKey[]];
  const { value, where } = input.fields.get(key)!;
  // Below a field there are a card's fields, which can be spelled in several ways, or labels and numbers,
  // which cannot.
  const below =
    key === "card" ? rest.map((part) => (typeof part === "string" ? snakeCase(part) : part)) : rest;
  const name = [snakeCase(key), ...below].join(".");
  const found = valueAt(value, rest);
  const choices = fieldFacts.get(recipeSchema.shape[key])?.choices ?? [];
  const meant = typeof found === "string" ? nearest(found, choices) : undefined;
  return fieldInvalid(where(rest), `${name} must be ${issue.message}, not ${shown(found)}`, meant);
}

/** Checks the rules between fields. */
function checkTogether(recipe: Recipe, input: RawRecipe): void {
  const conflict = (keys: readonly (keyof Recipe)[], what: string, remedy: string): never => {
    const entry = keys.map((key) => input.fields.get(key)).find((each) => each !== undefined);
    throw fieldsConflict(entry?.where() ?? snakeCase(keys[0]!), what, remedy);
  };
  const { evalStrategy, saveStrategy, evalSteps, saveSteps } = recipe;
  if (recipe.validation !== undefined && recipe.validationSplit !== undefined)
    conflict(
      ["validationSplit"],
      "validation_split is set, but there is validation data already",
      "Remove validation_split or validation.",
    );
  if (recipe.datasetCache === "always" && recipe.validationSplit !== undefined)
    conflict(
      ["datasetCache"],
      "dataset_cache is always, but validation_split needs all training data in memory",
      "Split the data first with nerium data split, or remove dataset_cache.",
    );
  if (recipe.datasetCache === "always" && recipe.context === "document")
    conflict(
      ["datasetCache", "context"],
      "dataset_cache is always, but context document needs all training data in memory",
      "Remove one of them.",
    );
  if (recipe.datasetCache === "always" && recipe.caseAugmentation !== false)
    conflict(
      ["datasetCache", "caseAugmentation"],
      "dataset_cache is always, but case_augmentation needs all training data in memory",
      "Remove one of them.",
    );
  if (recipe.crf) checkCrf(recipe, input, conflict);
  if (recipe.teachers !== undefined) checkTeachers(recipe, recipe.teachers, conflict);
  if (evalStrategy !== "no" && !mayEvaluate(recipe))
    conflict(
      ["evalStrategy"],
      `eval_strategy is ${evalStrategy}, but there is no validation data`,
      "Add validation or validation_split, or remove eval_strategy.",
    );
  const evaluated = evalStrategy !== "no";
  if (recipe.loadBestModelAtEnd && !evaluated)
    conflict(
      ["loadBestModelAtEnd"],
      "load_best_model_at_end needs evaluations during training",
      "Add validation or validation_split, and do not set eval_strategy to no.",
    );
  if (recipe.earlyStoppingPatience !== undefined && !evaluated)
    conflict(
      ["earlyStoppingPatience"],
      "early_stopping_patience needs evaluations during training",
      "Add validation or validation_split, and do not set eval_strategy to no.",
    );
  if (recipe.emaDecay !== undefined && !mayEvaluate(recipe))
    conflict(
      ["emaDecay"],
      "ema_decay needs validation data, to choose between the average and the last weights",
      "Add validation or validation_split, or remove ema_decay.",
    );
  if (saveStrategy === "best" && !evaluated)
    conflict(
      ["saveStrategy"],
      "save_strategy best needs evaluations during training",
      "Add validation or validation_split, and do not set eval_strategy to no.",
    );
  if (recipe.loadBestModelAtEnd && saveStrategy !== "best") {
    if (saveStrategy !== evalStrategy)
      conflict(
        ["saveStrategy", "evalStrategy"],
        `load_best_model_at_end needs eval_strategy (${evalStrategy}) and save_strategy (${saveStrategy}) to be equal`,
        "Set both to the same value, or save_strategy to best.",
      );
    if (evalStrategy === "steps" && saveSteps % evalSteps !== 0)
      conflict(
        ["saveSteps", "evalSteps"],
        `load_best_model_at_end needs save_steps (${saveSteps}) to be a multiple of eval_steps (${evalSteps})`,
        "Change one of them.",
      );
  }
  const windows = Math.min(
    recipe.maxSeqLength ?? Number.POSITIVE_INFINITY,
    recipe.contextEvalTokens ?? Number.POSITIVE_INFINITY,
  );
  if (recipe.overlap !== undefined && recipe.overlap >= windows - 2)
    conflict(
      ["overlap", "contextEvalTokens", "maxSeqLength"],
      `overlap (${recipe.overlap}) leaves no room in windows of ${windows} tokens`,
      "Use a smaller value.",
    );
  const { maxSeqLength, contextEvalTokens } = recipe;
  if (maxSeqLength !== undefined && contextEvalTokens !== undefined && contextEvalTokens > maxSeqLength)
    conflict(
      ["contextEvalTokens", "maxSeqLength"],
      `context_eval_tokens (${contextEvalTokens}) is more than max_seq_length (${maxSeqLength})`,
      "Use a smaller value.",
    );
  if (resolve(recipe.model) === resolve(recipe.output))
    conflict(
      ["output"],
      "output and model are the same folder",
      "Choose another output, because the pretrained model would be overwritten.",
    );
  const { lrSchedulerType, lrSchedulerKwargs, learningRate } = recipe;
  const problem = scheduleProblem(lrSchedulerType, lrSchedulerKwargs, learningRate);
  if (problem)
    conflict(
      ["lrSchedulerKwargs", "lrSchedulerType", "learningRate"],
      problem,
      "Change lr_scheduler_kwargs or lr_scheduler_type.",
    );
}

/** Refuses settings that exclude learning from other models. */
function checkTeachers(
  recipe: Recipe,
  teachers: readonly string[],
  conflict: (keys: readonly (keyof Recipe)[], what: string, remedy: string) => never,
): void {
  if (recipe.labelAllTokens)
    conflict(
      ["labelAllTokens", "teachers"],
      "teachers give probabilities of words, but label_all_tokens needs those of all tokens",
      "Remove one of them.",
    );
  if (recipe.datasetCache === "always")
    conflict(
      ["datasetCache", "teachers"],
      "dataset_cache is always, but teachers need all training data in memory",
      "Remove one of them.",
    );
  if (teachers.some((teacher) => resolve(teacher) === resolve(recipe.output)))
    conflict(
      ["output"],
      "output is the folder of one of the teachers",
      "Choose another output, because the teacher would be overwritten.",
    );
}

/** Refuses settings that make no sense for a model with a CRF. */
function checkCrf(
  recipe: Recipe,
  { fields }: RawRecipe,
  conflict: (keys: readonly (keyof Recipe)[], what: string, remedy: string) => never,
): void {
  const refused: [keyof Recipe, boolean, string][] = [
    [
      "labelAllTokens",
      recipe.labelAllTokens,
      "crf scores words, but label_all_tokens needs scores of all tokens",
    ],
    [
      "labelSmoothingFactor",
      recipe.labelSmoothingFactor > 0,
      "crf and label_smoothing_factor exclude each other: a CRF has no targets to smooth",
    ],
    [
      "classWeights",
      recipe.classWeights !== undefined,
      "crf and class_weights exclude each other: a CRF scores whole sentences, not single labels",
    ],
    [
      "decoding",
      fields.get("decoding")?.value === "argmax",
      "crf always decodes with viterbi, but decoding is argmax",
    ],
    [
      "datasetCache",
      recipe.datasetCache === "always",
      "dataset_cache is always, but crf needs all training data in memory",
    ],
  ];
  for (const [key, isRefused, what] of refused) if (isRefused) conflict([key], what, "Remove one of them.");
}

/** Warns about fields that were given but have no effect because of other fields. */
function idleFields(recipe: Recipe, { fields }: RawRecipe): RecipeWarning[] {
  const idle: [keyof Recipe, boolean, string][] = [
    ["evalSteps", recipe.evalStrategy !== "steps", "eval_strategy is not steps"],
    ["saveSteps", recipe.saveStrategy !== "steps", "save_strategy is not steps"],
    ["maxEvalSamples", !mayEvaluate(recipe), "there is no validation data"],
    ["maxPredictSamples", recipe.test === undefined && recipe.dataset === undefined, "there is no test data"],
    ["contextLengths", recipe.context === "none", "context is not document"],
    ["contextEvalTokens", recipe.context === "none", "context is not document"],
    ["contextSeparator", recipe.context === "none" && !recipe.contextSeparator, "context is not document"],
    ["datasetConfig", recipe.dataset === undefined, "there is no dataset"],
    ["hubModelId", recipe.pushToHub !== true, "push_to_hub is not true"],
    ["hubPrivateRepo", recipe.pushToHub === false, "nothing is uploaded"],
    [
      "distillationAlpha",
      recipe.teachers === undefined && recipe.distillationAlpha !== 1,
      "there are no teachers",
    ],
    [
      "labelSmoothingFactor",
      recipe.teachers !== undefined && recipe.distillationAlpha === 1 && recipe.labelSmoothingFactor > 0,
      "distillation_alpha is 1, so that only the teachers are learned from",
    ],
    [
      "warmupSteps",
      recipe.lrSchedulerType === "constant" && recipe.warmupSteps > 0,
      "lr_scheduler_type is constant; constant_with_warmup has a warm-up",
    ],
    [
      "perDeviceTrainBatchSize",
      recipe.trainBatchTokens !== undefined && recipe.perDeviceTrainBatchSize !== 8,
      "train_batch_tokens decides about the batches",
    ],
    [
      "saveTotalLimit",
      recipe.saveStrategy === "no" && (recipe.saveTotalLimit ?? 0) > 0,
      "save_strategy is no",
    ],
    ["crfLearningRate", !recipe.crf && recipe.crfLearningRate !== 5e-2, "crf is not true"],
    [
      "runName",
      !(recipe.reportTo.includes("mlflow") || recipe.reportTo.includes("trackio")),
      "report_to is neither mlflow nor trackio",
    ],
    ["numTrainEpochs", recipe.maxSteps > 0 && recipe.numTrainEpochs !== 3, "max_steps overrides it"],
    [
      "earlyStoppingThreshold",
      recipe.earlyStoppingPatience === undefined && recipe.earlyStoppingThreshold > 0,
      "early_stopping_patience is not set",
    ],
  ];
  return idle.flatMap(([key, isIdle, why]) => {
    const entry = isIdle ? fields.get(key) : undefined;
    return entry ? [noEffect(`${snakeCase(key)} has no effect: ${why} (${entry.where()})`)] : [];
  });
}

/**
 * Checks a recipe: every field must have the right type and range, and fields that depend on each other must
 * agree. Fills in all defaults.
 *
 * @param input an object, flags by name, or the result of {@link rawRecipe}, `readRecipeFile` or
 *   `mergeRecipes`
 * @param source where the input comes from, if it is not a {@link RawRecipe}; a string is used as the name of
 *   an object
 * @throws NeriumError `RECIPE_…` for the first problem, with field, place (file:line or flag) and remedy
 */
export function parseRecipe(input: unknown, source: RecipeSource | string = "the recipe"): CheckedRecipe {
  const from = typeof source === "string" ? ({ kind: "object", name: source } as const) : source;
  const read = input instanceof RawRecipe ? input : rawRecipe(input, from);
  const warnings = [...foreignWarnings(read), ...trackerWarnings(read)];
  checkNeeded(read);
  const values = Object.fromEntries(Array.from(read.fields, ([key, { value }]) => [key, value]));
  const parsed = recipeSchema.safeParse(values);
  if (!parsed.success) throw invalid(parsed.error.issues[0]!, read);
  const recipe = resolveRecipe(parsed.data);
  checkTogether(recipe, read);
  return { recipe, warnings: [...warnings, ...idleFields(recipe, read)] };
}
