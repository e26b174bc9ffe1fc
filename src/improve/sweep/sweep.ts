import { join } from "node:path";
import { counted } from "../../counted.js";
import { mean } from "../../evaluate/index.js";
import { withScratchFolder, writeFileAtomically, writeJson } from "../../files/index.js";
import { type OptionKinds, requireOptions } from "../../options.js";
import { Owned } from "../../owned.js";
import {
  parseRecipe,
  RawRecipe,
  type Recipe,
  type RecipeInput,
  recipeToYaml,
  SWEEP,
} from "../../recipe/index.js";
import { snakeCase } from "../../recipe/spelling.js";
import { type DryRuns, type DryRunsEdge, measuredRuns } from "../dryRuns.js";
import { validationMissing } from "../errors.js";
import { planned } from "../fields.js";
import { readData } from "../readData.js";
import { changedRecipe, edgeOf, type FollowRun, rawOf } from "../runs.js";
import { scoredTags } from "../scoredTags.js";
import { openWorkFolder } from "../workFolder.js";
import { effectsPicture } from "./picture.js";
import {
  commonShare,
  type FieldEffect,
  f1At,
  fieldEffects,
  rankedSettings,
  type SweptSetting,
} from "./ranking.js";
import { type Setting, type SweepSpace, settingsOf } from "./space.js";
import { PAUSES, type RunRecord, trainedUntil } from "./sweepRun.js";
import { valueText } from "./valueText.js";

const COMMAND = "nerium sweep";

/** Options of {@link sweep}. */
export interface SweepOptions {
  /** The values to try of each recipe field. Defaults to the map `sweep` of the recipe. */
  readonly space?: SweepSpace;
  /** Tries so many random settings. Defaults to all combinations. */
  readonly trials?: number;
  /** Trains each setting once per seed. Defaults to the seed of the recipe. */
  readonly seeds?: readonly number[];
  /** Stops the worse half of the settings after a quarter of their steps, and again after half of them. */
  readonly halving?: boolean;
  /** When aborted, the call ends with the error IMPROVE_STOPPED after the present step. The next call continues. */
  readonly signal?: AbortSignal;
  /** Starts each run and returns its result, for example to show progress. Defaults to running silently. */
  readonly follow?: FollowRun;
  /** Called with facts about the data. Each is a sentence. */
  readonly say?: (line: string) => void;
}

const OPTIONS: OptionKinds<SweepOptions> = {
  space: "an object",
  trials: "a whole number of 1 or more",
  seeds: "a list of different seeds",
  halving: "true or false",
  signal: "an AbortSignal",
  follow: "a function",
  say: "a function",
};

/** The result of a sweep. */
export interface Sweep {
  readonly schema_version: 1;
  readonly search: "grid" | "random";
  readonly halving: boolean;
  readonly seeds: readonly number[];
  /** Sentences of the validation data. */
  readonly sentences: number;
  /** All settings, the best first; stopped ones last. */
  readonly settings: readonly SweptSetting[];
  /** Share of the steps after which {@link effects} compares the settings: below 1 if halving stopped some. */
  readonly effectsShare: number;
  /** Which field matters, the one that matters most first. */
  readonly effects: readonly FieldEffect[];
  /** The recipe of the best setting: a file that `train` takes. */
  readonly best: string;
  /** Which value matters, as a picture. */
  readonly picture: string;
}

/**
 * Tries values of recipe fields: trains a model for each setting and seed, compares them on the validation data, and writes the
 * recipe of the best setting. The output folder gets `sweep.json`, `best.yaml`, `effects.svg`, and the models. An interrupted
 * call continues where it was, and ends with the same result.
 *
 * @example
 * const recipe = { model: "bert-base-cased", train: "train.conll", validation: "valid.conll", output: "sweep" };
 * const { settings, best } = await sweep(recipe, { space: { learningRate: [2e-5, 5e-5], numTrainEpochs: [3, 5] } });
 * console.log(settings[0].values, settings[0].f1, best);
 *
 * @param input a recipe, as for `train`. Its test data is not used.
 * @throws NeriumError IMPROVE_SPACE_INVALID, IMPROVE_FIELD_NOT_SWEPT, IMPROVE_VALIDATION_MISSING, IMPROVE_PLAN_CHANGED,
 *   IMPROVE_OUTPUT_EXISTS, IMPROVE_STOPPED, and the errors of reading and training
 */
