import type { AnnotationEstimate } from "./estimate.js";
import type { AnnotateOptions } from "./options.js";
import type { AnnotationStatus } from "./status.js";
import type { AnnotationCheck } from "./verify.js";

/**
 * Annotates files of any size: finds the entities of each text, and writes them to the shards of a folder, in the order of
 * the inputs. Text files (a text per line), JSON Lines, CSV, TSV and Parquet are read, the first four also compressed with
 * gzip, and with Zstandard from Node 22.15 on; other fields and columns are kept.
 *
 * Any number of processes on any number of machines can make the same call at once: they divide the shards through claims in
 * the folder. A shard is there as a whole or not at all, and is never made again. After an interruption, the same call
 * continues.
 *
 * @example
 * const { rows, errors } = await annotate("my-model", ["corpus/"], "annotated", { workers: 4, format: "parquet" });
 * console.log(`${rows} texts, ${errors} of them failed`);
 *
 * @param model folder of a fine-tuned model, or its name on the Hugging Face hub
 * @param inputs files, and folders with files
 * @param output the folder for the shards
 * @returns how far the annotation is: everything is finished, unless only a share was wanted
 * @throws NeriumError `ANNOTATE_…`; `DATA_…` for the inputs; `MODEL_…`, `TOKENIZE_…`, `RUNTIME_…`, `HUB_…` and `INFER_…` for
 *   the model and its options; `FILES_…`, `PACKAGE_…`. ANNOTATE_STOPPED if the signal was aborted
 */
export async function annotate(
  model: string,
  inputs: readonly string[],
  output: string,
  options: AnnotateOptions = {},
): Promise<AnnotationStatus> {
  return (await import("./annotate.js")).annotateFiles(model, inputs, output, options);
}

/**
 * Tells how far the annotation in a folder is: which shards are finished or running, and by whom. Changes nothing.
 *
 * @example
 * const { finished, shards, rate } = await annotationStatus("annotated");
 * console.log(`${finished} of ${shards} shards, ${rate} rows per second`);
 *
 * @param folder the output folder of `annotate`
 * @throws NeriumError ANNOTATE_NO_PLAN, `FILES_…`, PACKAGE_ARGUMENT_INVALID
 */
export async function annotationStatus(folder: string): Promise<AnnotationStatus> {
  return (await import("./status.js")).statusOf(folder);
}

/**
 * Checks the annotation in a folder against its inputs: every row of the inputs is in the output once, in its place and with
 * its text, every entity is where its offsets say, and no file has changed since it was written. Reads everything.
 *
 * @example
 * const { rows, problems } = await verifyAnnotation("annotated");
 * if (problems.length > 0) console.error(problems.join("\n"));
 *
 * @param folder the output folder of `annotate`
 * @throws NeriumError ANNOTATE_NO_PLAN, ANNOTATE_INPUT_CHANGED, ANNOTATE_INPUT_MISSING, `FILES_…`,
 *   PACKAGE_ARGUMENT_INVALID
 */
export async function verifyAnnotation(folder: string): Promise<AnnotationCheck> {
  return (await import("./verify.js")).checkOf(folder);
}

/**
 * Tells how long an annotation takes on this machine, and on several like it: cuts the files into shards, and measures a
 * sample of their texts. Writes nothing.
 *
 * @example
 * const { rows, rate, machines } = await estimateAnnotation("my-model", ["corpus/"]);
 * console.log(`${rows} texts at ${rate} per second: ${machines[0].seconds / 3600} hours on one machine`);
 *
 * @param model folder of a fine-tuned model, or its name on the Hugging Face hub
 * @param inputs files, and folders with files
 * @throws NeriumError as `annotate`
 */
export async function estimateAnnotation(
  model: string,
  inputs: readonly string[],
  options: AnnotateOptions = {},
): Promise<AnnotationEstimate> {
  return (await import("./estimate.js")).estimateOf(model, inputs, options);
}
