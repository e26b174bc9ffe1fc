/** Position of a word in the data: its sentence and its word, both counted from 0. */
export interface WordPosition {
  readonly sentence: number;
  readonly word: number;
}

/**
 * A sequence that goes through the encoder: tokens, and the part of them that the window owns.
 *
 * A window holds one sentence, or a part of a sentence that is longer than the model can take. With document
 * context it holds neighbouring sentences. Each word is owned by exactly one window, which trains and scores
 * it; truncated words and words without tokens have no owner.
 */
export interface Window {
  /** Ids of the tokens, special tokens included. */
  readonly inputIds: Int32Array;
  /** The tokens whose logits decide a word's tag: indices into `inputIds`, ascending; one for each owned word. */
  readonly ownedTokens: Int32Array;
  /** For each entry of `ownedTokens`, the word whose tag it decides. */
  readonly ownedWords: readonly WordPosition[];
  /**
   * Label of each token for the loss, `-100` for a token without one. Present if the data has tags. By
   * default only `ownedTokens` have a label; with `label_all_tokens` the other tokens of a word have one too.
   */
  readonly labels?: Int32Array;
}
