import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { asksForNothing, foreignArgument } from "../../src/recipe/hfArguments.js";
import { mergeRecipes, parseRecipe, type Recipe, rawRecipe } from "../../src/recipe/index.js";
import { camelCase } from "../../src/recipe/spelling.js";
import { NotReplayable, type Recording } from "./recording.js";

/** The options of the command line, besides the recording. */
export interface ReplayPlaces {
  readonly model?: string | undefined;
  readonly train?: string | undefined;
  readonly validation?: string | undefined;
  /** The folder that data names in the recording are relative to. */
  readonly data?: string | undefined;
  /** Number of batches per step: each recorded batch is divided into this many parts. */
  readonly accumulate?: number | undefined;
}

/** The labels of CoNLL-2003 in the order of the data set's own list, which recordings of it use. */
export const CONLL_LABELS = ["O", ...["PER", "ORG", "LOC", "MISC"].flatMap((t) => [`B-${t}`, `I-${t}`])];

const repositorysData = resolve(import.meta.dirname, "../../../shared/data");

/** Arguments that do not affect any number: logging, data loading and output. */
export const WITHOUT_NUMBERS = new Set(
  (
    "do_train do_eval do_predict no_cuda use_cpu report_to run_name project logging_dir log_level log_level_replica " +
    "log_on_each_node disable_tqdm logging_first_step trackio_space_id trackio_bucket_id trackio_static_space_id " +
    "dataloader_num_workers dataloader_pin_memory dataloader_persistent_workers dataloader_prefetch_factor " +
    "preprocessing_num_workers overwrite_cache cache_dir skip_memory_metrics full_determinism " +
    "include_num_input_tokens_seen include_tokens_per_second local_rank ddp_timeout save_on_each_node hub_model_id " +
    "hub_strategy hub_private_repo hub_always_push hub_revision save_only_model save_safetensors"
  )
    .split(" ")
    .map(camelCase),
);

/**
 * Arguments that make torch compute in another way or choose settings itself. A recipe cannot repeat that.
 */
const OTHER_KERNELS = new Set(
  "auto_find_batch_size torch_compile jit_mode_eval use_liger_kernel".split(" ").map(camelCase),
);

/**
 * The fields that a replay supports. A recording with any other field is refused, since the field would be
 * ignored.
 */
const OBEYED = new Set(
  (
    "learningRate perDeviceTrainBatchSize perDeviceEvalBatchSize gradientAccumulationSteps numTrainEpochs maxSteps " +
    "weightDecay adamBeta1 adamBeta2 adamEpsilon maxGradNorm lrSchedulerType lrSchedulerKwargs warmupSteps " +
    "labelSmoothingFactor classWeights hiddenDropoutProb attentionProbsDropoutProb classifierDropout seed dataSeed " +
    "evalStrategy evalSteps loggingSteps maxSeqLength labelAllTokens labels tokenColumn tagColumn maxTrainSamples " +
    "maxEvalSamples loadBestModelAtEnd metricForBestModel greaterIsBetter engine bf16 bf16FullEval"
  ).split(" "),
);

/** Values of arguments that leave the order of the data random. */
const RANDOM_ORDER = new Map<string, readonly unknown[]>([
  ["groupByLength", [false]],
  ["trainSamplingStrategy", ["random"]],
]);

/** Arguments about output, checkpoints and reports. A replay ignores them, since it writes and sends nothing. */
const UNUSED = [
  ...["output_dir", "overwrite_output_dir", "save_strategy", "save_steps", "save_total_limit"],
  ...["report_to", "run_name"],
];

/**
 * Returns the recipe that repeats a recording.
 *
 * @throws NotReplayable for an argument that a replay does not support, or a missing file
 * @throws NeriumError `RECIPE_…` for an argument that Nerium does not know or refuses
 */
