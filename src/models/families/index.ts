import type { ModelConfig } from "../config.js";
import type { Encoder, EncoderFamily } from "../family.js";
import { bert } from "./bert.js";
import { roberta } from "./roberta.js";

/** The families that are implemented. */
export const families: readonly EncoderFamily[] = [bert, roberta];

/** Their `model_type`s. */
export const modelTypes = families.flatMap(({ architectures }) => Object.keys(architectures));

/** The family of a `model_type`; `undefined` where it is not implemented. */
export const familyOf = (modelType: string): EncoderFamily | undefined =>
  families.find(({ architectures }) => Object.hasOwn(architectures, modelType));

/** The encoder that a config describes. */
export const encoderOf = (config: ModelConfig): Encoder => familyOf(config.model_type)!.encoder(config);

/** The name that config.json gives the class of a model with this encoder and a token-classification head. */
export const architecture = ({ model_type }: ModelConfig): string =>
  familyOf(model_type)!.architectures[model_type]!;
