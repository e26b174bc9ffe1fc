import { NeriumError } from "../errors.js";

/** A path that is given to `nerium annotate` does not exist. */
export const inputMissing = (path: string): NeriumError =>
  new NeriumError("ANNOTATE_INPUT_MISSING", "File or folder not found", {
    where: path,
    remedy: "Check the path. Relative paths start at the current folder.",
  });

/** No file is given to `nerium annotate`, or a folder has none that it reads. */
export const noInputs = (where: string, extensions: readonly string[]): NeriumError =>
  new NeriumError("ANNOTATE_NO_INPUT", "There is no file to annotate", {
    where,
    remedy: `Give files, or folders with files that end in ${extensions.join(", ")}.`,
  });

/** A file is given to `nerium annotate` twice, perhaps under two names. */
export const inputTwice = (path: string, first: string): NeriumError =>
  new NeriumError(
    "ANNOTATE_INPUT_TWICE",
    path === first ? "The file is given twice" : `The file is the same as ${first}, and both are given`,
    { where: path, remedy: "Give it once. A folder includes all files in it, and links to files." },
  );

/** A file cannot be cut into shards, because its format or its encoding is another one. */
export const inputFormat = (file: string, what: string, remedy: string): NeriumError =>
  new NeriumError("ANNOTATE_INPUT_FORMAT", what, { where: file, remedy });

/** A compressed file is damaged, or this version of Node cannot read it. */
export const inputDamaged = (file: string, what: string, cause?: unknown): NeriumError =>
  new NeriumError("ANNOTATE_INPUT_DAMAGED", `Could not decompress the file: ${what}`, {
    where: file,
    remedy: "Check that it was copied completely, or decompress it first.",
    cause,
  });

/** A file is not the one that was cut into shards when the annotation began. */
export const inputChanged = (file: string): NeriumError =>
  new NeriumError("ANNOTATE_INPUT_CHANGED", "The file has changed since the annotation began", {
    where: file,
    remedy: "Put the old file back, or choose another --output for an annotation of the new one.",
  });

/** An output folder belongs to an annotation with another model, other files or other options. */
export const planChanged = (folder: string, changed: readonly string[]): NeriumError =>
  new NeriumError(
    "ANNOTATE_PLAN_CHANGED",
    `The folder has an annotation with another ${changed.join(", ")}`,
    {
      where: folder,
      remedy: "Choose another --output, or run the command as before to continue.",
    },
  );

/** The output folder of an annotation contains something else. */
export const outputNotOurs = (folder: string): NeriumError =>
  new NeriumError("ANNOTATE_OUTPUT_EXISTS", "The output folder is not empty, and not from nerium annotate", {
    where: folder,
    remedy: "Choose another --output.",
  });

/** A folder is not the output of an annotation, or its plan cannot be read. */
export const noPlan = (folder: string): NeriumError =>
  new NeriumError("ANNOTATE_NO_PLAN", "There is no plan.json of nerium annotate", {
    where: folder,
    remedy: "Give the folder that an annotation was written to.",
  });

/** A folder's plan.json is of another program, or damaged. */
export const planDamaged = (folder: string): NeriumError =>
  new NeriumError("ANNOTATE_NO_PLAN", "plan.json is damaged, or not one of nerium annotate", {
    where: folder,
    remedy: "Copy back the file as it was, or choose another --output.",
  });

/** A column of a Parquet file cannot be kept. */
export const columnUnsupported = (file: string, column: string, cause?: unknown): NeriumError =>
  new NeriumError("ANNOTATE_COLUMN_UNSUPPORTED", `The column ${column} cannot be kept in the output`, {
    where: file,
    remedy: "Remove the column from the file, or use --format jsonl.",
    cause,
  });

/** An option of an annotation has a value that it does not accept. */
export const optionInvalid = (option: string, what: string): NeriumError =>
  new NeriumError("ANNOTATE_OPTION_INVALID", `${option} must be ${what}`, { where: option });

/** Nothing of a group of texts could be annotated, so the fault is not in one of them. */
export const allFailed = (place: string, cause: unknown): NeriumError =>
  new NeriumError(
    "ANNOTATE_ALL_FAILED",
    `All texts of a group failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      where: place,
      remedy: "Try the model on one of these texts with nerium predict.",
      cause,
    },
  );

/** A worker ended again and again before it could begin with a shard. */
export const workerFailed = (ending: string): NeriumError =>
  new NeriumError("ANNOTATE_WORKER_FAILED", `A worker ended before it began: ${ending}`, {
    where: "workers",
    remedy:
      "Run the command without --workers to see why. A machine with too little memory needs fewer workers.",
  });

/** The annotation was stopped before all of its shards were finished. */
export const stopped = (folder: string): NeriumError =>
  new NeriumError("ANNOTATE_STOPPED", "The annotation was stopped before all shards were finished", {
    where: folder,
    remedy: "Run the same command again to continue.",
  });

/** A check of an annotation found shards that are missing, damaged, or not what the input has. */
export const verifyFailed = (folder: string, problems: readonly string[]): NeriumError =>
  new NeriumError(
    "ANNOTATE_VERIFY_FAILED",
    `${problems.slice(0, 5).join("; ")}${problems.length > 5 ? `; and ${problems.length - 5} more` : ""}`,
    {
      where: folder,
      remedy: "Remove the damaged files and run the annotation again. It makes only what is missing.",
    },
  );

/** The server of a queue cannot be reached, or has no JetStream. */
export const queueUnreachable = (address: string, cause: unknown): NeriumError =>
  new NeriumError(
    "ANNOTATE_QUEUE_UNREACHABLE",
    `Could not use the queue: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      where: address,
      remedy: "Check the address, and that the server runs with JetStream (nats-server -js).",
      cause,
    },
  );
