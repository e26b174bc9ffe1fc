import { deviceNames } from "../runtime/combinations.js";
import { engineNames } from "../runtime/engineNames.js";
import { decodings } from "../tasks/tokenClassification/decodings.js";
import { contextLengths, type SpelledLengths } from "./contextLengths.js";
import { SCHEDULE_TYPES } from "./schedule.js";

/** What a model card says about a run: the fields of a recipe, and notes on what a recipe cannot express. */
export interface CardRecipe {
  /** By field name, in snake_case. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lines of the card's list that were not used, each with the reason. */
  readonly notes: readonly string[];
}

/**
 * Reads the fields from the list under "Training hyperparameters", in the order of a recipe. Returns
 * `undefined` if there is no list.
 */
export function hyperparameterFields(text: string): CardRecipe | undefined {
  const list = hyperparameters(text);
  if (list.size === 0) return undefined;
  const notes: string[] = [];
  const taken: Record<string, unknown> = {};
  for (const [name, value] of list) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined) notes.push(`${name}: ${value} (recipes have no such field)`);
    else reader(value, taken, (why) => notes.push(`${name}: ${value} (${why})`), list);
  }
  return { fields: inOrder(taken), notes };
}

/** Reads the `- name: value` lines under the heading of the hyperparameters. */
function hyperparameters(text: string): Map<string, string> {
  const section = /^#+\s*Training hyperparameters\s*$([\s\S]*?)(?=^#|$(?![\s\S]))/im.exec(text)?.[1] ?? "";
  const items = section
    .split("\n")
    .filter((line) => /^[-*] /.test(line) && line.includes(":"))
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(2, colon).replaceAll("`", "").trim(), line.slice(colon + 1).trim()] as const;
    });
  return new Map(items);
}

type Reader = (
  value: string,
  fields: Record<string, unknown>,
  note: (why: string) => void,
  list: ReadonlyMap<string, string>,
) => void;

/** Reads a number into the field of this name. */
const number =
  (field: string): Reader =>
  (value, fields, note) => {
    const read = Number(value);
    if (value.trim() === "" || Number.isNaN(read)) note("not a number");
    else fields[field] = read;
  };

/** Reads a field that is only written if it is true. */
const onlyTrue =
  (field: string): Reader =>
  (value, fields, note) => {
    if (value === "true") fields[field] = true;
    else note("only true is possible");
  };

const oneOf =
  (field: string, values: readonly string[]): Reader =>
  (value, fields, note) => {
    if (values.includes(value)) fields[field] = value;
    else note(`must be one of ${values.join(", ")}`);
  };

const without =
  (why: string): Reader =>
  (_, __, note) =>
    note(why);
/** Ignores an entry that follows from other entries. */
const derived: Reader = () => {};

