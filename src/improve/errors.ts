import { NeriumError } from "../errors.js";

/** An output folder contains the work of this command with other data, another recipe or other options. */
export function planChanged(folder: string, command: string, changed: readonly string[]): NeriumError {
  return new NeriumError(
    "IMPROVE_PLAN_CHANGED",
    `The folder contains ${command} with ${changed.length === 0 ? "an unknown plan" : changed.map((part) => `${part === "recipe" ? "another" : "other"} ${part}`).join(", ")}`,
    {
      where: folder,
      remedy: "Choose another --output, or run the command as before to continue.",
    },
  );
}

/** An output folder contains something else than the work of this command. */
export function notOurWork(folder: string, command: string): NeriumError {
  return new NeriumError("IMPROVE_OUTPUT_EXISTS", `The output folder is not empty, and not from ${command}`, {
    where: folder,
    remedy: "Choose another --output.",
  });
}

/** A file to write is one of those that a search for label errors keeps in its output folder. */
export const exportTaken = (file: string): NeriumError =>
  new NeriumError("IMPROVE_EXPORT_TAKEN", "The search keeps a file of its own here", {
    where: file,
    remedy: "Choose another file for --export.",
  });

/** The command was stopped before all of its runs were done. */
export function stoppedBetween(folder: string): NeriumError {
  return new NeriumError("IMPROVE_STOPPED", "The command was stopped before all runs were done", {
    where: folder,
    remedy: "Run the same command again to continue.",
  });
}

/** A file of predictions in the output folder does not fit the data. */
export function predictionsDamaged(file: string): NeriumError {
  return new NeriumError("IMPROVE_PREDICTIONS_DAMAGED", "The predictions of a fold do not fit the data", {
    where: file,
    remedy: "Remove the file and run the same command again.",
  });
}

/** The record of a run in the output folder cannot be read. */
export function recordDamaged(file: string): NeriumError {
  return new NeriumError("IMPROVE_RECORD_DAMAGED", "The record of a run cannot be read", {
    where: file,
    remedy: "Remove the file and the folder beside it, and run the same command again. The run is repeated.",
  });
}

/** A file is not the result of a search for label errors, or one that cannot be reviewed. */
export const suspectsInvalid = (file: string, what: string): NeriumError =>
  new NeriumError("IMPROVE_SUSPECTS_INVALID", `The suspects cannot be reviewed: ${what}`, {
    where: file,
    remedy: "Give the file suspects.json that nerium data suspects has written without label_map.",
  });

/** The data has other sentences than when it was searched for label errors. */
export const reviewDataChanged = (place: string): NeriumError =>
  new NeriumError("IMPROVE_REVIEW_DATA_CHANGED", "The data has other sentences than when it was searched", {
    where: place,
    remedy: "Search it again with nerium data suspects and another --output.",
  });

/** The review in the folder of a search is of other data, or the data has changed since in other ways. */
export const reviewOfOther = (log: string, suspects: string): NeriumError =>
  new NeriumError(
    "IMPROVE_REVIEW_OF_OTHER_DATA",
    "The folder has a review of other data, or of this data before other changes",
    {
      where: log,
      remedy: `Choose another --output. To take the decisions back: nerium data review ${suspects} --undo.`,
    },
  );

/** A file was changed after a decision that is to be taken back. */
export const reviewFileChanged = (file: string): NeriumError =>
  new NeriumError(
    "IMPROVE_REVIEW_FILE_CHANGED",
    "The file was changed after the last decision, which cannot be taken back",
    {
      where: file,
      remedy: "Take your own change back first. The log of the review says what each decision has replaced.",
    },
  );

/** The log of a review has a line that is not a decision. */
export const logDamaged = (place: string): NeriumError =>
  new NeriumError("IMPROVE_LOG_DAMAGED", "The log of the review has a line that is not a decision", {
    where: place,
    remedy: "Correct or remove the line.",
  });

/** A decision of a review is about nothing, or its entities are impossible. */
export const decisionInvalid = (what: string): NeriumError =>
  new NeriumError("IMPROVE_DECISION_INVALID", what, { where: "decision" });

/** A search space cannot be searched. */
export const spaceInvalid = (what: string): NeriumError =>
  new NeriumError("IMPROVE_SPACE_INVALID", what, {
    where: "space",
    remedy: "Give --space values for recipe fields, such as learning_rate=1e-5,3e-5. Ranges need --trials.",
  });

/** A sweep cannot try values of this field. */
export const fieldNotSwept = (name: string): NeriumError =>
  new NeriumError("IMPROVE_FIELD_NOT_SWEPT", `A sweep cannot try values of ${name}`, {
    where: "space",
    remedy: "Use fields that change how a model is trained. For several seeds, use --seeds.",
  });

/** Models are compared on validation data, and the recipe names none. */
export const validationMissing = (command: string): NeriumError =>
  new NeriumError("IMPROVE_VALIDATION_MISSING", `${command} needs a file of validation data`, {
    where: "validation",
    remedy: "Add --validation. To make one from your data: nerium data split.",
  });
