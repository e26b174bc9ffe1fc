import { NeriumError } from "../errors.js";
import { snakeCase } from "../recipe/spelling.js";

/** A step's loss or gradient is infinite or not a number. The weights are still those of the step before. */
export function notFinite(facts: {
  step: number;
  epoch: number;
  what: string;
  sentences: readonly string[];
  folder: string | undefined;
  /** How many steps in a row were not finite, this one included; 0 if the recipe does not skip such steps. */
  skipped: number;
}): NeriumError {
  const { step, epoch, what, sentences, folder, skipped } = facts;
  const before = skipped > 0 ? `, as in the ${skipped - 1} steps before` : "";
  return new NeriumError(
    "TRAIN_NOT_FINITE",
    `${what} at step ${step}${before}, in sentences ${sentences.join(", ")}`,
    {
      where: `step ${step}, epoch ${epoch.toFixed(2)}`,
      remedy: `${folder === undefined ? "No step was finished before." : `The model of the step before is in ${folder}.`} Lower learning_rate, add warmup_steps, or look at these sentences.`,
    },
  );
}

/** The run was stopped during the download or preparation of model and data: there is nothing to save yet. */
export const stoppedEarly = () =>
  new NeriumError("TRAIN_STOPPED_EARLY", "The run is stopped before its first step; nothing is written", {
    remedy: "The same command begins anew; files that were downloaded whole stay in the cache.",
  });

/** A model to be written has a weight that is infinite or not a number; the model is not written. */
export function weightsNotFinite(parameter: string): NeriumError {
  return new NeriumError("TRAIN_WEIGHTS_NOT_FINITE", `${parameter} holds values that are not finite`, {
    where: parameter,
    remedy:
      "Look whether the pretrained model is whole; else lower learning_rate and go on from an earlier checkpoint with --resume --force.",
  });
}

/** A run should be resumed, but its output folder contains no checkpoint. */
export function noCheckpoint(folder: string): NeriumError {
  return new NeriumError("TRAIN_NO_CHECKPOINT", "There is no checkpoint to go on from", {
    where: folder,
    remedy: "Name the output folder of the run, or start it without --resume.",
  });
}

/** A run should be resumed, but every checkpoint in its output folder is damaged. */
export function checkpointsDamaged(
  folder: string,
  damaged: readonly { folder: string; damage: string }[],
): NeriumError {
  const each = damaged.map(({ folder, damage }) => `${folder}: ${damage}`).join("; ");
  return new NeriumError("TRAIN_CHECKPOINTS_DAMAGED", `No checkpoint is whole (${each})`, {
    where: folder,
    remedy: "Put a checkpoint back from a copy, or start the run anew in another output folder.",
  });
}

/** A run should be resumed with a recipe, model or data set that differs from the one it started with. */
export function resumeChanged(folder: string, fields: readonly string[]): NeriumError {
  const names = fields.map(snakeCase).join(", ");
  const verb = fields.length === 1 ? "is" : "are";
  return new NeriumError("TRAIN_RESUME_CHANGED", `${names} ${verb} not what the run began with`, {
    where: folder,
    remedy:
      "Give what it began with, choose another output for a new run, or add --force to go on all the same.",
  });
}

/** A run should be resumed with other labels. The model's head has no rows for them. */
export function labelsChanged(
  folder: string,
  before: readonly string[],
  now: readonly string[],
): NeriumError {
  return new NeriumError(
    "TRAIN_LABELS_CHANGED",
    `The labels are ${now.join(" ")}, and were ${before.join(" ")}`,
    {
      where: folder,
      remedy: "Give the recipe the labels of before, or start a new run with this checkpoint as its model.",
    },
  );
}

/** A run should be resumed with another optimizer. The checkpoint has no state for it. */
export function optimizerChanged(
  file: string,
  before: readonly string[],
  now: readonly string[],
): NeriumError {
  const listed = (names: readonly string[]) => names.join(", ") || "nothing";
  return new NeriumError(
    "TRAIN_OPTIMIZER_CHANGED",
    `The optimizer keeps ${listed(now)}, and that of the checkpoint kept ${listed(before)}`,
    {
      where: file,
      remedy:
        "Go on with the optimizer that the run began with, or start a new run with this checkpoint as its model.",
    },
  );
}

/** A file of the training data cache has changed or disappeared since the run started. */
export const cacheDamaged = (file: string, what: string, cause?: unknown) =>
  new NeriumError("TRAIN_CACHE_DAMAGED", `The cache of the training data can't be read: ${what}`, {
    where: file,
    remedy:
      "Start the command again, with --resume where the run has checkpoints: the cache is checked and made anew.",
    cause,
  });

/** The training data contains no labelled word. */
export function nothingToTrain(file: string): NeriumError {
  return new NeriumError("TRAIN_NOTHING_LABELLED", "The training data holds no labelled word", {
    where: file,
    remedy: "Give a file with one word and its tag per line; see the README for an example.",
  });
}

/** A file that must have tags has none. */
export function trainingTagsMissing(file: string): NeriumError {
  return new NeriumError("TRAIN_TAGS_MISSING", "The data has no tags", {
    where: file,
    remedy:
      "Training, validation and test files need a tag for each word; use nerium predict for text without tags.",
  });
}

/** The output folder is not empty, and the recipe does not ask to overwrite it. */
export function runOutputExists(
  folder: string,
  { hasCheckpoints = false }: { readonly hasCheckpoints?: boolean },
): NeriumError {
  const goOn = hasCheckpoints ? "Add --resume to go on with the run there, choose" : "Choose";
  return new NeriumError("TRAIN_OUTPUT_EXISTS", "The output folder is not empty", {
    where: folder,
    remedy: `${goOn} another --output, or add --overwrite-output-dir to replace what is there.`,
  });
}

/** The output folder's README.md was edited by hand. */
export function cardEdited(file: string): NeriumError {
  return new NeriumError("TRAIN_CARD_EDITED", "The model card has been edited since Nerium wrote it", {
    where: file,
    remedy: "Choose another --output, or add --force to overwrite it.",
  });
}

/** `class_weights` contains a label that the run does not have. */
export function classWeightUnknown(label: string, labels: readonly string[]): NeriumError {
  return new NeriumError("TRAIN_CLASS_WEIGHT_UNKNOWN", `class_weights names "${label}", which is no label`, {
    where: "class_weights",
    remedy: `Labels: ${labels.join(", ")}.`,
  });
}

/** The data contains a tag that is not among the recipe's labels. */
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

/** The requested sequence length is larger than the model supports. */
export function maxSeqLengthBeyondModel(asked: number, most: number): NeriumError {
  return new NeriumError("TRAIN_LENGTH_BEYOND_MODEL", `max_seq_length is ${asked}, the model takes ${most}`, {
    where: "max_seq_length",
    remedy: `Give at most ${most}; longer sentences become overlapping windows by themselves.`,
  });
}
