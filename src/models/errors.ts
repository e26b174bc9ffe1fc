import { NeriumError } from "../errors.js";

/** `config.json` is missing, is not JSON, or has a missing or invalid key. */
export function configUnreadable(file: string, why: string): NeriumError {
  return new NeriumError("MODEL_CONFIG_UNREADABLE", `The model's configuration can't be used: ${why}`, {
    where: file,
    remedy: "Give a Hugging Face model folder with the config.json of a BERT or RoBERTa encoder.",
  });
}

/** `config.json` asks for something that Nerium does not implement. */
export function configUnsupported(
  file: string,
  key: string,
  value: unknown,
  implemented: string,
): NeriumError {
  return new NeriumError(
    "MODEL_CONFIG_UNSUPPORTED",
    `${key} is ${JSON.stringify(value)}, which is not implemented`,
    {
      where: `${file}: ${key}`,
      remedy: `Implemented: ${implemented}.`,
    },
  );
}

/** The weight files lack tensors that the encoder needs. */
export function parametersMissing(folder: string, names: readonly string[]): NeriumError {
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  return new NeriumError("MODEL_TENSORS_MISSING", `The weights lack ${shown}`, {
    where: folder,
    remedy:
      "The file is of another architecture or incomplete: get the model again, or give the folder that belongs to its config.json.",
  });
}

/** A tensor in a weight file does not have the shape that config.json implies. */
export function weightShape(
  folder: string,
  name: string,
  got: readonly number[],
  want: readonly number[],
): NeriumError {
  return new NeriumError(
    "MODEL_TENSOR_SHAPE",
    `${name} has shape [${got.join(", ")}], config.json implies [${want.join(", ")}]`,
    {
      where: folder,
      remedy: "Weights and config.json do not belong together: get both from the same model.",
    },
  );
}

/** `id2label`, `label2id` and `num_labels` contradict each other. */
export function labelsInconsistent(file: string, why: string): NeriumError {
  return new NeriumError("MODEL_LABELS_INCONSISTENT", `The model's labels do not agree: ${why}`, {
    where: file,
    remedy:
      "id2label must number the labels 0, 1, 2 … without gaps or repeats, and label2id must be its inverse.",
  });
}

/** A folder was given as a fine-tuned model, but has no token-classification head. */
export function headMissing(folder: string): NeriumError {
  return new NeriumError("MODEL_HEAD_MISSING", "This is a base model: it has no token-classification head", {
    where: folder,
    remedy: "Fine-tune it first: nerium train --model FOLDER --train FILE --output DIR.",
  });
}

/** The model folder does not exist. */
export function folderMissing(folder: string): NeriumError {
  return new NeriumError("MODEL_FOLDER_MISSING", "Model folder not found", {
    where: folder,
    remedy:
      "Check the path, which is relative to the current folder; a model on the Hugging Face hub has a name such as bert-base-cased or ORG/NAME.",
  });
}