/** One reader for each entry that Trainer has ever written, and for those that Nerium adds. */
const readers: Readonly<Record<string, Reader>> = {
  learning_rate: number("learning_rate"),
  train_batch_size: number("per_device_train_batch_size"),
  eval_batch_size: number("per_device_eval_batch_size"),
  seed: number("seed"),
  gradient_accumulation_steps: (value, fields, note, list) => {
    // If there is a total batch size, it decides, because it includes the number of devices.
    if (!list.has("total_train_batch_size")) number("gradient_accumulation_steps")(value, fields, note, list);
  },
  total_train_batch_size: (value, fields, note, list) => {
    const steps = Number(value) / Number(list.get("train_batch_size"));
    if (!Number.isInteger(steps) || steps < 1) note("not a multiple of train_batch_size");
    else if (steps > 1) fields.gradient_accumulation_steps = steps;
  },
  total_eval_batch_size: derived,
  distributed_type: without(
    "Nerium trains in one process; gradient_accumulation_steps gives batches of the same size",
  ),
  num_devices: without(
    "Nerium trains in one process; gradient_accumulation_steps gives batches of the same size",
  ),
  optimizer: (value, fields, note) => {
    const betas = /betas=\(([^,]+),([^)]+)\)/.exec(value);
    const epsilon = /epsilon=(\S+)/.exec(value);
    if (!/adam/i.test(value) || /adamax|8bit|adafactor/i.test(value))
      return note("the optimizer is always AdamW");
    if (betas !== null) {
      fields.adam_beta1 = Number(betas[1]);
      fields.adam_beta2 = Number(betas[2]);
    }
    if (epsilon !== null) fields.adam_epsilon = Number(epsilon[1]);
  },
  lr_scheduler_type: (value, fields, note) => {
    const name = value.replace(/^SchedulerType\./, "").toLowerCase();
    if ((SCHEDULE_TYPES as readonly string[]).includes(name)) fields.lr_scheduler_type = name;
    else note(`the schedules are ${SCHEDULE_TYPES.join(", ")}`);
  },
  lr_scheduler_warmup_ratio: number("warmup_steps"),
  lr_scheduler_warmup_steps: number("warmup_steps"),
  num_epochs: number("num_train_epochs"),
  training_steps: number("max_steps"),
  label_smoothing_factor: number("label_smoothing_factor"),
  train_batch_tokens: number("train_batch_tokens"),
  train_batch_pieces: number("train_batch_tokens"),
  context: (value, fields, note) => {
    if (value === "document") fields.context = value;
    else note("only document is possible");
  },
  context_lengths: (value, fields, note) => {
    const lengths = spelledLengths(value);
    if (lengths === undefined) note("not valid lengths");
    else fields.context_lengths = lengths;
  },
  context_eval_tokens: number("context_eval_tokens"),
  context_eval_pieces: number("context_eval_tokens"),
  context_separator: (value, fields, note) => {
    if (value === "true" || value === "false") fields.context_separator = value === "true";
    else note("neither true nor false");
  },
  head_learning_rate: number("head_learning_rate"),
  layerwise_lr_decay: number("layerwise_lr_decay"),
  crf: onlyTrue("crf"),
  teachers: without("name the models that it should learn from"),
  distillation_alpha: number("distillation_alpha"),
  bf16: onlyTrue("bf16"),
  bf16_full_eval: onlyTrue("bf16_full_eval"),
  tf32: onlyTrue("tf32"),
  engine: oneOf("engine", engineNames),
  device: oneOf("device", deviceNames),
  train_sampling_strategy: oneOf("train_sampling_strategy", ["group_by_length"]),
  crf_learning_rate: number("crf_learning_rate"),
  ema_decay: number("ema_decay"),
  case_augmentation: (value, fields, note) => {
    try {
      fields.case_augmentation = JSON.parse(value);
    } catch {
      note("not valid probabilities");
    }
  },
  decoding: oneOf("decoding", decodings),
  mixed_precision_training: without("fp16 is not available; bf16 is on some CPUs"),
};

/** Returns the lengths of a card, or `undefined` if a recipe cannot have them. */
function spelledLengths(text: string): SpelledLengths | undefined {
  try {
    const read = text.startsWith("{") ? (JSON.parse(text) as SpelledLengths) : text;
    return contextLengths(read) === undefined ? undefined : read;
  } catch {
    return undefined;
  }
}

/** The order of the fields in a recipe. */
const ORDER = [
  ...[
    "learning_rate",
    "per_device_train_batch_size",
    "train_batch_tokens",
    "gradient_accumulation_steps",
    "per_device_eval_batch_size",
  ],
  ...["num_train_epochs", "max_steps", "lr_scheduler_type", "warmup_steps", "label_smoothing_factor"],
  ...["context", "context_lengths", "context_eval_tokens", "context_separator"],
  ...["head_learning_rate", "layerwise_lr_decay", "adam_beta1", "adam_beta2", "adam_epsilon", "seed"],
  ...["crf", "crf_learning_rate", "distillation_alpha", "ema_decay", "case_augmentation", "decoding"],
  ...["train_sampling_strategy", "engine", "device", "bf16", "bf16_full_eval", "tf32"],
];
const inOrder = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(ORDER.filter((name) => name in fields).map((name) => [name, fields[name]]));
