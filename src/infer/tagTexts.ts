import { splitSentences, splitWords, type TextWord } from "../tokenize/index.js";
import { type Entity, entitiesOf } from "./entities.js";
import type { FineTuned } from "./model.js";
import { tagWords } from "./tagWords.js";

/** Words that are tagged at once: full batches of about the same length, and little memory beside the model's own. */
const WORDS_AT_ONCE = 4096;

export interface TagTextsOptions {
  /** Entities with a score below it are left out. 0 to 1, default 0. */
  readonly threshold?: number | undefined;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A sentence of one of several texts. */
interface TextSentence {
  /** Index of the text. */
  readonly text: number;
  readonly words: readonly TextWord[];
  /** Index in the text of the sentence's first word. */
  readonly firstWord: number;
}

/** The entities of each text, in the order of the texts; in a text from left to right. */
export async function tagTexts(
  model: FineTuned,
  texts: readonly string[],
  { threshold = 0, signal }: TagTextsOptions,
): Promise<Entity[][]> {
  const results = texts.map((): Entity[] => []);
  for (const sentences of inGroups(sentencesOf(texts))) {
    signal?.throwIfAborted();
    const words = sentences.map((sentence) => sentence.words.map(({ text }) => text));
    const tagged = await tagWords(model, words, signal);
    sentences.forEach(({ text, words, firstWord }, index) => {
      const found = entitiesOf(texts[text]!, words, firstWord, tagged[index]!);
      results[text]!.push(...found.filter(({ score }) => score >= threshold));
    });
  }
  return results;
}

function* sentencesOf(texts: readonly string[]): Generator<TextSentence> {
  for (const [index, text] of texts.entries()) {
    let firstWord = 0;
    for (const words of splitSentences(splitWords(text), text)) {
      yield { text: index, words, firstWord };
      firstWord += words.length;
    }
  }
}

function* inGroups(sentences: Iterable<TextSentence>): Generator<TextSentence[]> {
  let group: TextSentence[] = [];
  let words = 0;
  for (const sentence of sentences) {
    group.push(sentence);
    words += sentence.words.length;
    if (words < WORDS_AT_ONCE) continue;
    yield group;
    group = [];
    words = 0;
  }
  if (group.length > 0) yield group;
}
