import { z } from "zod";
import { labelsInconsistent } from "./errors.js";

/** The schema of a config.json: the keys that a family reads and those that all families have. Unknown keys are kept unchanged. */
export const configSchema = <Keys extends z.core.$ZodLooseShape>(keys: Keys) =>
  z.looseObject({
    model_type: z.string(),
    ...keys,
    num_labels: z.int().positive().optional(),
    id2label: z.record(z.string(), z.string()).optional(),
    label2id: z.record(z.string(), z.int()).optional(),
    /**
     * Settings that transformers does not know: whether and how the model was trained to read whole documents, and whether it
     * has a conditional random field in a file of its own.
     */
    nerium: z
      .looseObject({
        context: z.enum(["none", "document"]).default("none"),
        context_eval_tokens: z.int().min(3).optional(),
        /** The former name of context_eval_tokens. */
        context_eval_pieces: z.int().min(3).optional(),
        context_separator: z.boolean().default(true),
        crf: z.boolean().optional(),
      })
      .transform(({ context_eval_pieces: former, ...rest }) =>
        former === undefined ? rest : { context_eval_tokens: former, ...rest },
      )
      .optional(),
  });

/** The schema of the keys that config.json has for every family. */
export const commonSchema = configSchema({});

/** A checked config.json. Only the encoder's family reads the keys that describe the encoder: see `encoderOf`. */
export type ModelConfig = z.infer<typeof commonSchema>;

/**
 * The keys of config.json that describe a head and its labels: those of all versions of transformers, and those that
 * sentence-transformers adds to a cross-encoder. (`architectures` is always overwritten.)
 */
const headKeys: ReadonlySet<string> = new Set([
  ...["num_labels", "_num_labels", "id2label", "label2id", "label_names"],
  ...["problem_type", "finetuning_task", "function_to_apply", "loss_type"],
  ...["sentence_transformers", "sbert_ce_default_activation_function"],
]);

/** Returns the config of the encoder alone, because keys that describe one head are wrong for another. */
export const withoutHead = (config: ModelConfig): ModelConfig =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !headKeys.has(key))) as ModelConfig;

/**
 * Returns the labels of a config in the order of their ids. Returns `undefined` if it has no id2label, or only the default
 * names of transformers (`LABEL_0`, `LABEL_1` …).
 *
 * @throws NeriumError `MODEL_LABELS_INCONSISTENT` if id2label has gaps or repeats, or if label2id or num_labels contradict it
 */
export function configLabels(config: ModelConfig, file = "config.json"): readonly string[] | undefined {
  const { id2label, label2id, num_labels: stated } = config;
  if (id2label === undefined) return undefined;
  const fail = (why: string) => labelsInconsistent(file, why);
  const keys = Object.keys(id2label);
  if (keys.length === 0) throw fail("id2label is empty");
  if (stated !== undefined && stated !== keys.length)
    throw fail(`num_labels is ${stated}, but id2label has ${keys.length} labels`);
  const names = keys.map((_, id) => {
    const label = Object.hasOwn(id2label, id) ? id2label[id] : undefined;
    if (label === undefined)
      throw fail(`id2label has no key ${id}; its keys are: ${keys.slice(0, 20).join(", ")}`);
    if (label === "") throw fail(`the label ${id} of id2label is empty`);
    return label;
  });
  const ids = new Map(names.map((label, id) => [label, id]));
  if (ids.size < names.length) {
    const [id, label] = [...names.entries()].find(([id, label]) => ids.get(label) !== id)!;
    throw fail(`id2label contains ${label} twice, as ${id} and as ${ids.get(label)}`);
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
      throw fail(
        `id2label has ${id}: ${label}, but label2id has ${label}: ${stated.get(label) ?? "nothing"}`,
      );
  for (const [label, id] of stated)
    if (!ids.has(label)) throw fail(`label2id has ${label}: ${id}, which is not in id2label`);
}
