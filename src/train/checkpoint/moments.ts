import { join } from "node:path";
import type { FsPort } from "../../files/index.js";
import { elements, type ParameterLayout } from "../../models/index.js";
import { openSafetensors, type TensorToWrite, writeSafetensors } from "../../models/safetensors/index.js";
import type { NativeBuffer } from "../../runtime/index.js";
import type { Snapshot } from "./snapshot.js";

/** AdamW's moments, in the layout of the weights. */
export interface Moments {
  readonly mean: NativeBuffer;
  readonly square: NativeBuffer;
}

const FILE = "optimizer.safetensors";

/** Under the names of torch's optimiser state. */
const names = { mean: "exp_avg", square: "exp_avg_sq" } as const;
const moments = Object.entries(names) as ["mean" | "square", string][];

/**
 * Writes AdamW's moments: `NAME.exp_avg` and `NAME.exp_avg_sq` of every parameter, so that they stand in the file nearly in
 * the order in which the optimiser changes them.
 */
export function writeMoments(folder: string, snapshot: Snapshot, fs: FsPort): Promise<void> {
  const { layout } = snapshot;
  const tensors = layout.parameters.flatMap(({ name, shape }) =>
    moments.map(([moment, suffix]): TensorToWrite => {
      const begin = layout.offset(name);
      const data = () => snapshot.readBlock(moment, begin, begin + elements(shape));
      return { name: `${name}.${suffix}`, shape, data };
    }),
  );
  return writeSafetensors(join(folder, FILE), tensors, { format: "pt" }, fs);
}

/**
 * Reads moments back.
 *
 * @param rows for the parameter of this name, where each of its rows stands in the file; −1 for a row that is new, whose
 *   moments are zero. Without it all rows are as they were.
 */
export async function readMoments(
  folder: string,
  layout: ParameterLayout,
  into: Moments,
  rows?: { readonly parameter: string; readonly from: readonly number[] },
): Promise<void> {
  const file = await openSafetensors(join(folder, FILE));
  try {
    for (const { name, shape } of layout.parameters)
      for (const [moment, suffix] of moments) {
        const values = layout.values(into[moment], name);
        const stored = `${name}.${suffix}`;
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
  } finally {
    await file.close();
  }
}
