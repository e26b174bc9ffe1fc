/** Probabilities that a training sentence gets another letter case in an epoch. */
export interface CaseProbabilities {
  /** Sentences in capitals change to Title Case. */
  readonly title_case: number;
  /** Any sentence changes to capitals. */
  readonly upper_case: number;
  /** Any sentence changes to lower case. */
  readonly lower_case: number;
}

const STANDARD: CaseProbabilities = { title_case: 0.3, upper_case: 0.03, lower_case: 0.03 };

/** Returns the probabilities that a recipe means: `true` means the standard ones, `false` means none. */
export function caseProbabilities(spelled: boolean | CaseProbabilities): CaseProbabilities | undefined {
  if (typeof spelled === "boolean") return spelled ? STANDARD : undefined;
  return spelled;
}
