import type { Sentence } from "../text/index.js";

/** Words that go through a model at once. */
const WORDS_AT_ONCE = 8192;

/** Yields whole documents, as many as make a full group. */
export function* inGroups(sentences: readonly Sentence[]): Generator<readonly Sentence[]> {
  let group: Sentence[] = [];
  let words = 0;
  for (const sentence of sentences) {
    const goesOn = group.at(-1)?.document === sentence.document;
    if (words >= WORDS_AT_ONCE && !goesOn) {
      yield group;
      group = [];
      words = 0;
    }
    group.push(sentence);
    words += sentence.words.length;
  }
  if (group.length > 0) yield group;
}
