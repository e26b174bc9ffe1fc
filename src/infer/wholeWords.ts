import type { TextWord } from "../tokenize/index.js";
import type { Analysis } from "./analysis.js";
import { type Entity, entitiesOf } from "./entities.js";
import type { InputText } from "./inputs.js";
import type { FineTuned } from "./model.js";
import type { Wanted } from "./options.js";
import { tagWords } from "./tagWords.js";

/** Words that are tagged at once: full batches of about the same length, and little memory beside the model's own. */
const WORDS_AT_ONCE = 4096;

/** A sentence of one of several texts. */
interface TextSentence {
  /** Index of the text. */
  readonly text: number;
  readonly words: readonly TextWord[];
  /** Index in the text of the sentence's first word. */
  readonly firstWord: number;
}

/** Entities of whole words, sentence by sentence; in the order of the texts. */
export async function wholeWordEntities(
  model: FineTuned,
  inputs: readonly InputText[],
  { truncation, signal, keeps }: Wanted,
): Promise<Analysis[]> {
  const results = inputs.map(({ text }) => ({
    text,
    entities: [] as Entity[],
    windows: 0,
    truncated: false,
  }));
  for (const sentences of inGroups(sentencesOf(inputs))) {
    signal?.throwIfAborted();
    const words = sentences.map((sentence) => sentence.words.map(({ text }) => text));
    const tagged = await tagWords(model, words, { truncation, signal });
    sentences.forEach(({ text, words, firstWord }, index) => {
      const result = results[text]!;
      const found = entitiesOf(result.text, words, firstWord, tagged[index]!);
      for (const entity of found) if (keeps(entity.type, entity.score)) result.entities.push(entity);
      result.windows += tagged[index]!.windows;
      result.truncated ||= tagged[index]!.truncated;
    });
  }
  return results;
}

function* sentencesOf(inputs: readonly InputText[]): Generator<TextSentence> {
  for (const [text, input] of inputs.entries()) {
    let firstWord = 0;
    for (const words of input.sentences()) {
      yield { text, words, firstWord };
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
