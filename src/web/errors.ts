import { NeriumError } from "../errors.js";

/** The configuration of a model lacks something that tags need. */
export function configInvalid(field: string): NeriumError {
  return new NeriumError("WEB_CONFIG_INVALID", `config.json of the model has no usable ${field}`, {
    remedy: "Give a model for token classification, such as nerium export writes it.",
  });
}

/** The model has a conditional random field, and its file is not given. */
export function crfNotGiven(): NeriumError {
  return new NeriumError(
    "WEB_CRF_NOT_GIVEN",
    "The model has a conditional random field, which is not given",
    {
      remedy: "Load crf.safetensors of the model's folder, and give its bytes as crf.",
    },
  );
}

/** The bytes of a conditional random field are not those of this model. */
export function crfInvalid(reason: string): NeriumError {
  return new NeriumError("WEB_CRF_INVALID", `The conditional random field cannot be used: ${reason}`, {
    remedy: "Give the bytes of crf.safetensors from the model's own folder, as an ArrayBuffer.",
  });
}

/** The model returns something else than the logits of its labels. */
export function logitsInvalid(dims: readonly number[], wanted: readonly number[]): NeriumError {
  return new NeriumError(
    "WEB_LOGITS_INVALID",
    `The model returned logits of shape [${dims.join(", ")}] instead of [${wanted.join(", ")}]`,
    { remedy: "Give a model for token classification, and the tokenizer of the same folder." },
  );
}

/** An option that only the library for Node has. */
export function strategyUnsupported(): NeriumError {
  return new NeriumError("WEB_STRATEGY_UNSUPPORTED", "aggregationStrategy is not available in nerium/web", {
    remedy: "Leave it out: entities then consist of whole words. Or use the pipeline of transformers.js.",
  });
}
