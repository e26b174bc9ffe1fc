import type { CaseProbabilities } from "../../recipe/caseProbabilities.js";

/** The cases that a sentence can be changed to; `undefined` means unchanged. */
export type Casing = "title" | "upper" | "lower";
export const casings: readonly Casing[] = ["title", "upper", "lower"];

/**
 * True for a sentence in capitals, like a headline: at least two of its words consist of letters only, and
 * none of these contains a lower-case letter.
 */
export function isInCapitals(words: readonly string[]): boolean {
  const ofLetters = words.filter((word) => /^\p{L}+$/u.test(word));
  return (
    ofLetters.length >= 2 &&
    ofLetters.every((word) => word === word.toUpperCase() && word !== word.toLowerCase())
  );
}

/** Returns the words in another case. The number of words stays the same. */
export function inCase(words: readonly string[], casing: Casing): string[] {
  switch (casing) {
    case "title":
      return words.map(titleCase);
    case "upper":
      return words.map((word) => word.toUpperCase());
    case "lower":
      return words.map((word) => word.toLowerCase());
  }
}

/**
 * Gives `U.S.`, `Al-Ain` and `O'Neill`, but `'s` and `It's`: a letter after an apostrophe becomes a capital
 * only if two more letters follow.
 */
const titleCase = (word: string): string =>
  word
    .toLowerCase()
    .replace(/(?<![\p{L}\p{M}\p{N}'’])\p{L}|(?<=['’])\p{L}(?=\p{L}{2})/gu, (letter) => letter.toUpperCase());

/**
 * The case of a sentence in an epoch.
 *
 * @param drawn a random number in [0, 1)
 */
export function drawnCasing(
  drawn: number,
  capitals: boolean,
  { title_case, upper_case, lower_case }: CaseProbabilities,
): Casing | undefined {
  let left = drawn;
  for (const [casing, probability] of [
    ["title", capitals ? title_case : 0],
    ["upper", upper_case],
    ["lower", lower_case],
  ] as const) {
    if (left < probability) return casing;
    left -= probability;
  }
  return undefined;
}
