import { join } from "node:path";
import type { FsPort } from "../files/index.js";
import { writeSafetensors } from "../safetensors/index.js";
import { crfTensors, readCrf } from "./crfFile.js";

/** A conditional random field in training: its values, AdamW's moments of them, and their average where the run keeps one. */
export interface CrfState {
  readonly values: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly average: Float32Array | undefined;
}

const FILE = "crf_optimizer.safetensors";
/** Under the names of torch's optimiser state, behind those of the values. */
const [MEAN, SQUARE, AVERAGE] = [".exp_avg", ".exp_avg_sq", ".average"];

/** Writes all but the values, which stand in the model's own file. */
export function writeCrfState(
  folder: string,
  { mean, square, average }: CrfState,
  labels: number,
  fs: FsPort,
): Promise<void> {
  const tensors = [
    ...crfTensors(mean, labels, MEAN),
    ...crfTensors(square, labels, SQUARE),
    ...(average === undefined ? [] : crfTensors(average, labels, AVERAGE)),
  ];
  return writeSafetensors(join(folder, FILE), tensors, { format: "pt" }, fs);
}

export const readCrfMoments = async (folder: string, labels: number) => ({
  mean: await readCrf(folder, labels, { file: FILE, suffix: MEAN }),
  square: await readCrf(folder, labels, { file: FILE, suffix: SQUARE }),
});

export const readCrfAverage = (folder: string, labels: number): Promise<Float32Array> =>
  readCrf(folder, labels, { file: FILE, suffix: AVERAGE });
