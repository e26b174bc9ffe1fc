import { z } from "zod";
import { OFFSET_UNITS } from "../data/spans/offsetUnit.js";
import { SPAN_POLICIES } from "../data/spans/spanProblem.js";
import { BAD_TAG_POLICIES, TAG_SCHEMES } from "../data/tags/tagReading.js";
import { limits } from "../limits.js";
import { deviceNames } from "../runtime/combinations.js";
import { engineNames } from "../runtime/engineNames.js";
import { decodings } from "../tasks/tokenClassification/decodings.js";
import { metricNames } from "../tasks/tokenClassification/metrics.js";
import { contextLengths } from "./contextLengths.js";
import { BELOW_ONE, fieldsOf, NOT_NEGATIVE, POSITIVE, text, whole, within } from "./field.js";
import { SCHEDULE_TYPES } from "./schedule.js";
import { reportTo, TRACKERS } from "./trackers.js";

const data = fieldsOf("Model and data");
const words = fieldsOf("Words and windows");
const optimisation = fieldsOf("Optimisation");
const evaluation = fieldsOf("Evaluation");
const saving = fieldsOf("Saving");
const card = fieldsOf("Card");

const COLUMN = "the number of a column, counted from 0, or its name";

const column = (description: string) =>
  words.facts(z.union([whole(0, COLUMN), text(COLUMN)], { error: COLUMN }).optional(), "column", description);

const labels = words.facts(
  z
    .array(text(), { error: "a list of labels" })
    .min(1, { error: "a list with at least one label" })
    .refine((list) => new Set(list).size === list.length, { error: "a list without duplicates" })
    .optional(),
  "list",
  "Labels in the order of their ids. A tag in the data that is not among them is an error. Default: the labels of the model if they include all tags of the data, otherwise the tags of all files, sorted.",
);

const LABEL_MAP = "a map from entity type to its new name";

const labelMap = words.facts(
  z
    .record(z.string(), text(LABEL_MAP), { error: LABEL_MAP })
    .refine((map) => Object.keys(map).length > 0, { error: LABEL_MAP })
    .optional(),
  "map",
  'Rename entity types in all data: {"GPE": "LOC", "DATE": "O"} turns GPE into LOC and removes DATE. Types that get the same new name are merged. On the command line, write JSON.',
);

const trackers = evaluation.facts(
  reportTo.default("none"),
  "list",
  `Where to report the figures of the run to, besides the output folder: none, ${TRACKERS.join(", ")}, or several of them. tensorboard writes event files to runs in the output folder, or to TENSORBOARD_LOGGING_DIR. mlflow sends to the server in MLFLOW_TRACKING_URI, trackio to that in TRACKIO_SERVER_URL.`,
);

const LENGTHS =
  "document, a number of tokens, a range such as 32-160, or a map from these and sentence to shares above 0";

const lengths = words.facts(
  z
    .union([text(LENGTHS), whole(3, LENGTHS), z.record(z.string(), within(POSITIVE), { error: LENGTHS })], {
      error: LENGTHS,
    })
    .refine((spelled) => contextLengths(spelled) !== undefined, { error: LENGTHS })
    .optional(),
  "map",
  'Length of the training windows with context document, in tokens: a number, a range from which lengths are drawn at random, sentence, or document (as long as the model allows). A map gives each a share of the documents; documents are assigned anew in every epoch. On the command line, write a map as JSON. Default: {"32-160": 0.8, "sentence": 0.2}.',
);

const TEACHERS = "a list of at least one model";

const WEIGHTS = 'a map from label to a number above 0, or "balanced"';

const classWeights = optimisation.facts(
  z
    .union([z.literal("balanced"), z.record(z.string(), within(POSITIVE), { error: WEIGHTS })], {
      error: WEIGHTS,
    })
    .optional(),
  "map",
  "Factor on the loss of each label; 1 for labels that are not listed. balanced computes the factors as words / (labels · words with this label), which raises the recall of rare types. On the command line, write a map as JSON. Default: none.",
);

const CASES =
  "true, false, or a map from title_case, upper_case and lower_case to probabilities with a sum of at most 1";

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
  'Change the case of some training sentences, chosen anew in every epoch: all-capital sentences to Title Case (probability 0.3), any sentence to capitals or to lower case (0.03 each). {"title_case": 0.3} sets the probabilities; those not listed are 0. On the command line, write true or JSON.',
);

