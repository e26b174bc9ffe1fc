import type { Tensor } from "../../graph/index.js";

/**
 * What a family's forward pass asks of a batch besides ids and attention mask. The packed and the padded batch make what is
 * asked for and nothing else.
 */
export interface Features {
  /** Attention heads: the packed batch counts rows through them. */
  readonly heads: number;
  /** Absolute positions, where the family has them. */
  readonly positionIds?: PositionIds;
  /**
   * Token types, where the family has them. A packed batch is of type 0 throughout. `input`: an exported model takes
   * `token_type_ids`; `zeros`: it takes none.
   */
  readonly tokenTypes?: "input" | "zeros";
}

/** How positions are counted: from 0, each token. */
export interface PositionIds {
  /**
   * As RoBERTa counts: from `paddingId + 1`. Padding itself is not counted and has the position `paddingId`, wherever it
   * stands, even as a token of the text (`create_position_ids_from_input_ids` of modeling_roberta.py).
   */
  readonly paddingId?: number;
}

/** Which rows of an embedding table the tokens have, `int64[rows]` or `int64[1]` for all alike. */
export interface Lookup {
  readonly indices: Tensor;
  /** Each of them once, for the gradient; without it there is none. */
  readonly distinct?: Tensor;
}

/**
 * A batch as the forward pass sees it: rows, one a token, which attention sees by sequence and head.
 *
 * A packed batch has rows for real tokens only; that of an exported model has one for each place of the padded form.
 */
export interface Batch {
  readonly words: Lookup;
  /** Where the family asks for `positionIds`. */
  readonly positions?: Lookup;
  /** Where the family asks for `tokenTypes`. */
  readonly tokenTypes?: Lookup;
  /** Rows in the padded form: `[rows, hidden] → [batch, heads, length, hidden / heads]`. */
  splitHeads(rows: Tensor): Tensor;
  /** Back to rows: `[batch, heads, length, hidden / heads] → [rows, hidden]`. */
  mergeHeads(context: Tensor): Tensor;
  /** 0 at tokens, −10⁹ in the padding, added to attention scores: `float32[batch, 1, 1, length]`. */
  readonly attentionBias: Tensor;
  /** The rows whose logits are wanted. */
  labelled(rows: Tensor): Tensor;
}
