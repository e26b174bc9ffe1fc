import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { configUnreadable, configUnsupported, labelsInconsistent } from "./errors.js";

const size = z.int().positive();
const share = z.number().min(0).lt(1);

/** The keys of config.json that the BERT family reads, with transformers' defaults. */
const schema = z.looseObject({
  model_type: z.string(),
  vocab_size: size,
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
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
  id2label: z.record(z.string(), z.string()).optional(),
  label2id: z.record(z.string(), z.int()).optional(),
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

/** Reads and checks a folder's config.json. */
export async function readConfig(folder: string): Promise<ModelConfig> {
  const file = join(folder, "config.json");
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw configUnreadable(file, absent ? "there is no config.json" : (error as Error).message);
  }
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
  return config;
}

/** The labels of a config in the order of their ids; `undefined` where it names none (HF's `LABEL_0` is none). */
export function configLabels(config: ModelConfig, file = "config.json"): readonly string[] | undefined {
  const { id2label, label2id } = config;
  if (id2label === undefined) return undefined;
  const labels = Object.keys(id2label).map((_, id) => id2label[String(id)]);
  if (labels.some((label) => label === undefined))
    throw labelsInconsistent(file, `id2label has the keys ${Object.keys(id2label).join(", ")}`);
  const names = labels as string[];
  if (new Set(names).size !== names.length) throw labelsInconsistent(file, "id2label names a label twice");
  if (label2id !== undefined)
    for (const [id, label] of names.entries())
      if (label2id[label] !== id)
        throw labelsInconsistent(
          file,
          `id2label has ${id}: ${label}, label2id has ${label}: ${label2id[label]}`,
        );
  return names.every((label, id) => label === `LABEL_${id}`) ? undefined : names;
}
