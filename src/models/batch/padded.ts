import {
  add,
  cast,
  constant,
  cumulativeSum,
  differsFrom,
  input,
  multiply,
  places,
  reshape,
  scale,
  shift,
  type Tensor,
  transpose,
  unflatten,
} from "../../graph/index.js";
import type { ModelConfig } from "../config.js";
import { traits } from "../families/bert.js";
import type { Batch } from "./packed.js";

const BATCH = "batch_size";
const LENGTH = "sequence_length";
const ROWS = `${BATCH}*${LENGTH}`;

/** A padded batch as Hugging Face has it: `input_ids`, `attention_mask`, for BERT `token_type_ids`, all `[batch, length]`. */
export interface PaddedBatch extends Batch {
  /** Rows as `[batch, length, …]`. */
  unflatten(rows: Tensor): Tensor;
}

/** The batch of an exported model: its inputs are transformers', every place is a row, and padding is masked. */
export function paddedBatch(config: ModelConfig): PaddedBatch {
  const heads = config.num_attention_heads;
  const named = (name: string) => input(name, "int64", [BATCH, LENGTH]);
  const flat = (x: Tensor) => ({ indices: reshape(x, [ROWS]) });
  const ids = named("input_ids");
  const mask = cast(named("attention_mask"), "float32");
  return {
    words: flat(ids),
    positions: flat(positionIds(config, ids)),
    tokenTypes:
      config.model_type === "bert" ? flat(named("token_type_ids")) : { indices: constant([0], [1], "int64") },
    splitHeads(rows) {
      const size = (rows.shape[1] as number) / heads;
      return transpose(reshape(unflatten(rows, ids), [BATCH, LENGTH, heads, size]), [0, 2, 1, 3]);
    },
    mergeHeads(context) {
      const hidden = heads * (context.shape[3] as number);
      return reshape(transpose(context, [0, 2, 1, 3]), [ROWS, hidden]);
    },
    attentionBias: reshape(scale(shift(mask, -1), 1e9), [BATCH, 1, 1, LENGTH]),
    labelled: (rows) => rows,
    unflatten: (rows) => unflatten(rows, ids),
  };
}

/**
 * BERT counts places from 0. RoBERTa counts the pieces that are no padding, after the padding's id, which padding itself
 * has for its position (`create_position_ids_from_input_ids` of modeling_roberta.py).
 */
function positionIds(config: ModelConfig, ids: Tensor): Tensor {
  const { firstPosition } = traits(config);
  if (firstPosition === 0) return places(ids);
  const padding = firstPosition - 1;
  const isPiece = differsFrom(ids, padding);
  return add(multiply(cumulativeSum(isPiece, 1), isPiece), constant([padding], [], "int64"));
}
