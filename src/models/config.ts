import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isDeep } from "../files/index.js";
import { configUnreadable, configUnsupported, labelsInconsistent } from "./errors.js";
import { positions } from "./families/bert.js";

/** Limits far beyond any encoder: what a file claims is multiplied, and must stay countable. */
const size = z.int().positive().max(10_000_000);
const width = z.int().positive().max(65_536);
const layers = z.int().positive().max(1_000);
const share = z.number().min(0).lt(1);

/** The keys of config.json that the BERT family reads, with transformers' defaults. */
const schema = z.looseObject({
  model_type: z.string(),
  vocab_size: size,
  hidden_size: width.default(768),
  num_hidden_layers: layers.default(12),
  num_attention_heads: width.default(12),
  intermediate_size: size.default(3072),
  hidden_act: z.string().default("gelu"),
  hidden_dropout_prob: share.default(0.1),
  attention_probs_dropout_prob: share.default(0.1),
  classifier_dropout: share.nullish(),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  pad_token_id: z.int().nonnegative().nullish(),
  position_embedding_type: z.string().default("absolute"),
  is_decoder: z.boolean().default(false),
  add_cross_attention: z.boolean().default(false),
  num_labels: z.int().positive().optional(),
  id2label: z.record(z.string(), z.string()).optional(),
  label2id: z.record(z.string(), z.int()).optional(),
  /**
   * What transformers does not know: whether the model was trained to read documents, and how; whether a conditional random
   * field stands beside its weights.
   */
  nerium: z
    .looseObject({
      context: z.enum(["none", "document"]).default("none"),
      context_eval_pieces: z.int().min(3).optional(),
      context_separator: z.boolean().default(true),
      crf: z.boolean().optional(),
    })
    .optional(),
});

/** A checked config.json; keys that no family reads are kept as they came. */
export type ModelConfig = z.infer<typeof schema>;

/** Model types that are implemented, all four one graph, and the class that transformers loads each with. */
const architectures: Readonly<Record<string, string>> = {
  bert: "BertForTokenClassification",
  roberta: "RobertaForTokenClassification",
  "xlm-roberta": "XLMRobertaForTokenClassification",
  camembert: "CamembertForTokenClassification",
};
export const modelTypes = Object.keys(architectures);

/** The name that config.json gives this model's class. */
export const architecture = (config: ModelConfig): string => architectures[config.model_type]!;

/**
 * The keys of config.json that speak of a head and its labels: those of transformers, whatever version wrote the file, and
 * those that sentence-transformers adds to a cross-encoder. (`architectures` is written anew anyway.)
 */
const headKeys: ReadonlySet<string> = new Set([
  ...["num_labels", "_num_labels", "id2label", "label2id", "label_names"],
  ...["problem_type", "finetuning_task", "function_to_apply", "loss_type"],
  ...["sentence_transformers", "sbert_ce_default_activation_function"],
]);

/** A config of the encoder alone: nothing of the head that its file spoke of is true of another. */
export const withoutHead = (config: ModelConfig): ModelConfig =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !headKeys.has(key))) as ModelConfig;

/** Reads and checks a folder's config.json. */
export async function readConfig(folder: string): Promise<ModelConfig> {
  const file = join(folder, "config.json");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file)));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw configUnreadable(file, absent ? "there is no config.json" : (error as Error).message);
  }
  if (isDeep(json)) throw configUnreadable(file, "its values are nested too deeply");
  return parseConfig(json, file);
}

/** Checks the content of a config.json; `file` is named in errors. */
export function parseConfig(json: unknown, file: string): ModelConfig {
  const type = (json as { model_type?: unknown } | null)?.model_type;
  if (typeof type === "string" && !modelTypes.includes(type))
    throw configUnsupported(file, "model_type", type, modelTypes.join(", "));
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw configUnreadable(file, `${issue!.path.join(".") || "config.json"}: ${issue!.message}`);
  }
  const config = parsed.data;
  if (!["gelu", "relu"].includes(config.hidden_act))
    throw configUnsupported(file, "hidden_act", config.hidden_act, "gelu, relu");
  if (config.position_embedding_type !== "absolute")
    throw configUnsupported(file, "position_embedding_type", config.position_embedding_type, "absolute");
  if (config.is_decoder) throw configUnsupported(file, "is_decoder", true, "false");
  if (config.add_cross_attention) throw configUnsupported(file, "add_cross_attention", true, "false");
  if (config.hidden_size % config.num_attention_heads !== 0)
    throw configUnreadable(
      file,
      `hidden_size ${config.hidden_size} is not a multiple of num_attention_heads ${config.num_attention_heads}`,
    );
  if (positions(config) < 1)
    throw configUnreadable(
      file,
      `max_position_embeddings ${config.max_position_embeddings} leaves no position behind pad_token_id ${config.pad_token_id}`,
    );
  return config;
}

/**
 * The labels of a config in the order of their ids; `undefined` where it names none (HF's `LABEL_0` is none).
 *
 * @throws NeriumError `MODEL_LABELS_INCONSISTENT` where id2label, label2id and num_labels contradict each other
 */
export function configLabels(config: ModelConfig, file = "config.json"): readonly string[] | undefined {
  const { id2label, label2id, num_labels: stated } = config;
  if (id2label === undefined) return undefined;
  const fail = (why: string) => labelsInconsistent(file, why);
  const keys = Object.keys(id2label);
  if (keys.length === 0) throw fail("id2label is empty");
  if (stated !== undefined && stated !== keys.length)
    throw fail(`num_labels is ${stated}, and id2label has ${keys.length}`);
  const names = keys.map((_, id) => {
    const label = Object.hasOwn(id2label, id) ? id2label[id] : undefined;
    if (label === undefined)
      throw fail(`id2label has no ${id}; its keys are ${keys.slice(0, 20).join(", ")}`);
    if (label === "") throw fail(`the label ${id} of id2label is empty`);
    return label;
  });
  const ids = new Map(names.map((label, id) => [label, id]));
  if (ids.size < names.length) {
    const [id, label] = [...names.entries()].find(([id, label]) => ids.get(label) !== id)!;
    throw fail(`id2label names ${label} twice, as ${id} and as ${ids.get(label)}`);
  }
  if (label2id !== undefined) requireInverse(label2id, ids, fail);
  return names.every((label, id) => label === `LABEL_${id}`) ? undefined : names;
}

function requireInverse(
  label2id: Readonly<Record<string, number>>,
  ids: ReadonlyMap<string, number>,
  fail: (why: string) => Error,
): void {
  const stated = new Map(Object.entries(label2id));
  for (const [label, id] of ids)
    if (stated.get(label) !== id)
      throw fail(`id2label has ${id}: ${label}, label2id has ${label}: ${stated.get(label) ?? "nothing"}`);
  for (const [label, id] of stated)
    if (!ids.has(label)) throw fail(`label2id has ${label}: ${id}, which id2label does not name`);
}
