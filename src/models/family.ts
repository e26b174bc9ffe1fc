import type { z } from "zod";
import type { Tensor } from "../graph/index.js";
import type { Batch, Features } from "./batch/batch.js";
import type { ModelConfig } from "./config.js";
import type { Dropout, DropoutProbabilities } from "./dropout.js";
import type { Initial, Parameter } from "./parameter.js";
import type { WeightOps } from "./quantized/weightOps.js";

/**
 * A family of encoders: everything that Nerium knows about an architecture. To add one, write its record in a file of
 * `families/` and add it to `families/index.ts`.
 *
 * No other code reads the family's keys of config.json, branches on `model_type` or looks at the names of parameters. It uses
 * the {@link Encoder}, or a parameter's role and place.
 *
 * @typeParam Config the result of `schema`
 */
export interface EncoderFamily<Config extends ModelConfig = ModelConfig> {
  /** What the family is good for, in a sentence. */
  readonly goodFor: string;
  /** Pretrained models on the Hugging Face hub to begin with. */
  readonly pretrained: readonly PretrainedModel[];
  /** Its `model_type`s, each with the class that transformers loads a token-classification model with. */
  readonly architectures: Readonly<Record<string, string>>;
  /** The keys of config.json that the family reads, with transformers' defaults: see `configSchema`. */
  readonly schema: z.ZodType<Config>;
  /**
   * Rejects a config that is not implemented or whose values do not fit together.
   *
   * @param file named in errors
   * @throws NeriumError MODEL_CONFIG_UNSUPPORTED, MODEL_CONFIG_UNREADABLE
   */
  check(config: Config, file: string): void;
  /**
   * Returns the keys of config.json of a small encoder: about 3 layers, 128 wide. The quickstart trains it from random
   * weights.
   */
  small(size: { readonly maxLength: number; readonly paddingId: number }): Readonly<Record<string, unknown>>;
  /** Returns the encoder that a checked config describes. */
  encoder(config: Config): Encoder;
}

/** A pretrained model on the Hugging Face hub, as its page describes it. */
export interface PretrainedModel {
  readonly name: string;
  /** Number of parameters in millions, with the word embeddings. */
  readonly parameters: number;
  /** Longest input in tokens. */
  readonly longest: number;
  readonly languages: string;
  /** SPDX identifier. */
  readonly license: string;
}

/** An encoder without its weights: the values of one config.json, the list of parameters, and the forward pass. */
export interface Encoder {
  /** Number of ids that have a word embedding. */
  readonly vocabularySize: number;
  /** Width of the rows that {@link encode} returns. */
  readonly hiddenSize: number;
  /** Number of layers. */
  readonly layers: number;
  /** Maximum length of a sequence in tokens, including special tokens. */
  readonly maxLength: number;
  /** Id of the padding token. */
  readonly paddingId: number;
  /** The initial values of a new classifier. */
  readonly classifierInitial: Initial;
  readonly dropout: DropoutProbabilities;
  /** The keys of these probabilities in config.json, for a run that changes them. What the family does not drop has none. */
  readonly dropoutKeys: Readonly<Partial<Record<keyof DropoutProbabilities, string>>>;
  /** What the encoder needs in a batch. */
  readonly features: Features;
  /**
   * Returns all parameters of the encoder. In memory, those with weight decay come first, each group in this order. Layers that
   * pretrained models have between the encoder and a head are at the place `head` and, like a head, may be missing in a file.
   *
   * @param vocabulary number of rows of the word-embedding table, if not all are in memory
   */
  parameters(vocabulary?: number): readonly Parameter[];
  /**
   * The forward pass. It refers to parameters by their names, without `.weight` and `.bias`.
   *
   * @returns the last hidden states of the batch's labelled rows, `[labelled, hidden]`
   */
  encode(ops: WeightOps, batch: Batch, dropout: Dropout): Tensor;
  /** Returns the names that a tensor of the encoder has in current and older weight files, the most likely first. */
  storedNames(name: string): readonly string[];
  /** Whether a tensor of a weight file is not a weight. It is then skipped and not reported. */
  ignores(stored: string): boolean;
}
