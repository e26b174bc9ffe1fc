import { NeriumError } from "../errors.js";

/** A step's loss or gradient is infinite or not a number. The weights are still those of the step before. */
export function notFinite(facts: {
  step: number;
  epoch: number;
  what: string;
  sentences: readonly string[];
  folder: string | undefined;
}): NeriumError {
  const { step, epoch, what, sentences, folder } = facts;
  return new NeriumError(
    "TRAIN_NOT_FINITE",
    `${what} at step ${step}, in sentences ${sentences.join(", ")}`,
    {
      where: `step ${step}, epoch ${epoch.toFixed(2)}`,
      remedy: `${folder === undefined ? "No step was finished before." : `The model of the step before is in ${folder}.`} Lower learning_rate, add warmup_steps, or look at these sentences.`,
    },
  );
}

/** The training data has no word to learn from. */
export function nothingToTrain(file: string): NeriumError {
  return new NeriumError("TRAIN_NOTHING_LABELLED", "The training data holds no labelled word", {
    where: file,
    remedy: "Give a file with one word and its tag per line; see the README for an example.",
  });
}

/** A file that must have tags has none. */
export function tagsMissing(file: string): NeriumError {
  return new NeriumError("TRAIN_TAGS_MISSING", "The data has no tags", {
    where: file,
    remedy:
      "Training, validation and test files need a tag for each word; use nerium predict for text without tags.",
  });
}

/** The output folder holds a model already, and overwriting was not asked for. */
export function outputExists(folder: string): NeriumError {
  return new NeriumError("TRAIN_OUTPUT_EXISTS", "The output folder is not empty", {
    where: folder,
    remedy: "Choose another --output, or add --overwrite-output-dir to replace what is there.",
  });
}

/** The output folder's README.md was edited by hand. */
export function cardEdited(file: string): NeriumError {
  return new NeriumError("TRAIN_CARD_EDITED", "The model card has been edited since Nerium wrote it", {
    where: file,
    remedy: "Choose another --output, or add --force to overwrite it.",
  });
}

/** Class weights name a label that the data does not have. */
export function classWeightUnknown(label: string, labels: readonly string[]): NeriumError {
  return new NeriumError("TRAIN_CLASS_WEIGHT_UNKNOWN", `class_weights names "${label}", which is no label`, {
    where: "class_weights",
    remedy: `Labels: ${labels.join(", ")}.`,
  });
}

/** Tags of the data are not among the labels given by the recipe. */
export function labelUnknown(
  file: string,
  line: number,
  tag: string,
  labels: readonly string[],
): NeriumError {
  return new NeriumError("TRAIN_LABEL_UNKNOWN", `The tag "${tag}" is not among the labels`, {
    where: `${file}:${line}`,
    remedy: `Add it to the recipe's labels, or correct the tag. Labels: ${labels.join(", ")}.`,
  });
}

/** The sequence length asked for is beyond what the model has positions for. */
export function lengthBeyondModel(asked: number, most: number): NeriumError {
  return new NeriumError("TRAIN_LENGTH_BEYOND_MODEL", `max_seq_length is ${asked}, the model takes ${most}`, {
    where: "max_seq_length",
    remedy: `Give at most ${most}; longer sentences become overlapping windows by themselves.`,
  });
}
