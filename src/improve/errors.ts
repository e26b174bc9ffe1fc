import { NeriumError } from "../errors.js";

/** An output folder contains the work of this command with other data, another recipe or other options. */
export function planChanged(folder: string, command: string, changed: readonly string[]): NeriumError {
  return new NeriumError(
    "IMPROVE_PLAN_CHANGED",
    `The folder contains ${command} with ${changed.length === 0 ? "an unknown plan" : `another ${changed.join(", ")}`}`,
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
