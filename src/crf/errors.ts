import { NeriumError } from "../errors.js";

/** The file of the conditional random field, which config.json says the model has, is missing. */
export function crfMissing(file: string): NeriumError {
  return new NeriumError(
    "MODEL_CRF_MISSING",
    "The model has a CRF, but the file with its transitions is missing",
    {
      where: file,
      remedy:
        'Copy the file from the source of the model. Or remove "crf" from config.json; each word then gets its most probable label.',
    },
  );
}
