import type { TextWord } from "../text/index.js";
import type { Analysis } from "./analysis.js";
import { type Entity, entitiesOf } from "./entities.js";
import type { InputText } from "./inputs.js";
import type { ResolvedOptions } from "./options.js";
import { Pace } from "./pace.js";
import { type TaggingModel, tagWords } from "./tagWords.js";

/**
 * Words to tag at once: enough for full batches of similar length, with little memory compared to the model's
 * own.
 */
const WORDS_AT_ONCE = 4096;
/** The same for sentences: a text of many lines with a word each would otherwise be prepared in one go. */
const SENTENCES_AT_ONCE = 1024;
/** Words of a section. A longer text is read as several documents, so that it need not be read as a whole. */
const WORDS_OF_SECTION = 4096;

/** A sentence of one of several texts. */
interface TextSentence {
  /** Index of the text. */
  readonly text: number;
  readonly words: readonly TextWord[];
  /** Index of the sentence's first word in the text. */
  readonly firstWord: number;
  /** Number of the section. Sentences of a section are read together; numbers are unique over all texts. */
  readonly section: number;
}

/** Finds entities of whole words, sentence by sentence, in the order of the texts. */
export async function wholeWordEntities(
  model: TaggingModel,
  inputs: readonly InputText[],
  { keeps, ...options }: ResolvedOptions,
): Promise<Analysis[]> {
  const results = inputs.map(({ text }) => ({
    text,
    entities: [] as Entity[],
    windows: 0,
    truncated: false,
  }));
  const pace = new Pace();
  const wordsOfSection = model.reading.context === "document" ? WORDS_OF_SECTION : 0;
  for await (const sentences of inGroups(sentencesOf(inputs, wordsOfSection, pace))) {
    options.signal?.throwIfAborted();
    const placed = sentences.map(({ words, section }) => ({
      words: words.map(({ text }) => text),
      document: section,
    }));
    const tagged = await tagWords(model, placed, options, pace);
    for (const [index, { text, words, firstWord }] of sentences.entries()) {
      const result = results[text]!;
      const found = entitiesOf(result.text, words, firstWord, tagged[index]!);
      for (const entity of found) if (keeps(entity.type, entity.score)) result.entities.push(entity);
      result.windows += tagged[index]!.windows;
      result.truncated ||= tagged[index]!.truncated;
      await pace.step();
    }
  }
  return results;
}

/** @param wordsOfSection a section of a text ends with the sentence that brings it to this many words */
async function* sentencesOf(
  inputs: readonly InputText[],
  wordsOfSection: number,
  pace: Pace,
): AsyncGenerator<TextSentence> {
  let section = 0;
  for (const [text, input] of inputs.entries()) {
    let firstWord = 0;
    let inSection = 0;
    for await (const words of input.sentences(pace)) {
      yield { text, words, firstWord, section };
      firstWord += words.length;
      inSection += words.length;
      if (inSection < wordsOfSection) continue;
      section++;
      inSection = 0;
    }
    section++;
  }
}

/** Yields whole sections, as many as make a full group. */
async function* inGroups(sentences: AsyncIterable<TextSentence>): AsyncGenerator<TextSentence[]> {
  let group: TextSentence[] = [];
  let words = 0;
  for await (const sentence of sentences) {
    const isFull = words >= WORDS_AT_ONCE || group.length >= SENTENCES_AT_ONCE;
    if (isFull && sentence.section !== group.at(-1)!.section) {
      yield group;
      group = [];
      words = 0;
    }
    group.push(sentence);
    words += sentence.words.length;
  }
  if (group.length > 0) yield group;
}
