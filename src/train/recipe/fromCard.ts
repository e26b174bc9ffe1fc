import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Document, parse, visit } from "yaml";
import { attempt } from "../../files/index.js";
import { decodings } from "../../infer/decoding/decoder.js";
import { SCHEDULE_TYPES } from "../schedule.js";
import { contextLengths, type SpelledLengths } from "./contextLengths.js";
import { cardUnreadable } from "./errors.js";

/** What a model card says about a run: fields of a recipe, and what no recipe can say. */
export interface CardRecipe {
  /** By field, in snake_case. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lines of the card's list that are not taken over, each with the reason. */
  readonly notes: readonly string[];
}

/**
 * The recipe of a model card, as YAML with comments.
 *
 * @param card a file, or a folder with a README.md
 * @throws NeriumError RECIPE_CARD_UNREADABLE, `FILES_…`
 */
export async function recipeOfCard(card: string): Promise<string> {
  const isFolder = (await stat(card).catch(() => undefined))?.isDirectory() === true;
  const file = isFolder ? join(card, "README.md") : card;
  const text = await attempt(file, "read", () => readFile(file, "utf8"));
  return recipeYaml(cardRecipe(text, file));
}

/** Writes what a card says as a recipe file. */
export function recipeYaml({ fields, notes }: CardRecipe): string {
  const document = new Document(fields);
  visit(document, {
    Scalar(_, scalar) {
      // 0.00002 as people write it: 2e-5.
      if (typeof scalar.value === "number" && scalar.value !== 0 && Math.abs(scalar.value) < 1e-3)
        scalar.format = "EXP";
    },
  });
  const comments = notes.map((note) => `# Not taken over: ${note}`);
  return [...comments, document.toString({ lineWidth: 0 })].join("\n");
}

/**
 * Reads the list under "Training hyperparameters" of a card that Trainer wrote, from 2020's to today's, its head, its
 * first sentence and its table of results.
 *
 * @param file named in errors
 * @see https://github.com/huggingface/transformers/blob/main/src/transformers/modelcard.py (TrainingSummary)
 */
export function cardRecipe(text: string, file: string): CardRecipe {
  const list = hyperparameters(text);
  if (list.size === 0) throw cardUnreadable(file);
  const head = headOf(text);
  const notes: string[] = [];
  const taken: Record<string, unknown> = {};
  for (const [name, value] of list) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined) notes.push(`${name}: ${value} (no field of a recipe)`);
    else reader(value, taken, (why) => notes.push(`${name}: ${value} (${why})`), list);
  }
  const evaluations = evaluationsOf(text);
  const fields = {
    ...source(text, head),
    ...inOrder(taken),
    ...evaluations,
    ...cardSection(text, head),
  };
  return { fields, notes };
}

type Head = Readonly<Record<string, unknown>>;

function headOf(text: string): Head {
  const yaml = /^\ufeff?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  try {
    const value: unknown = yaml === undefined ? {} : parse(yaml, { logLevel: "silent" });
    return typeof value === "object" && value !== null ? (value as Head) : {};
  } catch {
    return {}; // The list is what counts.
  }
}

/** `- name: value` under the heading of the hyperparameters. */
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

/** A number under a field's name. */
const number =
  (field: string): Reader =>
  (value, fields, note) => {
    const read = Number(value);
    if (value.trim() === "" || Number.isNaN(read)) note("not a number");
    else fields[field] = read;
  };

const without =
  (why: string): Reader =>
  (_, __, note) =>
    note(why);
/** What follows from the other entries. */
const derived: Reader = () => {};

/** One reader for each entry that Trainer has ever written. */
const readers: Readonly<Record<string, Reader>> = {
  learning_rate: number("learning_rate"),
  train_batch_size: number("per_device_train_batch_size"),
  eval_batch_size: number("per_device_eval_batch_size"),
  seed: number("seed"),
  gradient_accumulation_steps: (value, fields, note, list) => {
    // With a total, that counts: it has the devices in it.
    if (!list.has("total_train_batch_size")) number("gradient_accumulation_steps")(value, fields, note, list);
  },
  total_train_batch_size: (value, fields, note, list) => {
    const steps = Number(value) / Number(list.get("train_batch_size"));
    if (!Number.isInteger(steps) || steps < 1) note("not a multiple of train_batch_size");
    else if (steps > 1) fields.gradient_accumulation_steps = steps;
  },
  total_eval_batch_size: derived,
  distributed_type: without("one process trains; gradient_accumulation_steps gives batches of the same size"),
  num_devices: without("one process trains; gradient_accumulation_steps gives batches of the same size"),
  optimizer: (value, fields, note) => {
    const betas = /betas=\(([^,]+),([^)]+)\)/.exec(value);
    const epsilon = /epsilon=(\S+)/.exec(value);
    if (!/adam/i.test(value) || /adamax|8bit|adafactor/i.test(value)) return note("the optimiser is AdamW");
    if (betas !== null) {
      fields.adam_beta1 = Number(betas[1]);
      fields.adam_beta2 = Number(betas[2]);
    }
    if (epsilon !== null) fields.adam_epsilon = Number(epsilon[1]);
  },
  lr_scheduler_type: (value, fields, note) => {
    const name = value.replace(/^SchedulerType\./, "").toLowerCase();
    if ((SCHEDULE_TYPES as readonly string[]).includes(name)) fields.lr_scheduler_type = name;
    else note(`schedules are ${SCHEDULE_TYPES.join(", ")}`);
  },
  lr_scheduler_warmup_ratio: number("warmup_steps"),
  lr_scheduler_warmup_steps: number("warmup_steps"),
  num_epochs: number("num_train_epochs"),
  training_steps: number("max_steps"),
  label_smoothing_factor: number("label_smoothing_factor"),
  train_batch_pieces: number("train_batch_pieces"),
  context: (value, fields, note) => {
    if (value === "document") fields.context = value;
    else note("the context is document, or not said");
  },
  context_lengths: (value, fields, note) => {
    const lengths = spelledLengths(value);
    if (lengths === undefined) note("no lengths of sequences");
    else fields.context_lengths = lengths;
  },
  context_eval_pieces: number("context_eval_pieces"),
  context_separator: (value, fields, note) => {
    if (value === "true" || value === "false") fields.context_separator = value === "true";
    else note("neither true nor false");
  },
  head_learning_rate: number("head_learning_rate"),
  layerwise_lr_decay: number("layerwise_lr_decay"),
  crf: (value, fields, note) => {
    if (value === "true") fields.crf = true;
    else note("crf is true, or not said");
  },
  crf_learning_rate: number("crf_learning_rate"),
  ema_decay: number("ema_decay"),
  case_augmentation: (value, fields, note) => {
    try {
      fields.case_augmentation = JSON.parse(value);
    } catch {
      note("no probabilities of cases");
    }
  },
  decoding: (value, fields, note) => {
    if ((decodings as readonly string[]).includes(value)) fields.decoding = value;
    else note(`decodings are ${decodings.join(", ")}`);
  },
  mixed_precision_training: without("everything is computed in float32"),
};

