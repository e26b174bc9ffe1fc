import { join } from "node:path";
import type { FsPort } from "../files/index.js";
import { writeSafetensors } from "../safetensors/index.js";
import { crfTensors, readCrf } from "./crfFile.js";

/** The state of a conditional random field during training. */
export interface CrfState {
  readonly values: Float32Array;
  /** The optimizer's state for the values, by the names of its parts. */
  readonly blocks: Readonly<Record<string, Float32Array>>;
  /** The average of the values, if the run keeps one. */
  readonly average: Float32Array | undefined;
}

const FILE = "crf_optimizer.safetensors";
const AVERAGE = "average";

/**
 * Writes the optimizer's state and the average. The values themselves are in the model's own file. A tensor's name is that of
 * the values' tensor, followed by the name of the block.
 */
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

/** Reads a block of the optimizer's state. */
export const readCrfBlock = (folder: string, labels: number, name: string): Promise<Float32Array> =>
  readCrf(folder, labels, { file: FILE, suffix: `.${name}` });

export const readCrfAverage = (folder: string, labels: number): Promise<Float32Array> =>
  readCrfBlock(folder, labels, AVERAGE);
