import {
  add,
  band,
  cast,
  constant,
  cumulativeSum,
  differsFrom,
  distances,
  input,
  multiply,
  places,
  reshape,
  scale,
  shift,
  shiftPlaces,
  type Tensor,
  transpose,
  unflatten,
} from "../../graph/index.js";
import type { Batch, Features, PositionIds } from "./batch.js";

const BATCH = "batch_size";
const LENGTH = "sequence_length";
const ROWS = `${BATCH}*${LENGTH}`;

/**
 * A padded batch as in Hugging Face's transformers: `input_ids`, `attention_mask` and, if needed, `token_type_ids`, all of
 * shape `[batch, length]`.
 */
export interface PaddedBatch extends Batch {
  /** Reshapes rows to `[batch, length, …]`. */
  unflatten(rows: Tensor): Tensor;
}

/**
 * Returns the batch of an exported model. Its inputs are those of transformers models. Padding has rows too, and attention
 * masks it.
 */
export function paddedBatch({
  heads,
  positionIds,
  tokenTypes,
  farthest,
  reach,
  neighbours,
}: Features): PaddedBatch {
  const named = (name: string) => input(name, "int64", [BATCH, LENGTH]);
  const flat = (x: Tensor) => ({ indices: reshape(x, [ROWS]) });
  const ids = named("input_ids");
  const mask = cast(named("attention_mask"), "float32");
  const byHead = (rows: Tensor) => {
    const size = (rows.shape[1] as number) / heads;
    return transpose(reshape(unflatten(rows, ids), [BATCH, LENGTH, heads, size]), [0, 2, 1, 3]);
  };
  const whole = {
    queries: byHead,
    keys: byHead,
    bias: reshape(scale(shift(mask, -1), 1e9), [BATCH, 1, 1, LENGTH]),
    rows(context: Tensor) {
      const hidden = heads * (context.shape[3] as number);
      return reshape(transpose(context, [0, 2, 1, 3]), [ROWS, hidden]);
    },
  };
  return {
    words: flat(ids),
    ...(positionIds && { positions: flat(positionsOf(ids, positionIds)) }),
    ...(tokenTypes && {
      tokenTypes:
        tokenTypes === "input" ? flat(named("token_type_ids")) : { indices: constant([0], [1], "int64") },
    }),
    whole,
    ...(reach !== undefined && { local: { ...whole, bias: add(whole.bias, band(ids, 1, reach)) } }),
    ...(farthest !== undefined && { distances: distances(ids, 1, farthest) }),
    ...(neighbours !== undefined && {
      neighbour(rows: Tensor, offset: number) {
        const tokens = multiply(unflatten(rows, ids), reshape(mask, [BATCH, LENGTH, 1]));
        return reshape(shiftPlaces(tokens, offset), [ROWS, rows.shape[1]!]);
      },
    }),
    labelled: (rows) => rows,
    unflatten: (rows) => unflatten(rows, ids),
  };
}

function positionsOf(ids: Tensor, { paddingId }: PositionIds): Tensor {
  if (paddingId === undefined) return places(ids);
  const isToken = differsFrom(ids, paddingId);
  return add(multiply(cumulativeSum(isToken, 1), isToken), constant([paddingId], [], "int64"));
}
