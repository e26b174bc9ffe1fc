import { counted } from "../counted.js";
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
  const before = skipped > 0 ? ` and in the ${counted(skipped - 1, "step")} before` : "";
  return new NeriumError(
    "TRAIN_NOT_FINITE",
    `${what} at step ${step}${before}, in sentences ${sentences.join(", ")}`,
    {
      where: `step ${step}, epoch ${epoch.toFixed(2)}`,
      remedy: `${folder === undefined ? "No step was finished before." : `The model of the step before is saved in ${folder}.`} Lower learning_rate, increase warmup_steps, or check these sentences.`,
    },
  );
}

/** The run was stopped during the download or preparation of model and data: there is nothing to save yet. */
export const stoppedEarly = () =>
  new NeriumError("TRAIN_STOPPED_EARLY", "The run was stopped before its first step; nothing was saved", {
    remedy: "Run the same command to start again. Complete downloads stay in the cache.",
  });

/** The GPU that a run computes on was lost. What is in its memory is gone. */
export const deviceLostAt = (step: number, folder: string | undefined, cause: NeriumError) =>
  new NeriumError("TRAIN_DEVICE_LOST", `The run ended after step ${step}. ${cause.message}`, {
    where: `step ${step}`,
    remedy: `${folder === undefined ? "No checkpoint was written before: start the run again." : `The last checkpoint is ${folder}: continue from it with --resume.`} If it happens often, look at the log of the system, and at the GPU's temperature, memory and driver.`,
    cause,
  });

/** A model to be written has a weight that is infinite or not a number; the model is not written. */
export function weightsNotFinite(parameter: string): NeriumError {
  return new NeriumError(
    "TRAIN_WEIGHTS_NOT_FINITE",
    `${parameter} contains values that are infinite or not a number`,
    {
      where: parameter,
      remedy:
        "Check the pretrained model. If it is intact, lower learning_rate and continue from the last checkpoint with --resume --force.",
    },
  );
}

/** A model to learn from has other labels than the model to be trained. */
export function teacherLabels(
  folder: string,
  own: readonly string[],
  labels: readonly string[],
): NeriumError {
  return new NeriumError(
    "TRAIN_TEACHER_LABELS",
    `A teacher has the labels ${own.join(", ")}, but this run has ${labels.join(", ")}`,
    { where: folder, remedy: "Train the teachers on the same data, or set labels to the same list." },
  );
}

/** A run should be resumed, but its output folder contains no checkpoint. */
export function noCheckpoint(folder: string): NeriumError {
  return new NeriumError("TRAIN_NO_CHECKPOINT", "The output folder contains no checkpoint", {
    where: folder,
    remedy: "Check --output, or start the run without --resume.",
  });
}

/** A run should be resumed, but every checkpoint in its output folder is damaged. */
export function checkpointsDamaged(
  folder: string,
  damaged: readonly { folder: string; damage: string }[],
): NeriumError {
  const each = damaged.map(({ folder, damage }) => `${folder}: ${damage}`).join("; ");
  return new NeriumError("TRAIN_CHECKPOINTS_DAMAGED", `All checkpoints are damaged (${each})`, {
    where: folder,
    remedy: "Restore a checkpoint from a backup, or start a new run in another output folder.",
  });
}

