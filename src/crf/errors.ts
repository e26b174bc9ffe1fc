import { NeriumError } from "../errors.js";

/** config.json says that the model has a conditional random field, and its file is not there. */
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
