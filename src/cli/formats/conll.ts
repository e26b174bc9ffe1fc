import { columnLines, documentLine } from "../../data/formats/columns/conll.js";
import type { Ner } from "../../infer/index.js";
import { visible } from "../../shown.js";
import { splitSentences } from "../../text/splitSentences.js";
import type { TextWord } from "../../text/splitWords.js";
import type { Prediction, PredictionFormat } from "./prediction.js";

/**
 * CoNLL columns: one line with word and IOB2 tag per word, an empty line after each sentence, `-DOCSTART-`
 * before each file, and before each document of a data file. If a type, or a word of the first file, contains a space,
 * tabs separate the columns.
 * Control characters become visible symbols.
 *
 * @param types entity types of the model
 */
export function conllColumns(
  types: readonly string[],
  { splitWords }: Pick<Ner, "splitWords">,
): PredictionFormat {
  const spacedTypes = types.some((type) => type.includes(" "));
  let delimiter: string | undefined;
  let file: string | undefined;
  let document: number | undefined;
  return {
    each(prediction) {
      let begins = prediction.file !== file || prediction.document !== document;
      if (delimiter === undefined) {
        delimiter = spacedTypes || prediction.spaced ? "\t" : " ";
        // Shows readers that only tabs separate the columns.
        begins ||= delimiter === "\t";
      }
      ({ file, document } = prediction);
      const { text, words } = prediction;
      const sentences =
        prediction.sentences ?? (words === undefined ? sentencesIn(splitWords(text), text) : [words]);
      const lines = [...sentenceLines(prediction, sentences, delimiter)].join("");
      return (begins ? documentLine(1, delimiter) : "") + lines;
    },
  };
}

function* sentenceLines(
  { entities, file, line = 0 }: Prediction,
  sentences: Iterable<readonly string[]>,
  delimiter: string,
): Generator<string> {
  const tags = new Map<number, string>();
  for (const { type, words } of entities)
    words.forEach((word, place) => {
      if (!tags.has(word)) tags.set(word, `${place === 0 ? "B" : "I"}-${type}`);
    });
  let index = 0;
  for (const words of sentences) {
    const own = words.map(() => tags.get(index++) ?? "O");
    yield visible(
      columnLines({ words, tags: own, document: 0, line, ...(file && { file }) }, [own], delimiter),
    );
  }
}

function* sentencesIn(all: readonly TextWord[], text: string): Generator<string[]> {
  for (const words of splitSentences(all, text)) yield words.map((word) => word.text);
}
