/** How raw text is split into words, where the usage of corpora differs. */
export interface WordRules {
  /**
   * Words of scripts without spaces: those of ICU's dictionaries, or single characters, as in most Chinese
   * corpora.
   */
  readonly unspaced: "words" | "characters";
  /** Whether a hyphen inside a word belongs to it (`Berlin-based`), or is a word of its own. */
  readonly hyphens: "join" | "split";
}

/** The rules of CoNLL-2003, which apply unless data or a model say otherwise. */
export const USUAL_RULES: WordRules = { unspaced: "words", hyphens: "join" };
