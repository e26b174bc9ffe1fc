import type { ModelConfig } from "../config.js";
import type { Encoder, EncoderFamily } from "../family.js";
import { bert } from "./bert.js";
import { debertaV2 } from "./debertaV2.js";
import { distilbert } from "./distilbert.js";
import { electra } from "./electra.js";
import { eurobert } from "./eurobert.js";
import { modernbert } from "./modernbert.js";
import { roberta } from "./roberta.js";

/** The implemented families. */
export const families: readonly EncoderFamily[] = [
  bert,
  roberta,
  distilbert,
  electra,
  debertaV2,
  modernbert,
  eurobert,
];

/** Their `model_type`s. */
export const modelTypes = families.flatMap(({ architectures }) => Object.keys(architectures));

/** Returns the family of a `model_type`, or `undefined` if it is not implemented. */
export const familyOf = (modelType: string): EncoderFamily | undefined =>
  families.find(({ architectures }) => Object.hasOwn(architectures, modelType));

/** Returns the encoder that a config describes. */
export const encoderOf = (config: ModelConfig): Encoder => familyOf(config.model_type)!.encoder(config);

/** Returns the name of transformers' class for this encoder with a token-classification head, as in config.json. */
export const architecture = ({ model_type }: Pick<ModelConfig, "model_type">): string =>
  familyOf(model_type)!.architectures[model_type]!;
