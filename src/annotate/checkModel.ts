import { type NerOptions, resolvedOptions } from "../infer/index.js";
import { modelReading } from "../infer/reading.js";
import { encoderOf, modelLabels, readConfig } from "../models/index.js";
import type { Loading } from "./options.js";

/**
 * Checks options against a model whose weights are not loaded yet, so that no plan is made with wrong ones.
 *
 * @throws NeriumError INFER_OPTION_INVALID, INFER_LENGTH_BEYOND_MODEL, `MODEL_…`
 */
export async function checkModel(
  folder: string,
  loading: Loading,
  options: Omit<NerOptions, "signal">,
): Promise<void> {
  const config = await readConfig(folder);
  const { maxLength } = encoderOf(config);
  // Warnings are given when the model is loaded.
  const labels = await modelLabels(folder, config, () => {});
  modelReading(config, maxLength, loading);
  resolvedOptions(labels, options, maxLength);
}
