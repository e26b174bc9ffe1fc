/** How probable it is that a training sentence stands in another case in an epoch. */
export interface CaseProbabilities {
  /** Of a sentence in capitals: in Title Case. */
  readonly title_case: number;
  /** Of any sentence: in capitals. */
  readonly upper_case: number;
  /** Of any sentence: in lower case. */
  readonly lower_case: number;
}

const STANDARD: CaseProbabilities = { title_case: 0.3, upper_case: 0.03, lower_case: 0.03 };

/** The probabilities that a recipe means: `true` the standard ones, `false` none. */
export function caseProbabilities(spelled: boolean | CaseProbabilities): CaseProbabilities | undefined {
  if (typeof spelled === "boolean") return spelled ? STANDARD : undefined;
  return spelled;
}
