/** Where a word stands in the data: sentence and word, both counted from 0. */
export interface WordPosition {
  readonly sentence: number;
  readonly word: number;
}

/**
 * A sequence that goes through the encoder: tokens, and the part of them that the window owns.
 *
 * One window holds one sentence, or a part of a sentence longer than the model takes; with the context of a document it
 * holds neighbouring sentences. Every word of the data is owned by exactly one window, in which it is trained on and
 * scored.
 */
export interface Window {
  /** Ids of the tokens, special tokens included. */
  readonly inputIds: Int32Array;
  /** The tokens whose logits decide a word's tag: indices into `inputIds`, ascending; one for each owned word. */
  readonly ownedTokens: Int32Array;
  /** For each entry of `ownedTokens` the word that it decides. */
  readonly ownedWords: readonly WordPosition[];
  /**
   * Label of each token, `-100` where none: what the loss is computed on. Present where the data has tags.
   * By default only `ownedTokens` have a label; with `label_all_tokens` the other tokens of a word do too.
   */
  readonly labels?: Int32Array;
}
