import type { Sentence } from "../../text/index.js";
import type { Window, WordPosition } from "./examples/window.js";

/**
 * Returns sentences and windows in which each labelled token is a word of its own, as run_ner.py scores them
 * with `label_all_tokens`. A word that no window owns stays one word.
 *
 * @param labels names of the labels in the order of their ids
 */
export function tokensAsWords(
  sentences: readonly Sentence[],
  windows: readonly Window[],
  labels: readonly string[],
): { readonly sentences: readonly Sentence[]; readonly windows: readonly Window[] } {
  const inTokens = sentences.map((sentence) => ({
    ...sentence,
    words: [] as string[],
    tags: [] as string[],
  }));
  const wordsDone = new Int32Array(sentences.length);
  const add = ({ sentence, word }: WordPosition, tag: string): WordPosition => {
    const { words, tags } = inTokens[sentence]!;
    words.push(sentences[sentence]!.words[word]!);
    return { sentence, word: tags.push(tag) - 1 };
  };
  const addUnowned = ({ sentence, word: end }: WordPosition): void => {
    for (let word = wordsDone[sentence]!; word < end; word++)
      add({ sentence, word }, sentences[sentence]!.tags[word]!);
    wordsDone[sentence] = end + 1;
  };

  const cut = windows.map((window): Window => {
    const ownedTokens: number[] = [];
    const ownedWords: WordPosition[] = [];
    let begun = 0;
    window.labels!.forEach((label, token) => {
      if (token === window.ownedTokens[begun]) addUnowned(window.ownedWords[begun++]!);
      if (label < 0) return;
      ownedTokens.push(token);
      ownedWords.push(add(window.ownedWords[begun - 1]!, labels[label]!));
    });
    return { ...window, ownedTokens: Int32Array.from(ownedTokens), ownedWords };
  });
  sentences.forEach(({ words }, sentence) => {
    addUnowned({ sentence, word: words.length });
  });
  return { sentences: inTokens, windows: cut };
}
