/** Checkpoint files for blocks in the layout of the weights: the optimizer's state and the average. */
import { join } from "node:path";
import type { FsPort } from "../../files/index.js";
import { elements, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { StateBlock } from "../../runtime/index.js";
import {
  openSafetensors,
  type TensorToWrite,
  type Weights,
  writeSafetensors,
} from "../../safetensors/index.js";
import { optimizerChanged } from "../errors.js";
import type { NamedBlocks } from "../optimizers/optimizer.js";
import { AVERAGE, type Snapshot } from "./snapshot.js";

export const OPTIMIZER_FILE = "optimizer.safetensors";
const AVERAGE_FILE = "average.safetensors";

/** For each row of this parameter, the number of its row in the file; −1 for a new row. */
export interface MovedRows {
  readonly parameter: string;
  readonly from: readonly number[];
}

/** The name of a parameter's tensor in a block of the optimizer's state: `classifier.weight.exp_avg`. */
const ofBlock = (block: string) => (parameter: string) => `${parameter}.${block}`;
/** The name of a parameter's tensor in the average. */
const ofAverage = (parameter: string) => parameter;

/**
 * Writes the optimizer's state, all blocks of each parameter. The tensor names, and so the order in the file,
 * begin with the parameter: that is nearly the order in which the optimizer changes them.
 */
export const writeOptimizerState = (folder: string, snapshot: Snapshot, fs: FsPort): Promise<void> => {
  const tensors = snapshot.optimizerBlocks.flatMap((block) => tensorsOf(snapshot, block, ofBlock(block)));
  return writeSafetensors(join(folder, OPTIMIZER_FILE), tensors, { format: "pt" }, fs);
};

/**
 * Reads the optimizer's state back. The state of new rows is not changed. Without `rows`, all rows are where
 * they were.
 *
 * @throws NeriumError TRAIN_OPTIMIZER_CHANGED if the file has other blocks, because another optimizer wrote
 *   it
 */
export const readOptimizerState = (
  folder: string,
  layout: ParameterLayout,
  into: NamedBlocks,
  rows?: MovedRows,
): Promise<void> =>
  Owned.during(async (owned) => {
    const path = join(folder, OPTIMIZER_FILE);
    const file = owned.own(await openSafetensors(path), "close");
    const before = blocksOf(file);
    const now = Object.keys(into).sort();
    if (now.join() !== before.join()) throw optimizerChanged(path, before, now);
    for (const [name, block] of Object.entries(into)) await read(file, layout, block, ofBlock(name), rows);
  });

/** The sorted names of the blocks in a file of optimizer state. */
const blocksOf = ({ tensors }: Weights): string[] =>
  [...new Set(Array.from(tensors.keys(), (name) => name.slice(name.lastIndexOf(".") + 1)))].sort();

/**
 * Writes the average of the weights if the run keeps one. The parameters have the form in which they are
 * trained.
 */
export const writeAverage = async (folder: string, snapshot: Snapshot, fs: FsPort): Promise<void> => {
  if (!snapshot.has(AVERAGE)) return;
  const tensors = tensorsOf(snapshot, AVERAGE, ofAverage);
  await writeSafetensors(join(folder, AVERAGE_FILE), tensors, { format: "pt" }, fs);
};

/** Like {@link readOptimizerState}, for the average. */
export const readAverage = (
  folder: string,
  layout: ParameterLayout,
  into: StateBlock,
  rows?: MovedRows,
): Promise<void> =>
  Owned.during(async (owned) => {
    const file = owned.own(await openSafetensors(join(folder, AVERAGE_FILE)), "close");
    await read(file, layout, into, ofAverage, rows);
  });

const tensorsOf = (
  snapshot: Snapshot,
  block: string,
  tensorName: (parameter: string) => string,
): TensorToWrite[] =>
  snapshot.layout.parameters.map(({ name, shape }) => {
    const begin = snapshot.layout.offset(name);
    const data = () => snapshot.readBlock(block, begin, begin + elements(shape));
    return { name: tensorName(name), shape, data };
  });

async function read(
  file: Weights,
  layout: ParameterLayout,
  into: StateBlock,
  tensorName: (parameter: string) => string,
  rows: MovedRows | undefined,
): Promise<void> {
  for (const { name, shape } of layout.parameters) {
    const stored = tensorName(name);
    const [at, length] = [layout.offset(name) * 4, elements(shape)];
    if (name !== rows?.parameter) {
      await into.write(at, length, (values) => file.readInto(stored, values));
      continue;
    }
    const width = shape[1]!;
    const values = into.copyOut(at, length);
    for (const [row, from] of rows.from.entries()) {
      const place = values.subarray(row * width, (row + 1) * width);
      if (from >= 0) await file.readInto(stored, place, { from: from * width });
    }
    into.copyIn(at, values);
  }
}
