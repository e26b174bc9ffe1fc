import { NeriumError } from "../errors.js";

/** The file of the conditional random field, which config.json says the model has, is missing. */
export function crfMissing(file: string): NeriumError {
  return new NeriumError(
    "MODEL_CRF_MISSING",
    "config.json says crf, and the file with its transitions is not there",
    {
      where: file,
      remedy:
        'Get the file from where the model came from; without it, remove "crf" from config.json: words then get their most probable labels.',
    },
  );
}
