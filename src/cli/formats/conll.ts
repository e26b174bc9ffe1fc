import { splitSentences } from "../../text/splitSentences.js";
import { wordsIn } from "../../text/splitWords.js";
import type { Prediction, PredictionFormat } from "./prediction.js";

/**
 * CoNLL columns: one line with word and IOB2 tag per word, an empty line after each sentence, `-DOCSTART-`
 * before each file.
 */
export function conllColumns(): PredictionFormat {
  let file: string | undefined;
  return {
    each(prediction) {
      const begins = prediction.file !== file;
      file = prediction.file;
      return `${begins ? "-DOCSTART- O\n\n" : ""}${[...sentenceLines(prediction)].join("")}`;
    },
  };
}

function* sentenceLines({ text, entities }: Prediction): Generator<string> {
  const tags = new Map<number, string>();
  for (const { type, words } of entities)
    words.forEach((word, place) => {
      if (!tags.has(word)) tags.set(word, `${place === 0 ? "B" : "I"}-${type}`);
    });
  let index = 0;
  for (const words of splitSentences(wordsIn(text), text)) {
    yield words.map((word) => `${word.text} ${tags.get(index++) ?? "O"}\n`).join("");
    yield "\n";
  }
}
