import { z } from "zod";
import { decodings } from "../tasks/tokenClassification/decodings.js";
import { metricNames } from "../tasks/tokenClassification/metrics.js";
import { contextLengths } from "./contextLengths.js";
import { BELOW_ONE, fieldsOf, NOT_NEGATIVE, POSITIVE, text, whole, within } from "./field.js";
import { SCHEDULE_TYPES } from "./schedule.js";

const data = fieldsOf("Model and data");
const words = fieldsOf("Words and windows");
const optimisation = fieldsOf("Optimisation");
const evaluation = fieldsOf("Evaluation");
const saving = fieldsOf("Saving");
const card = fieldsOf("Card");

const COLUMN = "the number of a column, from 0, or its name";

const column = (description: string) =>
  words.facts(z.union([whole(0, COLUMN), text(COLUMN)], { error: COLUMN }).optional(), "column", description);

const labels = words.facts(
  z
    .array(text(), { error: "a list of labels" })
    .min(1, { error: "a list with at least one label" })
    .refine((list) => new Set(list).size === list.length, { error: "a list that names every label once" })
    .optional(),
  "list",
  "Labels in the order of their ids. Default: the model's own where they name the data's tags, else the tags of all files, sorted. A tag that is not among them is an error.",
);

const LABEL_MAP = "a map from entity type to its new name";

const labelMap = words.facts(
  z
    .record(z.string(), text(LABEL_MAP), { error: LABEL_MAP })
    .refine((map) => Object.keys(map).length > 0, { error: LABEL_MAP })
    .optional(),
  "map",
  'New names of entity types by their old ones, in all data: {"GPE": "LOC"} renames, two with one new name become one type, "O" drops a type. As a flag in JSON.',
);

const LENGTHS =
  "sentence, document, a number of tokens or a range such as 32-160, not sentence alone, or a map from such to shares above 0";

const lengths = words.facts(
  z
    .union([text(LENGTHS), whole(3, LENGTHS), z.record(z.string(), within(POSITIVE), { error: LENGTHS })], {
      error: LENGTHS,
    })
    .refine((spelled) => contextLengths(spelled) !== undefined, { error: LENGTHS })
    .optional(),
  "map",
  'How documents are cut for training with context document, drawn anew in every epoch: document (as much as the model takes), 128 or 32-160 (neighbouring sentences of at most so many tokens, each time a number drawn from the range), sentence; several with shares of the documents as a map, as a flag in JSON. Default: {"32-160": 0.8, "sentence": 0.2}.',
);

const WEIGHTS = 'a map from label to a number above 0, or "balanced"';

const classWeights = optimisation.facts(
  z
    .union([z.literal("balanced"), z.record(z.string(), within(POSITIVE), { error: WEIGHTS })], {
      error: WEIGHTS,
    })
    .optional(),
  "map",
  "Factor on the loss of each label, 1 for labels left out; balanced weighs every label by words / (labels · words with it). Raises recall of rare types. Default: none.",
);

const CASES = "true, false, or a map of title_case, upper_case and lower_case to shares of 1 in all";

const probability = within({ words: CASES, holds: (value) => value >= 0 && value <= 1 }).default(0);

const caseAugmentation = words.facts(
  z
    .union(
      [
        z.boolean(),
        z
          .strictObject(
            { title_case: probability, upper_case: probability, lower_case: probability },
            { error: CASES },
          )
          .refine(({ title_case, upper_case, lower_case }) => title_case + upper_case + lower_case <= 1, {
            error: CASES,
          }),
      ],
      { error: CASES },
    )
    .default(false),
  "map",
  'Trains on some sentences in another case, drawn anew in every epoch: those in capitals in Title Case (true: with probability 0.3), any in capitals or in lower case (0.03 each). {"title_case": 0.3} sets them; what is left out is 0. As a flag in JSON, or true.',
);

const schedulerKwargs = optimisation.facts(
  z
    .record(z.string(), z.union([z.number(), z.string()], { error: "a number or a text" }), {
      error: "a map of the schedule's settings",
    })
    .default({}),
  "map",
  "Settings of the schedule: num_cycles, power, lr_end, timescale, min_lr, min_lr_rate, num_decay_steps, num_stable_steps, warmup_type, decay_type, min_lr_ratio.",
);