/** The lengths that a card names, where a recipe can have them. */
function spelledLengths(text: string): SpelledLengths | undefined {
  try {
    const read = text.startsWith("{") ? (JSON.parse(text) as SpelledLengths) : text;
    return contextLengths(read) === undefined ? undefined : read;
  } catch {
    return undefined;
  }
}

/** Fields in the order of a recipe. */
const ORDER = [
  ...[
    "learning_rate",
    "per_device_train_batch_size",
    "train_batch_pieces",
    "gradient_accumulation_steps",
    "per_device_eval_batch_size",
  ],
  ...["num_train_epochs", "max_steps", "lr_scheduler_type", "warmup_steps", "label_smoothing_factor"],
  ...["context", "context_lengths", "context_eval_pieces", "context_separator"],
  ...["head_learning_rate", "layerwise_lr_decay", "adam_beta1", "adam_beta2", "adam_epsilon", "seed"],
  ...["crf", "crf_learning_rate", "ema_decay", "case_augmentation", "decoding"],
];
const inOrder = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(ORDER.filter((name) => name in fields).map((name) => [name, fields[name]]));

/** Model, data set and output folder, from the head and the first sentence. */
function source(text: string, head: Head): Record<string, unknown> {
  const { name: title } = namesOf(text, head);
  const linked = /fine-tuned version of \[([^\]]+)\]/.exec(text)?.[1];
  const model = linked ?? first(head.base_model);
  const { dataset, config } = datasetOf(text, head);
  return {
    model: model ?? "MODEL",
    ...(dataset === undefined ? { train: "TRAIN", validation: "VALIDATION" } : { dataset }),
    ...(config === undefined || config === dataset ? {} : { dataset_config: config }),
    output: title ?? "my-model",
  };
}

const first = (value: unknown): string | undefined => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "string" && one !== "" ? one : undefined;
};

interface ModelIndex {
  readonly name?: unknown;
  readonly results?: readonly {
    readonly dataset?: { readonly type?: unknown; readonly args?: unknown; readonly config?: unknown };
  }[];
}

function namesOf(text: string, head: Head) {
  const index = (head["model-index"] as readonly ModelIndex[] | undefined)?.[0];
  return { name: first(index?.name) ?? /^# (.+?)\s*$/m.exec(text)?.[1], index };
}

function datasetOf(text: string, head: Head): { dataset: string | undefined; config: string | undefined } {
  const { index } = namesOf(text, head);
  const described = index?.results?.[0]?.dataset;
  const told = /fine-tuned version of .*? on the (\S+) dataset/.exec(text)?.[1];
  const dataset =
    first(head.datasets) ?? first(described?.type) ?? (told === "None" || told === "an" ? undefined : told);
  return {
    dataset,
    config: dataset === undefined ? undefined : (first(described?.config) ?? first(described?.args)),
  };
}

/** When the run was evaluated, as far as the table of results shows it. */
function evaluationsOf(text: string): Record<string, unknown> {
  const [, section = ""] = /^#+\s*Training results\s*$([\s\S]*?)(?=^#|$(?![\s\S]))/im.exec(text) ?? [];
  const [head = [], , ...rows] = [...section.matchAll(/^\|(.+)\|\s*$/gm)].map(([, row]) =>
    row!.split("|").map((cell) => cell.trim()),
  );
  const [epoch, step] = [head.indexOf("Epoch"), head.indexOf("Step")];
  if (epoch < 0 || step < 0 || rows.length === 0) return {};
  if (rows.every((row, at) => Math.abs(Number(row[epoch]) - (at + 1)) < 0.01))
    return { eval_strategy: "epoch" };
  const [one, two] = rows.map((row) => Number(row[step]));
  const every = two === undefined ? one : two - one!;
  return every !== undefined && every > 0 && every === one
    ? { eval_strategy: "steps", eval_steps: every }
    : {};
}

/** What the new model's card takes from this one. */
function cardSection(text: string, head: Head): Record<string, unknown> {
  const { name } = namesOf(text, head);
  const license = first(head.license);
  const language = head.language;
  const card = {
    ...(name === undefined ? {} : { model_name: name }),
    ...(license === undefined ? {} : { license }),
    ...(typeof language === "string" || Array.isArray(language) ? { language } : {}),
  };
  return Object.keys(card).length === 0 ? {} : { card };
}