export async function sweep(input: RecipeInput | RawRecipe, options: SweepOptions = {}): Promise<Sweep> {
  requireOptions("sweep", options, OPTIONS);
  const edge = edgeOf(options);
  const { raw, recipe, base, settings, seeds, isReplaced } = sweepPlan(input, options);
  const { trials, halving = false } = options;
  const { output } = recipe;
  if (isReplaced) edge.say("the search space of the recipe is not used, because another one is given");
  if (settings.length < (trials ?? 0))
    edge.say(`${counted(settings.length, "setting")} instead of ${trials}: the search space has no more`);

  const train = await readData(recipe, "train", edge.say);
  const validation = await readData(recipe, "validation", edge.say);
  const { sentences } = validation.data;
  const labels = recipe.labels ?? [...new Set([...train.labels, ...validation.labels])];
  const scored = scoredTags(labels);
  const gold = sentences.map(({ tags }) => scored(tags));
  return Owned.during(async (owned) => {
    const plan = {
      ...{ command: COMMAND, data: [train.sha256, validation.sha256], settings, seeds, halving },
      recipe: planned(recipe, Object.keys(settings[0]!)),
    };
    owned.own(await openWorkFolder(output, plan, (name) => /^setting-\d+$/.test(name)), "release");
    const records: RunRecord[][] = settings.map(() => []);
    let left = [...settings.keys()];
    for (const until of [...(halving ? PAUSES : []), 1]) {
      for (const index of left)
        for (const [at, own] of seeds.entries())
          records[index]![at] = await trainedUntil(
            {
              title: `setting ${index + 1} of ${settings.length}${seeds.length > 1 ? `, seed ${own}` : ""}`,
              recipe: changedRecipe(base, [], { ...settings[index], seed: own }),
              folder: join(output, `setting-${index + 1}`, `seed-${own}`),
            },
            until,
            sentences,
            edge,
            output,
          );
      if (until < 1) left = betterHalf(left, (index) => mean(records[index]!.map((run) => f1At(run, until))));
    }
    const trained = settings.map((values, index) => ({ values, records: records[index]! }));
    const ranked = rankedSettings(trained, validation.data, gold);
    const effectsShare = commonShare(trained);
    const effects = fieldEffects(trained, effectsShare);
    const [best, picture] = [join(output, "best.yaml"), join(output, "effects.svg")];
    await writeFileAtomically(best, bestRecipe(raw, ranked[0]!.values, seeds[0]!));
    await writeFileAtomically(picture, effectsPicture(effects, effectsShare));
    const result: Sweep = {
      ...{ schema_version: 1 as const, search: trials === undefined ? "grid" : "random", halving, seeds },
      ...{ sentences: sentences.length, settings: ranked, effectsShare, effects, best, picture },
    };
    await writeJson(join(output, "sweep.json"), result);
    if (halving && effectsShare === 1 && settings.length > 1)
      edge.say("halving stopped no setting, because none was evaluated before its end: set eval_steps");
    return result;
  });
}

interface SweepPlan {
  readonly raw: RawRecipe;
  readonly recipe: Recipe;
  /** The recipe of all runs, without the values of their setting. */
  readonly base: RawRecipe;
  readonly settings: readonly Setting[];
  readonly seeds: readonly number[];
  /** True if the recipe has a search space too. */
  readonly isReplaced: boolean;
}

/** What a sweep runs. All recipes are checked. */
function sweepPlan(input: RecipeInput | RawRecipe, options: SweepOptions): SweepPlan {
  const [raw, spaceOfRecipe] = withoutSpace(rawOf(input));
  const { recipe } = parseRecipe(raw);
  const { seed } = recipe;
  const { seeds = [seed], trials } = options;
  if (recipe.validation === undefined) throw validationMissing(COMMAND);
  const base = evaluated(raw, recipe);
  const settings = settingsOf(options.space ?? spaceOfRecipe, { trials, seed });
  for (const values of settings) parseRecipe(changedRecipe(base, [], values));
  const isReplaced = options.space !== undefined && Object.keys(spaceOfRecipe).length > 0;
  return { raw, recipe, base, settings, seeds, isReplaced };
}

