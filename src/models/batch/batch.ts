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
  /**
   * If set, the family's attention depends on the distance between two tokens. Tokens that are further apart than this count as
   * this far apart.
   */
  readonly farthest?: number;
  /** If set, the family has layers in which a token sees only the tokens that are at most this far from it. */
  readonly reach?: number;
  /** If set, the family needs the rows of the tokens that are up to this many places before and after a token. */
  readonly neighbours?: number;
}

/** How positions are counted: by default from 0, one per token. */
export interface PositionIds {
  /**
   * If set, positions are counted as in RoBERTa: from `paddingId + 1`. A token with this id is not counted and has the position
   * `paddingId`, even inside the text (`create_position_ids_from_input_ids` in modeling_roberta.py).
   */
  readonly paddingId?: number;
  /** Set if positions are only numbers to compute with, not rows of a table. */
  readonly rotary?: true;
}

/** The row of an embedding table for each token: `int64[rows]`, or `int64[1]` if it is the same for all. */
export interface Lookup {
  readonly indices: Tensor;
  /** Each index once. The gradient needs it; without it the lookup has no gradient. */
  readonly distinct?: Tensor;
}

/**
 * The form in which attention sees rows: split by head, and by sequence or by the part of a sequence that some queries see.
 */
export interface AttentionForm {
  /** Brings rows into this form: `[rows, heads · size] → [groups, heads, queries, size]`. */
  queries(rows: Tensor): Tensor;
  /** Brings rows into this form: `[rows, heads · size] → [groups, heads, keys, size]`. */
  keys(rows: Tensor): Tensor;
  /** Added to attention scores, 0 at keys that a query sees and −10⁹ at others: `float32[groups, 1, 1 or queries, keys]`. */
  readonly bias: Tensor;
  /** Brings what attention gives back to rows: `[groups, heads, queries, size] → [rows, heads · size]`. */
  rows(context: Tensor): Tensor;
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
  /** Each token sees all tokens of its sequence: one group per sequence, `[batch, heads, length, size]`. */
  readonly whole: AttentionForm;
  /** Each token sees the tokens that are within the family's `reach`. Present if the family has one. */
  readonly local?: AttentionForm;
  /** The distances of two places in `whole`, as `distances` has them: `int64[2 · length]`. Present if the family has `farthest`. */
  readonly distances?: Tensor;
  /**
   * Returns for each row that of the token `offset` places after it in its sequence, or zeros if there is none. Present if the
   * family has `neighbours`.
   */
  neighbour?(rows: Tensor, offset: number): Tensor;
  /** Selects the rows whose logits are needed. */
  labelled(rows: Tensor): Tensor;
}

/** What a model needs of one sequence. */
export interface Sequence {
  /** Ids of its tokens, including special tokens. */
  readonly ids: Int32Array;
  /** The tokens whose logits are needed: ascending indices into `ids`. */
  readonly labelled: Int32Array;
}

/** The values of one input of a graph. */
export interface Feed {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: BigInt64Array | Float32Array;
}
