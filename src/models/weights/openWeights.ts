import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../../files/index.js";
import { openSafetensors, openShards, type Weights } from "../../safetensors/index.js";
import { weightsMissing } from "../errors.js";

/** Loads the reader only where there is such a file. */
const openPickled = async (file: string): Promise<Weights> =>
  (await import("../../pickle/index.js")).openTorchFile(file);

/** The weight files of a model folder, the first before the others. */
const FORMATS = [
  { single: "model.safetensors", ending: ".safetensors", open: openSafetensors },
  { single: "pytorch_model.bin", ending: ".bin", open: openPickled },
] as const;

/**
 * Opens the weights of a model folder: `model.safetensors` or, only if there are no safetensors, `pytorch_model.bin`. Either can
 * be shards that an index lists.
 *
 * @throws NeriumError `MODEL_WEIGHTS_MISSING`, `MODEL_INDEX_INVALID`, `MODEL_SHARD_MISSING`, `MODEL_SAFETENSORS_INVALID`,
 *   `MODEL_TORCH_…`, `FILES_…`
 */
export async function openWeights(folder: string): Promise<Weights> {
  const entries = (await attempt(folder, "read", () => readdir(folder))).sort();
  for (const format of FORMATS) {
    const { single } = format;
    if (entries.includes(single)) return format.open(join(folder, single));
    const index = `${single}.index.json`;
    if (entries.includes(index)) return openShards(join(folder, index), entries, format);
  }
  throw weightsMissing(folder, entries);
}

/**
 * Returns the weight files of a model folder.
 *
 * @throws NeriumError as {@link openWeights}
 */
export async function weightFiles(folder: string): Promise<readonly string[]> {
  const weights = await openWeights(folder);
  weights.close();
  return weights.files;
}
