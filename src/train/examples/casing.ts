import type { CaseProbabilities } from "../../recipe/caseProbabilities.js";

/** The cases that a sentence is put into; undefined is as it stands in the data. */
export type Casing = "title" | "upper" | "lower";
export const casings: readonly Casing[] = ["title", "upper", "lower"];

/**
 * True for a sentence in capitals, as headlines are: of its words of letters alone there are two at least, and no one has a
 * small letter.
 */
export function isInCapitals(words: readonly string[]): boolean {
  const ofLetters = words.filter((word) => /^\p{L}+$/u.test(word));
  return (
    ofLetters.length >= 2 &&
    ofLetters.every((word) => word === word.toUpperCase() && word !== word.toLowerCase())
  );
}

/** Words in another case; there are as many as before. */
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

/** `U.S.`, `Al-Ain` and `O'Neill`, but `'s` and `It's`: behind an apostrophe a name has three letters at least. */
const titleCase = (word: string): string =>
  word
    .toLowerCase()
    .replace(/(?<![\p{L}\p{M}\p{N}'’])\p{L}|(?<=['’])\p{L}(?=\p{L}{2})/gu, (letter) => letter.toUpperCase());

/** The case that a sentence has in an epoch, by a number drawn from 0 to 1. */
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
