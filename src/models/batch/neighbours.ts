import { gatherRows, input, multiply, type Tensor } from "../../graph/index.js";
import type { Feed, Sequence } from "./batch.js";

/** The offsets of the tokens before and after a token, up to `reach` places from it. */
const offsetsOf = (reach: number): readonly number[] =>
  Array.from({ length: 2 * reach }, (_, at) => (at < reach ? at - reach : at - reach + 1));

/**
 * Returns the function that finds neighbours in a packed batch, with its indices as inputs of the graph. {@link packNeighbours}
 * makes their values.
 */
export function neighbourOf(reach: number): (rows: Tensor, offset: number) => Tensor {
  const tensors = new Map(
    offsetsOf(reach).map((offset) => [
      offset,
      {
        index: input(`neighbour.${offset}`, "int64", ["tokens"]),
        mask: input(`neighbourMask.${offset}`, "float32", ["tokens", 1]),
      },
    ]),
  );
  return (rows, offset) => {
    if (offset === 0) return rows;
    const [there, back] = [tensors.get(offset)!, tensors.get(-offset)!];
    const found = gatherRows(rows, { index: there.index, inverse: back.index, mask: back.mask });
    return multiply(found, there.mask);
  };
}

/** Returns the values of the inputs of {@link neighbourOf}. */
export function packNeighbours(sequences: readonly Sequence[], reach: number): readonly Feed[] {
  const tokens = sequences.reduce((total, { ids }) => total + ids.length, 0);
  return offsetsOf(reach).flatMap((offset) => {
    const index = new BigInt64Array(tokens);
    const mask = new Float32Array(tokens);
    let first = 0;
    for (const { ids } of sequences) {
      const from = Math.max(0, -offset);
      const to = Math.min(ids.length, ids.length - offset);
      for (let at = from; at < to; at++) {
        index[first + at] = BigInt(first + at + offset);
        mask[first + at] = 1;
      }
      first += ids.length;
    }
    return [
      { name: `neighbour.${offset}`, dims: [tokens], data: index },
      { name: `neighbourMask.${offset}`, dims: [tokens, 1], data: mask },
    ];
  });
}
