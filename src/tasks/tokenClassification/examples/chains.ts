import type { WordChain } from "../../../crf/index.js";
import type { Window } from "./window.js";

/**
 * The words that a window owns, as chains. A sentence that is cut into windows is a chain in each of them; so is what stands
 * on either side of a word without tokens.
 *
 * @param length words of a sentence, by its number
 */
export function wordChains(
  { ownedWords }: Pick<Window, "ownedWords">,
  length: (sentence: number) => number,
): WordChain[] {
  const chains: WordChain[] = [];
  ownedWords.forEach(({ sentence, word }, row) => {
    const before = ownedWords[row - 1];
    const goesOn = before?.sentence === sentence && before.word + 1 === word;
    const chain = goesOn ? chains.pop()! : { begins: word === 0, words: 0 };
    chains.push({ ...chain, words: chain.words + 1, ends: word === length(sentence) - 1 });
  });
  return chains;
}
