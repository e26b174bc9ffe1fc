import type { Sentence } from "../../../text/sentence.js";
import { cannotHold } from "../../errors.js";
import { DOCUMENT_START } from "../../read/documents.js";
import { again } from "../../read/source.js";
import type { WordsFormat } from "../format.js";
import { placeOf, separated } from "../writing.js";
import { type ColumnLayout, columnLayout } from "./columnLayout.js";
import { columnSample } from "./columnSample.js";
import { columnSentences } from "./columnSentences.js";
import { narrow } from "./narrow.js";
import { blank, documentStart, keyAndValue } from "./otherLines.js";
import { trimmed } from "./split.js";

/**
 * CoNLL columns: each line has a word and its annotations, and blank lines end sentences.
 *
 * `-DOCSTART-` lines are not sentences; they begin a document, and so do `# newdoc` and the document lines of
 * other corpora. A line that begins with `#`, followed by a space, a tab or nothing, is a comment in three cases:
 * if it does not have as many columns as the data, or, before the first word of a sentence, if it is
 * `# key = value` or if its tag cell is no tag. Otherwise `#` is a word, as in tweets. Only spaces, tabs and
 * newlines are separators: U+00A0 and U+0085 are parts of words.
 *
 * Unless options say otherwise, words are in the first column and tags in the last; a file with one column
 * has no tags. Where the first lines show that it is otherwise, other columns are taken, and a note says so: a
 * line that names the columns, a column that numbers the words, the columns of CoNLL-2012, tags elsewhere.
 * Columns are separated by runs of spaces and tabs. If that gives lines with different numbers of columns and
 * single tabs do not, they are separated by single tabs.
 */
export const conll: WordsFormat = {
  name: "conll",
  title: "CoNLL columns",
  extensions: [".conll", ".txt", ".bio", ".iob", ".tsv"],
  holds: { shape: "words" },
  linesOfWords: true,
  detect: () => true,
  read({ lines, blocks, file }, options, leftOut) {
    let layout: ColumnLayout | undefined;
    return {
      shape: "words",
      sentences: again(function* () {
        const sample =
          layout === undefined ? columnSample(narrow(lines, file, options.delimiter), options) : undefined;
        if (sample !== undefined) layout = columnLayout(sample, file, options);
        for (const note of layout?.notes ?? []) options.onNote?.(note);
        if (layout !== undefined) yield* columnSentences(blocks, file, layout, options, leftOut);
      }),
    };
  },
  *write(sentences, { delimiter }) {
    const columnsOf = ({ tags }: Sentence) => (tags.length === 0 ? [] : [tags]);
    for (const content of columnFile(sentences, columnsOf, delimiter)) yield { content };
  },
};

/**
 * Yields the lines of a file. Unless a delimiter is given, columns are separated by a space, or, if a word or a tag contains one,
 * by a tab. A file with tabs begins with a `-DOCSTART-` line, which shows readers that spaces do not separate columns.
 *
 * @param columnsOf returns the columns of tags of a sentence
 * @throws NeriumError DATA_CANNOT_HOLD
 */
export function* columnFile(
  sentences: Iterable<Sentence>,
  columnsOf: (sentence: Sentence, index: number) => readonly (readonly string[])[],
  delimiter?: string,
): Generator<string> {
  const chosen = delimiter ?? delimiterFor(sentences, columnsOf);
  let index = 0;
  for (const { sentence, begins } of separated(sentences)) {
    const columns = columnsOf(sentence, index);
    const shows = index++ === 0 && delimiter === undefined && chosen === "\t";
    if (begins || shows) yield documentLine(columns.length, chosen);
    yield columnLines(sentence, columns, chosen);
  }
}

function delimiterFor(...[sentences, columnsOf]: Parameters<typeof columnFile>): string {
  let index = 0;
  for (const sentence of sentences)
    if (hasSpace(sentence.words) || columnsOf(sentence, index++).some(hasSpace)) return "\t";
  return " ";
}

const hasSpace = (texts: readonly string[]): boolean => texts.some((text) => text.includes(" "));

/** Returns the line that begins a document. */
export const documentLine = (columns: number, delimiter: string): string =>
  `${[DOCUMENT_START, ...Array.from({ length: Math.max(1, columns) }, () => "O")].join(delimiter)}\n\n`;

/**
 * Returns a sentence as lines, with columns of tags after the words and an empty line at the end.
 *
 * @throws NeriumError DATA_CANNOT_HOLD
 */
export function columnLines(
  sentence: Sentence,
  columns: readonly (readonly string[])[],
  delimiter: string,
): string {
  const { words } = sentence;
  const refuse = (what: string, text: string) => cannotHold("CoNLL", what, text, placeOf(sentence));
  const check = (what: string, text: string) => {
    const isCut =
      text.includes(delimiter) || /[\n\r]/.test(text) || (delimiter === " " && text.includes("\t"));
    if (isCut || text === "" || trimmed(text) !== text)
      throw refuse(`a ${what} that is empty or contains the column separator`, text);
  };
  for (const word of words) check("word", word);
  for (const tag of columns.flat()) check("tag", tag);
  const lines = words.map((word, at) => [word, ...columns.map((tags) => tags[at]!)].join(delimiter));
  const odd = lines.findIndex((line) => blank(line) || documentStart(line) || keyAndValue(line));
  if (odd >= 0) throw refuse("a word that looks like a blank line, a comment or -DOCSTART-", words[odd]!);
  return `${lines.join("\n")}\n\n`;
}
