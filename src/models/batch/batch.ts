import type { Tensor } from "../../graph/index.js";

/**
 * What a family's forward pass needs in a batch besides ids and attention mask. Packed and padded batches contain what is
 * needed and nothing else.
 */
export interface Features {
  /** Number of attention heads. A packed batch needs it to compute its indices. */
  readonly heads: number;
  /** Absolute positions, if the family has them. */
  readonly positionIds?: PositionIds;
  /**
   * Token types, if the family has them. In a packed batch every token has type 0. `input`: an exported model has the input
   * `token_type_ids`; `zeros`: it has no such input.
   */
  readonly tokenTypes?: "input" | "zeros";
}

/** How positions are counted: by default from 0, one per token. */
export interface PositionIds {
  /**
   * If set, positions are counted as in RoBERTa: from `paddingId + 1`. A token with this id is not counted and has the position
   * `paddingId`, even inside the text (`create_position_ids_from_input_ids` in modeling_roberta.py).
   */
  readonly paddingId?: number;
}

/** The row of an embedding table for each token: `int64[rows]`, or `int64[1]` if it is the same for all. */
export interface Lookup {
  readonly indices: Tensor;
  /** Each index once. The gradient needs it; without it the lookup has no gradient. */
  readonly distinct?: Tensor;
}

/**
 * A batch as the forward pass sees it: one row per token. Attention sees the rows split by sequence and head.
 *
 * A packed batch has rows for real tokens only. The batch of an exported model also has rows for the padding.
 */
export interface Batch {
  readonly words: Lookup;
  /** Present if the family needs `positionIds`. */
  readonly positions?: Lookup;
  /** Present if the family needs `tokenTypes`. */
  readonly tokenTypes?: Lookup;
  /** Brings rows into the padded form: `[rows, hidden] → [batch, heads, length, hidden / heads]`. */
  splitHeads(rows: Tensor): Tensor;
  /** Brings the padded form back to rows: `[batch, heads, length, hidden / heads] → [rows, hidden]`. */
  mergeHeads(context: Tensor): Tensor;
  /** Added to attention scores, 0 at tokens and −10⁹ at padding: `float32[batch, 1, 1, length]`. */
  readonly attentionBias: Tensor;
  /** Selects the rows whose logits are needed. */
  labelled(rows: Tensor): Tensor;
}
