import type { Weights } from "../../safetensors/index.js";
import { requireFinite } from "../finite.js";

/** Floats that are read and checked at once. */
const PIECE = 2 ** 22;

/**
 * Reads a tensor into memory and checks that all its values are finite. A value that no text uses would
 * otherwise be found when a text does.
 *
 * @throws NeriumError MODEL_NOT_FINITE, and the errors of {@link Weights.readInto}
 */
export const readFinite = (source: Weights, name: string, into: Float32Array): Promise<void> =>
  inPieces(source, name, { length: into.length, size: PIECE }, (from, length) =>
    into.subarray(from, from + length),
  );

/**
 * Like {@link readFinite}, but reads only some rows into memory. All rows are checked.
 *
 * @param shape of the whole table: `[rows, columns]`
 * @param rows the rows to read, in ascending order
 */
export function readFiniteRows(
  source: Weights,
  name: string,
  [count, columns]: readonly [number, number],
  rows: Int32Array,
  into: Float32Array,
): Promise<void> {
  const size = Math.max(1, Math.floor(PIECE / columns)) * columns;
  const length = count * columns;
  const buffers = [0, 1].map(() => new Float32Array(Math.min(size, length)));
  let next = 0;
  return inPieces(
    source,
    name,
    { length, size },
    (from, piece) => buffers[(from / size) % 2]!.subarray(0, piece),
    (values, from) => {
      for (; next < rows.length; next++) {
        const at = rows[next]! * columns - from;
        if (at >= values.length) return;
        into.set(values.subarray(at, at + columns), next * columns);
      }
    },
  );
}

/**
 * Reads a tensor piece by piece. Checks and uses each piece while the next one is read.
 *
 * @param memory returns where to read a piece; it is used again two pieces later at the earliest
 */
async function inPieces(
  source: Weights,
  name: string,
  { length, size }: { readonly length: number; readonly size: number },
  memory: (from: number, length: number) => Float32Array,
  use: (values: Float32Array, from: number) => void = () => {},
): Promise<void> {
  const file = source.fileOf(name);
  let done: { readonly values: Float32Array; readonly from: number } | undefined;
  const finish = () => {
    if (done === undefined) return;
    requireFinite(done.values, file);
    use(done.values, done.from);
  };
  for (let from = 0; from < length; from += size) {
    const values = memory(from, Math.min(size, length - from));
    const reading = source.readInto(name, values, { from });
    try {
      finish();
    } finally {
      await reading;
    }
    done = { values, from };
  }
  finish();
}