const schedulerKwargs = optimisation.facts(
  z
    .record(z.string(), z.union([z.number(), z.string()], { error: "a number or a text" }), {
      error: "a map of the schedule's settings",
    })
    .default({}),
  "map",
  "Settings of the schedule: num_cycles, power, lr_end, timescale, min_lr, min_lr_rate, num_decay_steps, num_stable_steps, warmup_type, decay_type, min_lr_ratio. On the command line, write JSON.",
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
    license: card.text("License identifier of the hub, such as mit or apache-2.0."),
    language: textOrList("Language codes, such as en."),
    tags: textOrList("Additional tags on the hub."),
    dataset: textOrList("Name of the data set, such as conll2003."),
    datasetArgs: textOrList("Configuration of the data set."),
    finetunedFrom: card.text(
      "Name on the hub of the model that was fine-tuned. Default: the name in the model's config.json.",
    ),
    description: card.text("Text of the section Model description, in Markdown."),
    uses: card.text("Text of the section Intended uses & limitations, in Markdown."),
    data: card.text("Text of the section Training and evaluation data, in Markdown."),
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
    "Pretrained model to start from: a folder with config.json, weights and tokenizer, or a name on the Hugging Face hub, optionally followed by @REVISION. Required.",
  ),
  modelRevision: data.text(
    "Branch, tag or commit of a model on the hub. Default: the revision in the name, otherwise main.",
  ),
  tokenizer: data.text("Tokenizer: a folder, or a name on the hub. Default: that of the model."),
  dataset: data.text(
    "Data set with splits for training, validation and test: a folder, or a name on the Hugging Face hub (NAME, NAME@REVISION or ORG/NAME/CONFIG). train, validation and test replace its splits.",
  ),
  datasetConfig: data.text("Configuration of the data set. Default: its default configuration."),
  train: data.path("Training data: a file or folder. Required unless dataset is set."),
  validation: data.path(
    "Data to evaluate on during training. Without it, nothing is evaluated and the last model is kept.",
  ),
  validationSplit: data.optionalNumber(
    { words: "a number above 0 and below 1", holds: (value) => value > 0 && value < 1 },
    "Share of the training data to hold out for validation, for example 0.1. It gets this share of every entity type; documents are kept whole; seed decides what is held out.",
  ),
  test: data.path("Test data, scored once at the end. It never influences the training."),
  datasetCache: data.choice(
    ["auto", "always", "never"],
    "auto",
    "Tokenize the training data once and read it from a cache on disk, so that it does not have to fit in memory. auto does so for files of words and tags from 64 MB. Results are the same.",
  ),
  output: data.needed("path", "Folder for the model, its model card and the records of the run. Required."),
  overwriteOutputDir: data.flag("Write to the output folder even if it is not empty."),
  force: data.flag(
    "Overwrite a model card even if it was edited, and resume a run even if the recipe or data has changed.",
  ),
  maxTrainSamples: data.optionalWhole(
    1,
    "Use only this many sentences from the start of the training data. Default: all.",
  ),
  maxEvalSamples: data.optionalWhole(
    1,
    "Use only this many sentences from the start of the validation data. Default: all.",
  ),
  maxPredictSamples: data.optionalWhole(
    1,
    "Use only this many sentences from the start of the test data. Default: all.",
  ),

  dataFormat: data.text("Format of the data files. Default: detected from their names and contents."),
  delimiter: data.text("Text between the columns of data files. Default: spaces and tabs."),
  offsets: data.optionalChoice(
    OFFSET_UNITS,
    "What the offsets of entities in the data files count. Default: detected.",
  ),
  policy: data.choice(
    SPAN_POLICIES,
    "error",
    "What to do with entities that overlap, are discontinuous or do not match word boundaries: error stops and lists them, split cuts words where they begin and end, widen extends them to whole words, drop leaves them out.",
  ),
  tokenColumn: column(
    "Column of the words: its number, counted from 0, or its name in files with named columns. Default: 0, or tokens.",
  ),
  tagColumn: column(
    "Column of the tags: its number, counted from 0, or its name in files with named columns. Default: the last one, or ner_tags or tags.",
  ),
  textKey: words.text("Key of the texts in JSON data with texts and spans. Default: detected."),
  labels,
  tagScheme: words.optionalChoice(
    TAG_SCHEMES,
    "Scheme of the tags in the data. Default: the scheme that most tags have.",
  ),
  badTags: words.choice(
    BAD_TAG_POLICIES,
    "error",
    "What to do with tags that do not fit the scheme of most tags: error stops and lists them, O reads them as O, drop leaves their sentences out.",
  ),
  ignoreTags: words.list(
    "Tags of words that do not count: they are neither trained on nor scored. -100 is always one.",
  ),
  labelMap,
  caseAugmentation,
  unspacedWords: words.optionalChoice(
    ["words", "characters"],
    "Words of scripts without spaces, such as Chinese, where texts are split: words of a dictionary, or single characters. The model remembers it for prediction. Default: as in the training data.",
  ),
  hyphens: words.optionalChoice(
    ["join", "split"],
    "Whether a hyphen belongs to the word around it (join) or is a word of its own (split), where texts are split. The model remembers it for prediction. Default: as in the training data.",
  ),
  labelAllTokens: words.flag("Train on and score all tokens of a word, not only the first one."),
  longSentences: words.choice(
    ["window", "truncate"],
    "window",
    "How to handle sentences that are too long for the model: window splits them into overlapping windows and scores every word once; truncate cuts them off as HF does, and reports how many words are lost.",
  ),
  maxSeqLength: words.optionalWhole(
    3,
    "Maximum number of tokens in a sequence, including special tokens. Default: the maximum of the model.",
  ),
  overlap: words.optionalWhole(
    0,
    "Number of tokens that neighbouring windows of a long sentence or document share. Default: 64, or 128 for documents, but at most a quarter of the window.",
  ),
  context: words.choice(
    ["none", "document"],
    "none",
    "What the model sees around a word: none is only its sentence; document also includes neighbouring sentences of its document. document needs data that marks where documents begin.",
  ),
  contextLengths: lengths,
  contextEvalTokens: words.optionalWhole(
    3,
    "Maximum number of tokens in a window for evaluation and prediction with context document, including special tokens. Default: the longest of context_lengths.",
  ),
  contextSeparator: words.facts(
    z.boolean({ error: "true or false" }).default(true),
    "true or false",
    "Put a separator ([SEP] or </s>) between the sentences of a window. Only with context document.",
  ),

  learningRate: optimisation.number(POSITIVE, 5e-5, "Peak learning rate of AdamW."),
  headLearningRate: optimisation.optionalNumber(
    POSITIVE,
    "Peak learning rate of the classifier; it follows the same schedule. Default: learning_rate.",
  ),
  layerwiseLrDecay: optimisation.optionalNumber(
    { words: "a number above 0, up to 1", holds: (value) => value > 0 && value <= 1 },
    "Multiply the learning rate by this factor for each layer further down, for example 0.95. The top encoder layer has the full rate; the embeddings are below the lowest layer. Default: none, all layers have the same rate.",
  ),
  perDeviceTrainBatchSize: optimisation.whole(1, 8, "Number of sentences in a training batch."),
  trainBatchTokens: optimisation.optionalWhole(
    1,
    "Approximate number of tokens in a training batch, instead of a number of sentences. Default with context document: the average of per_device_train_batch_size sentences.",
  ),
  gradientAccumulationSteps: optimisation.whole(
    1,
    1,
    "Number of batches to accumulate before an update. Gives the same result as one batch with all their sentences.",
  ),
  numTrainEpochs: optimisation.number(
    POSITIVE,
    3,
    "Number of passes over the training data. May be a fraction.",
  ),
  maxSteps: optimisation.facts(
    z
      .number({ error: "a whole number of at least 1, or -1" })
      .refine((value) => Number.isSafeInteger(value) && (value >= 1 || value === -1), {
        error: "a whole number of at least 1, or -1",
      })
      .default(-1),
    "whole number",
    "Number of updates. Overrides num_train_epochs, unless it is -1.",
  ),
  weightDecay: optimisation.number(
    NOT_NEGATIVE,
    0,
    "Weight decay (decoupled), for all weights except biases and LayerNorm.",
  ),
  adamBeta1: optimisation.number(BELOW_ONE, 0.9, "Beta1 of AdamW: decay rate of the mean gradient."),
  adamBeta2: optimisation.number(
    BELOW_ONE,
    0.999,
    "Beta2 of AdamW: decay rate of the mean squared gradient.",
  ),
  adamEpsilon: optimisation.number(POSITIVE, 1e-8, "Epsilon of AdamW, added to the denominator."),
  maxGradNorm: optimisation.number(
    NOT_NEGATIVE,
    1,
    "Maximum norm of the gradient; larger gradients are scaled down. 0 means no limit.",
  ),
  lrSchedulerType: optimisation.choice(SCHEDULE_TYPES, "linear", "Schedule of the learning rate."),
  lrSchedulerKwargs: schedulerKwargs,
  warmupSteps: optimisation.facts(
    z
      .number({ error: "a whole number, or a share below 1" })
      .refine((value) => value >= 0 && (value < 1 || Number.isSafeInteger(value)), {
        error: "a whole number, or a share below 1",
      })
      .default(0),
    "number",
    "Number of updates during which the learning rate rises from 0. A value below 1 is a share of all updates, like warmup_ratio.",
  ),
  emaDecay: optimisation.optionalNumber(
    { words: "a number above 0 and below 1", holds: (value) => value > 0 && value < 1 },
    "Keep an exponential moving average of the weights with this maximum decay, for example 0.999. Both are evaluated, and the better by metric_for_best_model is saved. Needs 4 bytes of memory per parameter. Default: none.",
  ),
  crf: optimisation.flag(
    "Train a linear-chain conditional random field (CRF) on top of the logits, and decode with it. Its transitions are saved in crf.safetensors.",
  ),
  crfLearningRate: optimisation.number(
    POSITIVE,
    5e-2,
    "Peak learning rate of the CRF's transitions; it follows the same schedule as learning_rate.",
  ),
  teachers: optimisation.facts(
    z.array(text(TEACHERS), { error: TEACHERS }).min(1, { error: TEACHERS }).optional(),
    "list",
    "Models to learn from (knowledge distillation): folders, or names on the hub, of models for the same labels. The targets of the training are their averaged probabilities on the training data. Usual are models of several seeds of one recipe.",
  ),
  distillationAlpha: optimisation.number(
    { words: "a number above 0, up to 1", holds: (value) => value > 0 && value <= 1 },
    1,
    "Share of the teachers in the targets; the tags of the data have the rest.",
  ),
  labelSmoothingFactor: optimisation.number(
    BELOW_ONE,
    0,
    "Label smoothing: the share of the target probability that is spread over all labels.",
  ),
  classWeights,
  nonFiniteStep: optimisation.choice(
    ["stop", "skip"],
    "stop",
    "What to do if the loss or gradient of a step is infinite or not a number: stop ends the run and keeps the weights of the step before; skip continues without this update, but stops after three in a row.",
  ),
  hiddenDropoutProb: optimisation.optionalNumber(
    BELOW_ONE,
    "Dropout probability of hidden states. Default: that of the model.",
  ),
  attentionProbsDropoutProb: optimisation.optionalNumber(
    BELOW_ONE,
    "Dropout probability of attention weights. Default: that of the model.",
  ),
  classifierDropout: optimisation.optionalNumber(
    BELOW_ONE,
    "Dropout probability before the classifier. Default: that of the model.",
  ),
  seed: optimisation.facts(
    seed.default(42),
    "whole number",
    "Random seed for the initial weights of the head, dropout and the order of sentences. The head and the order are those of HF for the same seed.",
  ),
  dataSeed: optimisation.facts(
    seed.optional(),
    "whole number",
    "Random seed for the order of sentences. Default: seed.",
  ),
  threads: optimisation.optionalWhole(
    1,
    "Number of CPU threads. Runs with the same number of threads are reproducible bit by bit. Default: the number of cores, or fewer if a container limits them.",
    limits.threads,
  ),
  engine: optimisation.choice(
    engineNames,
    "auto",
    "What computes: onnxruntime, or openvino, which must be installed. auto is onnxruntime, or openvino for bf16.",
  ),
  device: optimisation.choice(
    deviceNames,
    "cpu",
    "Where it computes: cpu; auto, a discrete GPU where there is one that can be used, otherwise the CPU; webgpu, a GPU that ONNX Runtime reaches through WebGPU, in fp32; or cuda, a GPU of NVIDIA (cuda:1 is the second one), for which onnxruntime-gpu must be installed.",
  ),
  bf16: optimisation.flag(
    "Compute products of matrices in bfloat16, in training and evaluation. Weights, optimizer and loss stay float32. Needs the device cuda, or OpenVINO and a CPU with AVX512_BF16 or AMX; it is an error on others.",
  ),
  bf16FullEval: optimisation.flag(
    "Compute products of matrices in bfloat16 in evaluations only. Needs what bf16 needs.",
  ),
  tf32: optimisation.optionalFlag(
    "Let products of matrices use TF32, which keeps 10 bits of a float32's 23. Needs the device cuda. Default: false.",
  ),
  trainSamplingStrategy: optimisation.choice(
    ["random", "group_by_length"],
    "random",
    "Order of sentences in an epoch: random, or with sentences of similar length in one batch, as HF's LengthGroupedSampler has them.",
  ),
  groupByLength: optimisation.optionalFlag(
    "Older way to put sentences of similar length into one batch. See train_sampling_strategy.",
  ),

  decoding: evaluation.choice(
    decodings,
    "argmax",
    "How evaluations choose labels: argmax gives each word its most probable label; viterbi gives each sentence the most probable sequence that the tag scheme allows.",
  ),
  perDeviceEvalBatchSize: evaluation.whole(
    1,
    8,
    "Number of sentences in an evaluation batch. It affects eval_loss, as in HF.",
  ),
  evalStrategy: evaluation.optionalChoice(
    ["no", "steps", "epoch"],
    "When to evaluate. Default: epoch if there is validation data, otherwise no.",
  ),
  evalSteps: evaluation.optionalWhole(
    1,
    "Number of updates between evaluations with eval_strategy steps. Default: logging_steps.",
  ),
  loggingSteps: evaluation.whole(
    1,
    500,
    "Number of updates between log records. The Training Loss in the model card is the mean since the last record.",
  ),
  reportTo: trackers,
  runName: evaluation.text("Name of the run in MLflow and Trackio. Default: the output folder."),

  saveStrategy: saving.optionalChoice(
    ["no", "steps", "epoch", "best"],
    "When to save a checkpoint. Default: the same as eval_strategy, or steps if nothing is evaluated.",
  ),
  saveSteps: saving.optionalWhole(
    1,
    "Number of updates between checkpoints with save_strategy steps. Default: eval_steps if eval_strategy is steps, otherwise 500.",
  ),
  saveTotalLimit: saving.whole(
    0,
    1,
    "Number of checkpoints to keep, in addition to the best one. 0 keeps all.",
  ),
  loadBestModelAtEnd: saving.flag("Save the best model instead of the last one."),
  metricForBestModel: saving.optionalChoice(
    metricNames,
    "Metric on the validation data that decides which model is best. f1 is usual for entities. Default: loss, as in HF.",
  ),
  greaterIsBetter: saving.optionalFlag(
    "Whether greater values of the metric are better. Default: true, except for the loss.",
  ),
  earlyStoppingPatience: saving.optionalWhole(
    1,
    "Stop after this many evaluations without improvement. Default: never.",
  ),
  earlyStoppingThreshold: saving.number(
    NOT_NEGATIVE,
    0,
    "Smallest improvement of the metric that counts for early stopping.",
  ),

  pushToHub: saving.facts(
    z.union([z.boolean(), text(PUSH)], { error: PUSH }).default(false),
    "text",
    "Upload the finished model and its card to this name on the Hugging Face hub. true uses hub_model_id, or the name of the output folder. Needs a token: set HF_TOKEN, or log in with hf auth login.",
  ),
  hubModelId: saving.text("Name on the hub if push_to_hub is true."),
  hubPrivateRepo: saving.optionalFlag(
    "Make a new repository on the hub private. Default: the setting of the account.",
  ),

  card: card.facts(cardSchema.default({}), "section", "Texts and facts for the model card."),
  cardStyle: card.choice(
    ["full", "trainer"],
    "full",
    "Form of the model card. full adds curves, programs and what is known about the data; trainer has only what HF's Trainer writes, and scores by entity type.",
  ),
});
