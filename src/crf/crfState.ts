import { join } from "node:path";
import type { FsPort } from "../files/index.js";
import { writeSafetensors } from "../safetensors/index.js";
import { crfTensors, readCrf } from "./crfFile.js";

/** A conditional random field in training. */
export interface CrfState {
  readonly values: Float32Array;
  /** The optimizer's state of the values, by its names. */
  readonly blocks: Readonly<Record<string, Float32Array>>;
  /** Of the values, where the run keeps one. */
  readonly average: Float32Array | undefined;
}

const FILE = "crf_optimizer.safetensors";
const AVERAGE = "average";

/** Writes all but the values, which stand in the model's own file: each block behind the names of the values. */
export function writeCrfState(
  folder: string,
  { blocks, average }: CrfState,
  labels: number,
  fs: FsPort,
): Promise<void> {
  const written = { ...blocks, ...(average && { [AVERAGE]: average }) };
  const tensors = Object.entries(written).flatMap(([name, block]) => crfTensors(block, labels, `.${name}`));
  return writeSafetensors(join(folder, FILE), tensors, { format: "pt" }, fs);
}

/** Reads a block of the optimizer's state back. */
export const readCrfBlock = (folder: string, labels: number, name: string): Promise<Float32Array> =>
  readCrf(folder, labels, { file: FILE, suffix: `.${name}` });

export const readCrfAverage = (folder: string, labels: number): Promise<Float32Array> =>
  readCrfBlock(folder, labels, AVERAGE);
