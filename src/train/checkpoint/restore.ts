import { readCrfAverage } from "../../crf/crfState.js";
import { readCrf } from "../../crf/index.js";
import type { Prepared } from "../prepare/prepare.js";
import { readAverage } from "./blockFiles.js";
import { readState } from "./state.js";

/**
 * Restores the weights from a checkpoint of this run, or the average of the weights instead. Does not restore
 * the optimizer's state.
 */
export async function restoreModel(
  folder: string,
  { weights, crf, labels }: Prepared,
  { average }: { readonly average: boolean },
): Promise<void> {
  const state = await readState(folder);
  await weights.restore(folder);
  if (average) await readAverage(folder, weights.layout, weights.block);
  crf?.set(average ? await readCrfAverage(folder, labels.length) : await readCrf(folder, labels.length));
  if (typeof state === "string") return;
  weights.unusedRowDecay = average ? state.average!.leftOutFactor : state.leftOutFactor;
}