const seed = z
  .number({ error: "a whole number from 0 to 4294967295" })
  .refine((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, {
    error: "a whole number from 0 to 4294967295",
  });

const PUSH = "a name on the hub, true or false";

const TEXTS = "a text or a list of texts";

const textOrList = (description: string) =>
  card.facts(
    z
      .union([text(TEXTS), z.array(text(TEXTS), { error: TEXTS }).min(1, { error: TEXTS })], { error: TEXTS })
      .optional(),
    "list",
    description,
  );

/** The parts of the model card that the run cannot know. */
export const cardSchema = z.strictObject(
  {
    modelName: card.text("Title of the card. Default: the name of the output folder."),
    license: card.text("Licence identifier of the hub, such as mit or apache-2.0."),
    language: textOrList("Language codes, such as en."),
    tags: textOrList("Tags on the hub, besides those of every card."),
    dataset: textOrList("Name of the data set, such as conll2003."),
    datasetArgs: textOrList("Configuration of the data set."),
    finetunedFrom: card.text(
      "Name on the hub of the model that was fine-tuned. Default: what the model's config.json says.",
    ),
    description: card.text("Markdown of the section Model description."),
    uses: card.text("Markdown of the section Intended uses & limitations."),
    data: card.text("Markdown of the section Training and evaluation data."),
  },
  { error: "a section with keys" },
);

/**
 * Every field of a recipe, in camelCase. Fields that HF's `TrainingArguments` and `run_ner.py` also have use
 * HF's names (or accept them as aliases) and mostly HF's defaults. Defaults that depend on other fields are
 * set by `resolveRecipe`.
 */
export const recipeSchema = z.strictObject({
  model: data.needed(
    "text",
    "Pretrained model to start from: a folder with config.json, weights and tokenizer, or a name on the Hugging Face hub, NAME or NAME@REVISION. Needed.",
  ),
  modelRevision: data.text(
    "Branch, tag or commit of a model on the hub. Default: the one in its name, else main.",
  ),
  tokenizer: data.text("Folder with the tokenizer, or a name on the hub. Default: the model's."),
  dataset: data.text(
    "Data set with parts for training, validation and test: a name on the Hugging Face hub, NAME, NAME@REVISION or ORG/NAME/CONFIG, or a folder. Files given as train, validation and test take the place of its parts.",
  ),
  datasetConfig: data.text("Configuration of the data set. Default: its own default."),
  train: data.path(
    "Training data: a file or folder, relative to the working directory. Needed without dataset.",
  ),
  validation: data.path(
    "Data to evaluate on while training. Without it nothing is evaluated and the last model is kept.",
  ),
  validationSplit: data.optionalNumber(
    { words: "a number above 0 and below 1", holds: (value) => value > 0 && value < 1 },
    "Share of the training data to evaluate on instead of training on it, where there is no validation data: with its share of every type of entity, documents whole where there are several, drawn from seed.",
  ),
  test: data.path("Data that is scored once, at the end, and never used for a choice."),
  datasetCache: data.choice(
    ["auto", "always", "never"],
    "auto",
    "Whether training data is cut into tokens once, kept on the disk and read from there step by step, so that it need not fit in memory: auto from 64 MB on, words with tags only. Results are the same.",
  ),
  output: data.needed(
    "path",
    "Folder for the model, its card and the run's records, relative to the working directory. Needed.",
  ),
  overwriteOutputDir: data.flag("Write into an output folder that is not empty."),
  force: data.flag(
    "Overwrite also a model card that somebody has edited; go on with a run also where recipe or data have changed.",
  ),
  maxTrainSamples: data.optionalWhole(1, "Use only the first sentences of the training data. Default: all."),
  maxEvalSamples: data.optionalWhole(1, "Use only the first sentences of the validation data. Default: all."),
  maxPredictSamples: data.optionalWhole(1, "Use only the first sentences of the test data. Default: all."),

  tokenColumn: column(
    "Column of the words: its number in a CoNLL file, from 0, or its name in JSON Lines. Default: 0, or tokens.",
  ),
  tagColumn: column(
    "Column of the tags: its number in a CoNLL file, from 0, or its name in JSON Lines. Default: the last, or ner_tags, or tags.",
  ),
  labels,
  labelMap,
  caseAugmentation,
  labelAllTokens: words.flag("Train on and score every token of a word instead of its first one only."),
  longSentences: words.choice(
    ["window", "truncate"],
    "window",
    "What becomes of sentences longer than the model takes: overlapping windows that score every word once, or HF's truncation, which loses words (they are counted).",
  ),
  maxSeqLength: words.optionalWhole(
    3,
    "Tokens of a sequence, special ones included. Default: as many as the model takes.",
  ),
  overlap: words.optionalWhole(
    0,
    "Tokens that neighbouring windows of a long sentence or document share. Default: 64, of documents 128, or a quarter of the window where that is less.",
  ),
  context: words.choice(
    ["none", "document"],
    "none",
    "What a word sees: its sentence, or its document as far as that fits into a window of whole sentences. Needs data that say where documents begin.",
  ),
  contextLengths: lengths,
  contextEvalTokens: words.optionalWhole(
    3,
    "Tokens of a window in evaluation and prediction with context document, special ones included. Default: the longest of context_lengths.",
  ),
  contextSeparator: words.facts(
    z.boolean({ error: "true or false" }).default(true),
    "true or false",
    "Put a separator ([SEP], </s>) between the sentences of a window.",
  ),

  learningRate: optimisation.number(POSITIVE, 5e-5, "Highest learning rate of AdamW."),
  headLearningRate: optimisation.optionalNumber(
    POSITIVE,
    "Highest learning rate of the classifier, with the schedule of learning_rate. Default: learning_rate.",
  ),
  layerwiseLrDecay: optimisation.optionalNumber(
    { words: "a number above 0, up to 1", holds: (value) => value > 0 && value <= 1 },
    "Factor on the learning rate from each encoder layer to the one below it; the top one has the full rate, the embeddings come below the lowest. Default: none, one rate for all.",
  ),
  perDeviceTrainBatchSize: optimisation.whole(1, 8, "Sentences of a batch."),
  trainBatchTokens: optimisation.optionalWhole(
    1,
    "Tokens of a batch, as near as whole windows come to it, in place of a number of sentences. Default: with context document as many as per_device_train_batch_size sentences have on average.",
  ),
  gradientAccumulationSteps: optimisation.whole(
    1,
    1,
    "Batches whose gradients make one update; equals one batch of all their sentences.",
  ),
  numTrainEpochs: optimisation.number(
    POSITIVE,
    3,
    "Passes over the training data; a fraction ends within a pass.",
  ),
  maxSteps: optimisation.facts(
    z
      .number({ error: "a whole number from 1 on, or -1" })
      .refine((value) => Number.isSafeInteger(value) && (value >= 1 || value === -1), {
        error: "a whole number from 1 on, or -1",
      })
      .default(-1),
    "whole number",
    "Updates of the run; overrides num_train_epochs. -1: the epochs decide.",
  ),
  weightDecay: optimisation.number(
    NOT_NEGATIVE,
    0,
    "Decoupled weight decay, on all weights but biases and LayerNorm.",
  ),
  adamBeta1: optimisation.number(BELOW_ONE, 0.9, "Decay of AdamW's mean of gradients."),
  adamBeta2: optimisation.number(BELOW_ONE, 0.999, "Decay of AdamW's mean of squared gradients."),
  adamEpsilon: optimisation.number(POSITIVE, 1e-8, "Added to AdamW's denominator."),
  maxGradNorm: optimisation.number(
    NOT_NEGATIVE,
    1,
    "Largest global norm of the gradient; a larger one is scaled down. 0: no limit.",
  ),
  lrSchedulerType: optimisation.choice(
    SCHEDULE_TYPES,
    "linear",
    "How the learning rate falls after the warm-up.",
  ),
  lrSchedulerKwargs: schedulerKwargs,
  warmupSteps: optimisation.facts(
    z
      .number({ error: "a whole number, or a share below 1" })
      .refine((value) => value >= 0 && (value < 1 || Number.isSafeInteger(value)), {
        error: "a whole number, or a share below 1",
      })
      .default(0),
    "number",
    "Updates in which the learning rate rises from 0, or below 1 their share of the run (formerly warmup_ratio).",
  ),
  emaDecay: optimisation.optionalNumber(
    { words: "a number above 0 and below 1", holds: (value) => value > 0 && value < 1 },
    "Keeps an exponential moving average of the weights with at most this decay, such as 0.999, evaluates it beside them, and saves the better of the two by metric_for_best_model. Takes 4 bytes a parameter. Default: none.",
  ),
  crf: optimisation.flag(
    "Trains a linear-chain conditional random field on the logits, and decodes by it. Its transitions are saved beside the model.",
  ),
  crfLearningRate: optimisation.number(
    POSITIVE,
    5e-2,
    "Highest learning rate of the CRF's transitions, with the schedule of learning_rate.",
  ),
  labelSmoothingFactor: optimisation.number(
    BELOW_ONE,
    0,
    "Share of the target that is spread over all labels.",
  ),
  classWeights,
  nonFiniteStep: optimisation.choice(
    ["stop", "skip"],
    "stop",
    "What a step does whose loss or gradient is not finite: end the run with the weights of the step before, or go without an update; the third in a row ends the run all the same.",
  ),
  hiddenDropoutProb: optimisation.optionalNumber(
    BELOW_ONE,
    "Dropout of hidden states. Default: the model's.",
  ),
  attentionProbsDropoutProb: optimisation.optionalNumber(
    BELOW_ONE,
    "Dropout of attention probabilities. Default: the model's.",
  ),
  classifierDropout: optimisation.optionalNumber(
    BELOW_ONE,
    "Dropout before the classifier. Default: the model's.",
  ),
  seed: optimisation.facts(
    seed.default(42),
    "whole number",
    "Decides the head's first weights, dropout and the order of sentences: the same seed gives HF's head and order.",
  ),
  dataSeed: optimisation.facts(
    seed.optional(),
    "whole number",
    "Decides the order of sentences alone. Default: seed.",
  ),
  threads: optimisation.optionalWhole(
    1,
    "CPU threads. Runs repeat bit by bit for one number of threads. Default: the machine's cores.",
  ),

  decoding: evaluation.choice(
    decodings,
    "argmax",
    "How words get their labels in evaluations: each the most probable one, or by viterbi a sentence the most probable of the sequences that the tag scheme allows.",
  ),
  perDeviceEvalBatchSize: evaluation.whole(
    1,
    8,
    "Sentences of a batch in evaluation; decides eval_loss, as in HF.",
  ),
  evalStrategy: evaluation.optionalChoice(
    ["no", "steps", "epoch"],
    "When to evaluate. Default: epoch with validation data, else no.",
  ),
  evalSteps: evaluation.optionalWhole(
    1,
    "Updates between evaluations with eval_strategy steps. Default: logging_steps.",
  ),
  loggingSteps: evaluation.whole(
    1,
    500,
    "Updates between log records; the card's Training Loss is the mean over such a span.",
  ),

  saveStrategy: saving.optionalChoice(
    ["no", "steps", "epoch", "best"],
    "When to save a checkpoint. Default: as eval_strategy, or steps where nothing is evaluated.",
  ),
  saveSteps: saving.optionalWhole(
    1,
    "Updates between checkpoints with save_strategy steps. Default: eval_steps where that counts, else 500.",
  ),
  saveTotalLimit: saving.whole(0, 1, "Checkpoints to keep, the best one besides. 0: all."),
  loadBestModelAtEnd: saving.flag(
    "Keep the best model as the result instead of the last, and say so in the card.",
  ),
  metricForBestModel: saving.optionalChoice(
    metricNames,
    "What makes a model the best, on the validation data. Default: loss, as in HF; f1 is what entities are usually judged by.",
  ),
  greaterIsBetter: saving.optionalFlag(
    "Whether a greater metric is better. Default: true, unless the metric is the loss.",
  ),
  earlyStoppingPatience: saving.optionalWhole(
    1,
    "Stop after so many evaluations without improvement. Default: never.",
  ),
  earlyStoppingThreshold: saving.number(
    NOT_NEGATIVE,
    0,
    "How much the metric must improve to count for early stopping.",
  ),

  pushToHub: saving.facts(
    z.union([z.boolean(), text(PUSH)], { error: PUSH }).default(false),
    "text",
    "Name on the Hugging Face hub to upload the finished model and its card to; true: hub_model_id, or the output folder's name. Needs a token in HF_TOKEN.",
  ),
  hubModelId: saving.text("Name on the hub for push_to_hub true."),
  hubPrivateRepo: saving.optionalFlag(
    "Make a new repository on the hub private. Default: what the account has set.",
  ),

  card: card.facts(cardSchema.default({}), "section", "What the model card says besides what the run knows."),
});