export function replayRecipe(recording: Recording, places: ReplayPlaces = {}): Recipe {
  const { dropout, ...recorded } = recording.arguments;
  for (const name of UNUSED) delete recorded[name];
  const refuse = (name: string, why: string): never => {
    throw new NotReplayable(`${recording.file}: arguments.${name} cannot be replayed: ${why}`);
  };
  if ((recorded.logging_steps ?? 1) !== 1) refuse("logging_steps", "every step must be recorded");
  if (dropout !== undefined && dropout !== 0) refuse("dropout", "torch's random masks are not Nerium's");

  const given = rawRecipe(recorded, { kind: "object", name: `${recording.file}: arguments` });
  for (const { key, name, value } of given.foreign) {
    const argument = foreignArgument(key)!;
    if (argument.effect !== "none" || WITHOUT_NUMBERS.has(key)) continue;
    const otherKernels = OTHER_KERNELS.has(key) && value === true;
    if (otherKernels || !asksForNothing(argument, value)) refuse(name, argument.why);
  }
  for (const [key, { value, where }] of given.fields)
    if (!OBEYED.has(key) && !WITHOUT_NUMBERS.has(key) && !RANDOM_ORDER.get(key)?.includes(value))
      throw new NotReplayable(`${where()} is not supported in a replay`);

  const model =
    places.model ?? recording.init ?? missing(recording, "a model beside it", "--model FOLDER", "init/");
  const train = dataFile(recording, "train", places);
  const hasValidation = recording.evaluations.length > 0 || recording.sample.length > 0;
  const validation = hasValidation ? dataFile(recording, "validation", places) : undefined;
  const labels = recording.labels ?? (train.name?.startsWith("conll2003/") ? CONLL_LABELS : undefined);
  const own = rawRecipe(
    {
      model,
      train: train.file,
      max_train_samples: train.first,
      validation: validation?.file,
      max_eval_samples: validation?.first,
      labels,
      output: join(tmpdir(), "nerium-parity-writes-nothing"),
      long_sentences: "truncate",
      logging_steps: 1,
      eval_strategy: recorded.eval_strategy ?? "no",
      save_strategy: "no",
      ...(dropout === 0 && {
        hidden_dropout_prob: 0,
        attention_probs_dropout_prob: 0,
        classifier_dropout: 0,
      }),
    },
    { kind: "object", name: "the replay" },
  );
  const { recipe } = parseRecipe(mergeRecipes(given, own));
  if (recipe.gradientAccumulationSteps > 1)
    refuse(
      "gradient_accumulation_steps",
      "Trainer adds the batches' mean losses up (huggingface/transformers#47688); record one large batch and use --accumulate",
    );
  if (recipe.loadBestModelAtEnd) refuse("load_best_model_at_end", "the last weights are compared");
  return accumulated(recipe, places.accumulate ?? 1);
}

/** Divides each step into smaller batches. */
function accumulated(recipe: Recipe, parts: number): Recipe {
  const size = recipe.perDeviceTrainBatchSize;
  if (!Number.isInteger(parts) || parts < 1 || size % parts !== 0)
    throw new NotReplayable(`--accumulate must divide the recorded batch size, ${size}, not be ${parts}`);
  return { ...recipe, perDeviceTrainBatchSize: size / parts, gradientAccumulationSteps: parts };
}

const DATA = /^(?:first (\d+) sentences of )?(\S+?)(?:, whole)?$/;

/**
 * Finds the file of a split and the number of its sentences to read, from a text such as `first 320 sentences
 * of conll2003/train.txt`.
 */
function dataFile(recording: Recording, split: "train" | "validation", places: ReplayPlaces) {
  const text = typeof recording.data === "string" ? { train: recording.data } : recording.data;
  const described = (text as Partial<Record<typeof split, string>>)[split];
  const [, count, name] = DATA.exec(described ?? "") ?? [];
  const first = count === undefined ? undefined : Number(count);
  const given = places[split];
  if (given !== undefined) return { file: given, name, first };
  const folders =
    places.data === undefined ? [...dataFoldersAbove(recording.folder), repositorysData] : [places.data];
  const file = folders
    .map((folder) => join(folder, name ?? ""))
    .find((each) => name !== undefined && existsSync(each));
  return {
    file: file ?? missing(recording, `the ${split} data`, `--${split} FILE or --data FOLDER`, described),
    name,
    first,
  };
}

/** The paths of `data` in the recording's folder and in all folders above it. */
function dataFoldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, "data"), ...(parent === folder ? [] : dataFoldersAbove(parent))];
}

function missing(recording: Recording, what: string, option: string, name?: string): never {
  throw new NotReplayable(
    `${recording.file}: ${what}${name === undefined ? "" : ` (${name})`} is not there; give ${option}`,
  );
}