/** Fields that change neither the time nor the memory of a run. */
const COSTLESS: ReadonlySet<string> = new Set<keyof Recipe>([
  ...([
    "learningRate",
    "weightDecay",
    "warmupSteps",
    "lrSchedulerType",
    "maxGradNorm",
    "labelSmoothingFactor",
  ] as const),
  ...(["adamBeta1", "adamBeta2", "adamEpsilon", "classWeights", "headLearningRate"] as const),
]);

/**
 * Measures what {@link sweep} would take: one run for each setting that may need another time or memory.
 *
 * @throws NeriumError as `dryRun`, and those of {@link sweep} about its options
 */
export async function sweepDryRun(
  input: RecipeInput | RawRecipe,
  options: SweepOptions,
  edge: DryRunsEdge,
): Promise<DryRuns> {
  const { recipe, base, settings, seeds } = sweepPlan(input, options);
  const { output, validation } = recipe;
  const kinds = new Map<string, number[]>();
  for (const [index, values] of settings.entries()) {
    const costly = Object.entries(values).filter(([field]) => !COSTLESS.has(field));
    const key = costly.map(([field, value]) => `${snakeCase(field)} ${valueText(value)}`).join(", ");
    kinds.set(key, [...(kinds.get(key) ?? []), index]);
  }
  return withScratchFolder(output, (folder) => {
    const planned = [...kinds].map(([title, own]) => ({
      title: title === "" ? "settings" : title,
      // A finished run tags the validation data once more.
      recipe: changedRecipe(base, [], {
        ...settings[own[0]!],
        test: validation,
        output: join(folder, "model"),
      }),
      runs: own.length * seeds.length,
      keepsModels: true,
    }));
    const halving = options.halving ? { pauses: PAUSES, seeds: seeds.length } : undefined;
    return measuredRuns(planned, { command: COMMAND, output, halving }, edge);
  });
}

/** Takes the search space out of a recipe. */
function withoutSpace({ fields, foreign, source }: RawRecipe): readonly [RawRecipe, SweepSpace] {
  const isSpace = ({ key }: { readonly key: string }) => key === SWEEP;
  const space = foreign.find(isSpace)?.value;
  const rest = new RawRecipe(
    fields,
    foreign.filter((entry) => !isSpace(entry)),
    source,
  );
  return [rest, (typeof space === "object" && space !== null ? space : {}) as SweepSpace];
}

/** A recipe that is evaluated and saved while it is trained, so that runs can be paused and continued. */
function evaluated(raw: RawRecipe, { evalStrategy, evalSteps, loadBestModelAtEnd }: Recipe): RawRecipe {
  const strategy = evalStrategy === "no" ? "epoch" : evalStrategy;
  return changedRecipe(raw, ["test", "pushToHub", "hubModelId", "hubPrivateRepo", "overwriteOutputDir"], {
    evalStrategy: strategy,
    saveStrategy: strategy,
    ...(strategy === "steps" && { evalSteps, saveSteps: evalSteps }),
    saveTotalLimit: loadBestModelAtEnd ? 2 : 1,
  });
}

/** The better half, rounded up, in the same order. */
function betterHalf(settings: readonly number[], f1: (setting: number) => number): number[] {
  const ranked = [...settings].sort((a, b) => f1(b) - f1(a) || a - b);
  return ranked.slice(0, Math.ceil(settings.length / 2)).sort((a, b) => a - b);
}

/** The recipe of a setting as a file, without an output folder. */
function bestRecipe(raw: RawRecipe, values: Setting, seed: number): string {
  const { recipe } = parseRecipe(changedRecipe(raw, [], { ...values, seed }));
  return recipeToYaml({ ...recipe, output: undefined as never });
}
