import { z } from "zod";

/** A key that may be missing or null, which are the same to transformers. */
const given = <Value extends z.ZodType>(value: Value) =>
  value.nullish().transform((read) => read ?? undefined);

/** The schema of a config.json: the keys that a family reads and those that all families have. Unknown keys are kept unchanged. */
export const configSchema = <Keys extends z.core.$ZodLooseShape>(keys: Keys) =>
  z.looseObject({
    model_type: z.string(),
    ...keys,
    num_labels: given(z.int().positive()),
    id2label: given(z.record(z.string(), z.string())),
    /** Only compared with id2label. Some programs write its ids as strings. */
    label2id: given(z.record(z.string(), z.union([z.int(), z.string()]))),
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
        /** How the words of the training data were split, if not as usual: see `WordRules`. */
        unspaced_words: z.enum(["words", "characters"]).optional(),
        hyphens: z.enum(["join", "split"]).optional(),
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