/** A run should be resumed with a recipe, model or data set that differs from the one it started with. */
export function resumeChanged(folder: string, fields: readonly string[]): NeriumError {
  const names = fields.map(snakeCase).join(", ");
  const verb = fields.length === 1 ? "has" : "have";
  return new NeriumError("TRAIN_RESUME_CHANGED", `${names} ${verb} changed since the run started`, {
    where: folder,
    remedy:
      "Use the same recipe and data as before, add --force to continue anyway, or start a new run in another output folder.",
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
    `The labels have changed from ${before.join(" ")} to ${now.join(" ")}`,
    {
      where: folder,
      remedy: "Set labels to the old ones, or start a new run with this checkpoint as its model.",
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
    `The state of the optimizer has changed from ${listed(before)} to ${listed(now)}`,
    {
      where: file,
      remedy:
        "Use the optimizer that the run started with, or start a new run with this checkpoint as its model.",
    },
  );
}

/** A file of the training data cache has changed or disappeared since the run started. */
export const cacheDamaged = (file: string, what: string, cause?: unknown) =>
  new NeriumError("TRAIN_CACHE_DAMAGED", `Could not read the cache of the training data: ${what}`, {
    where: file,
    remedy:
      "Run the command again, with --resume if there are checkpoints. The cache is checked and rebuilt.",
    cause,
  });

/** The training data contains no labelled word. */
export function nothingToTrain(file: string): NeriumError {
  return new NeriumError("TRAIN_NOTHING_LABELLED", "The training data contains no labelled words", {
    where: file,
    remedy: "Give a file with a tag for each word, for example one word and its tag per line.",
  });
}

/** A file that must have tags has none. */
export function trainingTagsMissing(file: string): NeriumError {
  return new NeriumError("TRAIN_TAGS_MISSING", "The data has no tags", {
    where: file,
    remedy:
      "Training, validation and test data need a tag for each word. For text without tags, use nerium predict.",
  });
}

/** The output folder is not empty, and the recipe does not ask to overwrite it. */
export function runOutputExists(
  folder: string,
  { hasCheckpoints }: { readonly hasCheckpoints: boolean },
): NeriumError {
  const first = hasCheckpoints ? "Add --resume to continue the run there, choose" : "Choose";
  return new NeriumError("TRAIN_OUTPUT_EXISTS", "The output folder is not empty", {
    where: folder,
    remedy: `${first} another --output, or add --overwrite-output-dir to replace its contents.`,
  });
}

/** The output folder is not empty, or it is a file. */
export function runOutputIsFile(file: string): NeriumError {
  return new NeriumError("TRAIN_OUTPUT_EXISTS", "The output is a file, not a folder", {
    where: file,
    remedy: "Choose another --output, or remove the file.",
  });
}

/** The output folder is or contains something that the run reads, and would replace. */
export function runOutputIsInput(field: string, input: string, output: string): NeriumError {
  return new NeriumError("TRAIN_OUTPUT_IS_INPUT", `${field} is in the output folder ${output}`, {
    where: input,
    remedy: "Choose another --output. The run would replace files that it reads.",
  });
}

/** The output folder's README.md was edited by hand. */
export function cardEdited(file: string): NeriumError {
  return new NeriumError("TRAIN_CARD_EDITED", "The model card was edited after Nerium wrote it", {
    where: file,
    remedy: "Choose another --output, or add --force to overwrite it.",
  });
}

/** `class_weights` contains a label that the run does not have. */
export function classWeightUnknown(label: string, labels: readonly string[]): NeriumError {
  return new NeriumError("TRAIN_CLASS_WEIGHT_UNKNOWN", `Unknown label "${label}"`, {
    where: "class_weights",
    remedy: `The labels are ${labels.join(", ")}.`,
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
    remedy: `Correct the tag, or add it to labels. The labels are ${labels.join(", ")}.`,
  });
}

/** The recipe sets two dropout probabilities, for which the model has one key. */
export const dropoutShared = (key: string, values: readonly number[]): NeriumError =>
  new NeriumError(
    "TRAIN_DROPOUT_SHARED",
    `The recipe sets two dropout probabilities, ${values.join(" and ")}, but this model has one for both: ${key}`,
    {
      where: "hidden_dropout_prob, classifier_dropout",
      remedy: "Set one of them, or both to the same value.",
    },
  );

/** The recipe sets a dropout probability for a place where the model drops nothing. */
export const dropoutMissing = (site: string, probability: number): NeriumError =>
  new NeriumError(
    "TRAIN_DROPOUT_MISSING",
    `The recipe sets the ${site} dropout to ${probability}, but this model has none`,
    {
      where: "hidden_dropout_prob, attention_probs_dropout_prob, classifier_dropout",
      remedy: "Leave it out of the recipe.",
    },
  );

/** The requested sequence length is larger than the model supports. */
export function maxSeqLengthBeyondModel(asked: number, most: number): NeriumError {
  return new NeriumError(
    "TRAIN_LENGTH_BEYOND_MODEL",
    `max_seq_length is ${asked}, but the maximum of the model is ${most}`,
    {
      where: "max_seq_length",
      remedy: `Set it to at most ${most}. Longer sentences are split into overlapping windows.`,
    },
  );
}

/** The training data was written or replaced while a run read it. */
export const trainingDataChanged = (path: string) =>
  new NeriumError("TRAIN_DATA_CHANGED", `${path} changed while it was read`, {
    where: path,
    remedy: "Start the run again once the data is complete.",
  });

/** The run would have more epochs than can be planned. */
export const tooManyEpochs = (most: number) =>
  new NeriumError("TRAIN_TOO_MANY_EPOCHS", `The run would have more than ${most} epochs`, {
    where: "max_steps, num_train_epochs",
    remedy: "Set max_steps or num_train_epochs to a lower number.",
  });

/** The run needs more memory than there is. */
export function memoryTooSmall(facts: {
  model: string;
  needed: number;
  usable: number;
  setting: { readonly text: string; readonly same: boolean } | undefined;
}): NeriumError {
  const { model, needed, usable, setting } = facts;
  const remedy =
    setting === undefined
      ? "Use a smaller model or a machine with more memory, or end other programs."
      : `Set ${setting.text}.${setting.same ? " The model becomes the same." : ""}`;
  return new NeriumError(
    "TRAIN_MEMORY_TOO_SMALL",
    `The run needs about ${gigabytes(needed)} of memory, but can use only ${gigabytes(usable)}`,
    { where: model, remedy },
  );
}

/** The run writes more than fits on the disk. */
export function diskTooSmall(facts: {
  folder: string;
  needed: number;
  free: number;
  setting: string | undefined;
}): NeriumError {
  const { folder, needed, free, setting } = facts;
  return new NeriumError(
    "TRAIN_DISK_TOO_SMALL",
    `The run needs about ${gigabytes(needed)} on the disk, but only ${gigabytes(free)} are free`,
    {
      where: folder,
      remedy: `${setting === undefined ? "Choose" : `Set ${setting}, choose`} an output folder on another disk, or free some space.`,
    },
  );
}

const gigabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** A process of a run has another recipe, or reads other data, labels or another model than process 0. */
export const ranksDiffer = (rank: number, differences: readonly string[]) =>
  new NeriumError(
    "TRAIN_RANKS_DIFFER",
    `Process ${rank} differs from process 0 in ${differences.join(", ")}`,
    {
      where: `process ${rank}`,
      remedy:
        "Give all processes the same recipe, files with the same contents, and the same version of Nerium.",
    },
  );

/** Several processes should train on a device whose memory they cannot exchange. */
export const severalNeedProcessors = (device: string) =>
  new NeriumError(
    "TRAIN_RANKS_DEVICE",
    `Several processes train together on CPUs only, not on the device ${device}`,
    {
      where: "device",
      remedy: "Leave out --device, or start one process.",
    },
  );
