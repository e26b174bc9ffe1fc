import { listed } from "../counted.js";
import { NeriumError } from "../errors.js";

/** `config.json` is missing, is not JSON, or has a missing or invalid key. */
export function configUnreadable(file: string, why: string): NeriumError {
  return new NeriumError("MODEL_CONFIG_UNREADABLE", `Invalid model configuration: ${why}`, {
    where: file,
    remedy:
      "Give a Hugging Face model folder with the config.json of a supported encoder, such as BERT or RoBERTa.",
  });
}

/** A file is given instead of a model folder. */
export const folderIsFile = (path: string): NeriumError =>
  new NeriumError("MODEL_FOLDER_IS_FILE", "A file is given instead of a model folder", {
    where: path,
    remedy: "Give the folder of a model first, and then texts or files.",
  });

/** A folder has no `config.json`, but folders inside of it have one. */
export function modelFolderInside(folder: string, inside: readonly string[]): NeriumError {
  const [first, ...others] = inside;
  const also = others.length === 0 ? "" : ` Other model folders: ${others.slice(0, 3).join(", ")}.`;
  return new NeriumError("MODEL_CONFIG_UNREADABLE", "This folder is not a model: it has no config.json", {
    where: folder,
    remedy: `Use the model folder in it: ${first}.${also}`,
  });
}

/** `config.json` asks for something that Nerium does not implement. */
export function configUnsupported(
  file: string,
  key: string,
  value: unknown,
  implemented: string,
): NeriumError {
  return new NeriumError("MODEL_CONFIG_UNSUPPORTED", `${key} ${JSON.stringify(value)} is not supported`, {
    where: `${file}: ${key}`,
    remedy: `Supported: ${implemented}.`,
  });
}

/** The weight files lack tensors that the encoder needs. */
export function parametersMissing(folder: string, names: readonly string[]): NeriumError {
  return new NeriumError("MODEL_TENSORS_MISSING", `Weights are missing: ${listed(names, 5)}`, {
    where: folder,
    remedy: "The file is incomplete or does not belong to this config.json. Download the model again.",
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
    `${name} has the shape [${got.join(", ")}], but config.json requires [${want.join(", ")}]`,
    {
      where: folder,
      remedy: "Use weights and config.json of the same model.",
    },
  );
}

/** Weights, or the scores that they give, are NaN or infinite. Nothing can be predicted from them. */
export const notFinite = (where: string): NeriumError =>
  new NeriumError("MODEL_NOT_FINITE", "The model has or gives numbers that are NaN or infinite", {
    where,
    remedy:
      "Its weights are damaged, or too large for this number format. Use another checkpoint, download the model again, or choose dtype fp32.",
  });

/** `id2label` does not give one name for each row of the classifier. */
export function labelsInconsistent(file: string, why: string): NeriumError {
  return new NeriumError("MODEL_LABELS_INCONSISTENT", `The labels in config.json are inconsistent: ${why}`, {
    where: file,
    remedy:
      "id2label must map 0, 1, 2 … without gaps to the names of the labels, one for each output of the head.",
  });
}

/** A folder was given as a fine-tuned model, but has no token-classification head. */
export function headMissing(folder: string): NeriumError {
  return new NeriumError("MODEL_HEAD_MISSING", "The model has no token-classification head", {
    where: folder,
    remedy: "Fine-tune it first: nerium train --model FOLDER --train FILE --output DIR.",
  });
}

/** The model folder does not exist. */
export function folderMissing(folder: string): NeriumError {
  return new NeriumError("MODEL_FOLDER_MISSING", "Model folder not found", {
    where: folder,
    remedy: /\s/.test(folder)
      ? "This looks like a text. The model comes first: nerium predict MODEL TEXT."
      : "Check the path, which is relative to the current folder; a model on the Hugging Face hub has a name such as bert-base-cased or ORG/NAME.",
  });
}

/** The folder has no weights that Nerium can read. */
export const weightsMissing = (folder: string, entries: readonly string[]) =>
  new NeriumError(
    "MODEL_WEIGHTS_MISSING",
    `The folder contains no weights (model.safetensors or pytorch_model.bin, or an index of shards), but ${entries.length === 0 ? "nothing" : listed(entries)}`,
    { where: folder, remedy: "Check the path, and that the download is complete." },
  );
