import { join } from "node:path";
import type { FsPort } from "../../files/index.js";
import { elements, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { NativeBuffer } from "../../runtime/index.js";
import { openSafetensors, type TensorToWrite, writeSafetensors } from "../../safetensors/index.js";
import type { BlockName, Snapshot } from "./snapshot.js";

/** AdamW's moments, in the layout of the weights. */
export interface Moments {
  readonly mean: NativeBuffer;
  readonly square: NativeBuffer;
}

/** Blocks in the layout of the weights, and what stands behind a parameter's name in their file. */
type Suffixes = readonly (readonly [block: BlockName, suffix: string])[];

const MOMENTS = "optimizer.safetensors";
/** Under the names of torch's optimiser state. */
const moments: Suffixes = [
  ["mean", ".exp_avg"],
  ["square", ".exp_avg_sq"],
];

const AVERAGE = "average.safetensors";
const average: Suffixes = [["average", ""]];

/** For the parameter of this name, where each of its rows stands in a file; −1 for a row that is new. */
export interface MovedRows {
  readonly parameter: string;
  readonly from: readonly number[];
}

/**
 * Writes AdamW's moments: `NAME.exp_avg` and `NAME.exp_avg_sq` of every parameter, so that they stand in the file nearly in
 * the order in which the optimiser changes them.
 */
export const writeMoments = (folder: string, snapshot: Snapshot, fs: FsPort): Promise<void> =>
  write(join(folder, MOMENTS), snapshot, moments, fs);

/** Reads moments back; those of new rows stay as they are. Without `rows` all are where they were. */
export const readMoments = (
  folder: string,
  layout: ParameterLayout,
  into: Moments,
  rows?: MovedRows,
): Promise<void> => read(join(folder, MOMENTS), layout, into, moments, rows);

/** Writes the average of the weights, where the run keeps one: parameters in the form in which they are trained. */
export const writeAverage = async (folder: string, snapshot: Snapshot, fs: FsPort): Promise<void> => {
  if (snapshot.has("average")) await write(join(folder, AVERAGE), snapshot, average, fs);
};

/** As {@link readMoments}, of the average. */
export const readAverage = (
  folder: string,
  layout: ParameterLayout,
  into: NativeBuffer,
  rows?: MovedRows,
): Promise<void> => read(join(folder, AVERAGE), layout, { average: into }, average, rows);

function write(file: string, snapshot: Snapshot, blocks: Suffixes, fs: FsPort): Promise<void> {
  const { layout } = snapshot;
  const tensors = layout.parameters.flatMap(({ name, shape }) =>
    blocks.map(([block, suffix]): TensorToWrite => {
      const begin = layout.offset(name);
      const data = () => snapshot.readBlock(block, begin, begin + elements(shape));
      return { name: `${name}${suffix}`, shape, data };
    }),
  );
  return writeSafetensors(file, tensors, { format: "pt" }, fs);
}

async function read(
  path: string,
  layout: ParameterLayout,
  into: Readonly<Partial<Record<BlockName, NativeBuffer>>>,
  blocks: Suffixes,
  rows: MovedRows | undefined,
): Promise<void> {
  await Owned.during(async (owned) => {
    const file = owned.own(await openSafetensors(path), "close");
    for (const { name, shape } of layout.parameters)
      for (const [block, suffix] of blocks) {
        const values = layout.values(into[block]!, name);
        const stored = `${name}${suffix}`;
        if (name !== rows?.parameter) {
          await file.readInto(stored, values);
          continue;
        }
        const width = shape[1]!;
        for (const [row, from] of rows.from.entries()) {
          const place = values.subarray(row * width, (row + 1) * width);
          if (from >= 0) await file.readInto(stored, place, { from: from * width });
        }
      }
  });
}
