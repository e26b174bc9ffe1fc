import type { z } from "zod";
import type { Tensor } from "../graph/index.js";
import type { Batch, Features } from "./batch/batch.js";
import type { ModelConfig } from "./config.js";
import type { Dropout, DropoutProbabilities } from "./dropout.js";
import type { Parameter } from "./parameter.js";
import type { WeightOps } from "./quantized/weightOps.js";

/**
 * A family of encoders: all that Nerium knows of an architecture. To add one, write its record in a file of `families/` and
 * name it in `families/index.ts`.
 *
 * Nobody else reads the family's keys of config.json, branches on `model_type` or looks at the names of parameters: they ask
 * the {@link Encoder}, or a parameter's role and place.
 *
 * @typeParam Config what `schema` gives
 */
export interface EncoderFamily<Config extends ModelConfig = ModelConfig> {
  /** Its `model_type`s, each with the class that transformers loads a token-classification model with. */
  readonly architectures: Readonly<Record<string, string>>;
  /** The keys of config.json that the family reads, with transformers' defaults: see `configSchema`. */
  readonly schema: z.ZodType<Config>;
  /**
   * Refuses a config whose forward pass is not implemented, or that makes no sense.
   *
   * @param file named in errors
   * @throws NeriumError MODEL_CONFIG_UNSUPPORTED, MODEL_CONFIG_UNREADABLE
   */
  check(config: Config, file: string): void;
  /** The encoder that a checked config describes. */
  encoder(config: Config): Encoder;
}

/** An encoder without its weights: the facts of one config.json, parameters and forward pass. */
export interface Encoder {
  /** Ids that it has word embeddings for. */
  readonly vocabularySize: number;
  /** Width of the rows that {@link encode} gives. */
  readonly hiddenSize: number;
  /** Number of its layers. */
  readonly layers: number;
  /** Tokens of the longest sequence that it takes, special ones included. */
  readonly maxLength: number;
  /** Id of the token that fills up shorter sequences. */
  readonly paddingId: number;
  /** Standard deviation of new weights. */
  readonly initializerRange: number;
  readonly dropout: DropoutProbabilities;
  /** The keys of config.json that these stand under, for a run that sets others. */
  readonly dropoutKeys: Readonly<Record<keyof DropoutProbabilities, string>>;
  /** What it asks of a batch. */
  readonly features: Features;
  /**
   * All parameters of the encoder, in the order in which they are laid out.
   *
   * @param vocabulary rows of the word-embedding table, where not all are held
   */
  parameters(vocabulary?: number): readonly Parameter[];
  /**
   * The forward pass, under the names that parameters have in Hugging Face's weight files.
   *
   * @returns the last hidden states of the batch's labelled rows, `[labelled, hidden]`
   */
  encode(ops: WeightOps, batch: Batch, dropout: Dropout): Tensor;
  /** The names that a tensor of the encoder has in weight files, old and new ones, the likeliest first. */
  storedNames(name: string): readonly string[];
  /** Whether a tensor of a weight file is no weight: it is left out without a word. */
  ignores(stored: string): boolean;
}
