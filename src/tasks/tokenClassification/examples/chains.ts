import type { WordChain } from "../../../crf/index.js";
import type { Teachers, WordRange } from "../teachers.js";
import type { Window } from "./window.js";

/**
 * Returns the words that a window owns as chains. A sentence that is cut into several windows is a separate
 * chain in each of them. A word without tokens and a word that does not count are in no chain: the words before
 * and after it are separate chains.
 *
 * @param length returns the number of words of a sentence, by its index
 * @param teachers give the chains soft labels
 */
export function wordChains(
  { ownedWords: owned, ownedTokens, labels }: Pick<Window, "ownedWords" | "ownedTokens" | "labels">,
  length: (sentence: number) => number,
  teachers?: Teachers,
): WordChain[] {
  const ownedWords = owned.filter((_, row) => labels === undefined || labels[ownedTokens[row]!]! >= 0);
  const chains: WordRange[] = [];
  ownedWords.forEach(({ sentence, word }, row) => {
    const before = ownedWords[row - 1];
    const goesOn = before?.sentence === sentence && before.word + 1 === word;
    const chain = goesOn ? chains.pop()! : { sentence, word, begins: word === 0, words: 0 };
    chains.push({ ...chain, words: chain.words + 1, ends: word === length(sentence) - 1 });
  });
  return chains.map((chain) => {
    const { words, begins, ends } = chain;
    const soft = teachers?.soft(chain);
    return { words, begins, ends, ...(soft && { soft }) };
  });
}
