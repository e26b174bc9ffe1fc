import { BatchQueue } from "../infer/batchQueue.js";
import type { Entity } from "../infer/entities.js";
import { inputText, type NerInput } from "../infer/inputs.js";
import { inCodePoints } from "../infer/offsets.js";
import { type NerOptions, resolvedOptions } from "../infer/options.js";
import { readingOf } from "../infer/reading.js";
import { wholeWordEntities } from "../infer/wholeWords.js";
import { labelScheme } from "../text/labelScheme.js";
import { WordTokens } from "../tokenize/wordTokens.js";
import { webConfig } from "./config.js";
import { crfNotGiven, strategyUnsupported } from "./errors.js";
import { batchRunner } from "./runBatch.js";
import { specialIdsOf, type WebModel, type WebTokenizer } from "./transformersJs.js";
import { webCrf } from "./webCrf.js";

/** What transformers.js loads from the folder of an exported model. */
export interface FinderParts {
  /** `await AutoTokenizer.from_pretrained(NAME)`. */
  readonly tokenizer: WebTokenizer;
  /** `await AutoModelForTokenClassification.from_pretrained(NAME)`. */
  readonly model: WebModel;
  /** The bytes of `crf.safetensors`, for a model with a conditional random field. */
  readonly crf?: ArrayBuffer | Uint8Array | undefined;
  /**
   * Length of a window in tokens, including special tokens. Defaults to `model_max_length` of the tokenizer, or 512 if it names no
   * limit.
   */
  readonly maxLength?: number | undefined;
}

/** transformers writes 1e30 if there is no limit. */
const NO_LIMIT = 1e9;
/** Tokens that the encoders of all families can read at once. */
const USUAL_LENGTH = 512;

/** How to find entities: the options of `load()`'s pipeline, without Python's aggregation strategies. */
export type FinderOptions = Omit<NerOptions, "aggregationStrategy">;

/** Finds the entities of a text, or of each of several texts. */
export interface EntityFinder {
  (input: NerInput, options?: FinderOptions): Promise<readonly Entity[]>;
  (inputs: readonly NerInput[], options?: FinderOptions): Promise<(readonly Entity[])[]>;
  /** The model's labels in the order of their ids. */
  readonly labels: readonly string[];
}

/**
 * Finds entities with a model that runs in transformers.js, as `load()` of the package does with the same model on Node: entities of
 * whole words, in texts of any length, with the model's conditional random field if it has one.
 *
 * @example
 * import { AutoModelForTokenClassification, AutoTokenizer } from "@huggingface/transformers";
 * import { entityFinder } from "nerium/web";
 *
 * const tokenizer = await AutoTokenizer.from_pretrained("my-model");
 * const model = await AutoModelForTokenClassification.from_pretrained("my-model", { dtype: "q8" });
 * const ner = entityFinder({ tokenizer, model });
 * console.log(await ner("Angela Merkel visited Paris."));
 * // [{ type: "PER", text: "Angela Merkel", start: 0, end: 13, score: 0.99…, words: [0, 1] }, …]
 *
 * @throws NeriumError WEB_CONFIG_INVALID, WEB_CRF_NOT_GIVEN, WEB_CRF_INVALID
 */
export function entityFinder({ tokenizer, model, crf, maxLength: given }: FinderParts): EntityFinder {
  const config = webConfig(model.config);
  const { labels, hasCrf } = config;
  if (hasCrf && crf === undefined) throw crfNotGiven();
  const longest = tokenizer.model_max_length ?? NO_LIMIT;
  const maxLength = given ?? (longest < NO_LIMIT ? longest : USUAL_LENGTH);
  const reading = readingOf(config, maxLength);
  const words = new WordTokens(async (all) =>
    all.map((word) => Int32Array.from(tokenizer.encode(word, { add_special_tokens: false }))),
  );
  const queue = new BatchQueue(batchRunner(tokenizer, model, labels.length));
  const tagging = {
    labels,
    scheme: labelScheme(labels),
    // The model's own engine checks the ids.
    encoder: { vocabularySize: Number.POSITIVE_INFINITY },
    tokenizer: {
      specialIds: specialIdsOf(tokenizer),
      encodeWords: (sentences: readonly (readonly string[])[]) => words.encodeWords(sentences),
    },
    tagger: { logits: queue.add.bind(queue) },
    reading,
    crf: hasCrf ? webCrf(crf!, labels.length) : undefined,
  };

  async function find(
    input: NerInput | readonly NerInput[],
    options: FinderOptions = {},
  ): Promise<readonly Entity[] | (readonly Entity[])[]> {
    if ("aggregationStrategy" in options) throw strategyUnsupported();
    const wanted = resolvedOptions(labels, options, maxLength);
    const inputs = Array.isArray(input)
      ? input.map((each, index) => inputText(each, reading.words, index))
      : [inputText(input, reading.words)];
    const found = await wholeWordEntities(tagging, inputs, wanted);
    const entities = found.map((analysis) =>
      wanted.codePoints ? inCodePoints(analysis.text, analysis.entities) : analysis.entities,
    );
    return Array.isArray(input) ? entities : entities[0]!;
  }
  return Object.assign(find, { labels }) as EntityFinder;
}
