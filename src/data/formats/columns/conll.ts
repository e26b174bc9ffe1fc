import type { Sentence } from "../../../text/sentence.js";
import {
  cannotHold,
  cellEmpty,
  columnCount,
  columnKind,
  tagColumnMissing,
  tokenColumnMissing,
} from "../../errors.js";
import { DOCUMENT_START, Documents } from "../../read/documents.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { placeOf, separated } from "../writing.js";

/**
 * CoNLL columns: each line has a word and its annotations, and blank lines end sentences.
 *
 * `-DOCSTART-` lines are not sentences; they begin a document, and so does `# newdoc`. A line that begins
 * with `#`, followed by a space, a tab or nothing, is a comment in two cases: if it does not have as many
 * columns as the data, or if it is `# key = value` before the first word of a sentence. Otherwise `#` is a
 * word, as in tweets. Only spaces, tabs and newlines are separators: U+00A0 and U+0085 are parts of words.
 *
 * Unless options say otherwise, words are in the first column and tags in the last; a file with one column
 * has no tags. Columns are separated by runs of spaces and tabs. If that gives lines with different numbers
 * of columns and single tabs do not, they are separated by single tabs.
 */
export const conll: WordsFormat = {
  name: "conll",
  title: "CoNLL columns",
  extensions: [".conll", ".txt", ".bio", ".iob", ".tsv"],
  holds: { shape: "words" },
  linesOfWords: true,
  detect: () => true,
  read: ({ lines, file }, options) => ({
    shape: "words",
    sentences: again(() => columnSentences(lines, file, options)),
  }),
  *write(sentences, { delimiter = " " }) {
    for (const { sentence, begins } of separated(sentences)) {
      const columns = sentence.tags.length === 0 ? [] : [sentence.tags];
      if (begins) yield { content: documentLine(columns.length, delimiter) };
      yield { content: columnLines(sentence, columns, delimiter) };
    }
  },
};

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
  for (const text of [...words, ...columns.flat()]) {
    const isCut =
      text.includes(delimiter) || /[\n\r]/.test(text) || (delimiter === " " && text.includes("\t"));
    const isOther = trimmed(text) !== text || blank(text) || documentStart(text) || keyAndValue(text);
    if (isCut || isOther)
      throw cannotHold(
        "CoNLL",
        "text that contains the column separator or looks like a blank line, a comment or -DOCSTART-",
        text,
        placeOf(sentence),
      );
  }
  const lines = words.map((word, at) => [word, ...columns.map((tags) => tags[at]!)].join(delimiter));
  return `${lines.join("\n")}\n\n`;
}

/** @throws NeriumError DATA_COLUMN_COUNT, DATA_TAG_COLUMN_MISSING, DATA_TOKEN_COLUMN_MISSING, DATA_CELL_EMPTY, DATA_COLUMN_KIND */
function* columnSentences(lines: Iterable<Line>, file: string, options: FormatOptions): Generator<Sentence> {
  const first = firstWordLine(lines);
  if (first === undefined) return;
  yield* readLines(lines, file, options, splitOf(lines, first, options.delimiter), first);
}

/**
 * Chooses how to split lines. If the first line has tabs, this reads the file up to twice, to see whether
 * only tabs give equal numbers of columns.
 */
function splitOf(lines: Iterable<Line>, first: Line, delimiter: string | undefined): Split {
  if (delimiter !== undefined) return (text) => text.split(delimiter);
  if (!first.text.includes("\t") || isEven(lines, first, atSpaces)) return atSpaces;
  return isEven(lines, first, atTabs) ? atTabs : atSpaces;
}

function isEven(lines: Iterable<Line>, first: Line, split: Split): boolean {
  const count = split(first.text).length;
  for (const { text } of lines) {
    const isWord = !blank(text) && !documentStart(text) && !hash(text);
    if (isWord && split(text).length !== count) return false;
  }
  return true;
}

type Split = (text: string) => string[];

const isGap = (mark: string | undefined): boolean => mark === " " || mark === "\t";

/** Removes spaces and tabs at both ends. `trim` would also remove characters that belong to words. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (isGap(text[start])) start++;
  while (end > start && isGap(text[end - 1])) end--;
  return text.slice(start, end);
}

const atSpaces: Split = (text) => trimmed(text).split(/[ \t]+/);
const atTabs: Split = (text) => text.split("\t");

/** True if nothing is visible. Files that were joined may have a byte order mark on a line of its own. */
const blank = (text: string): boolean => /^[ \t\ufeff]*$/.test(text);

const hash = (text: string): boolean => text === "#" || text.startsWith("# ") || text.startsWith("#\t");

const keyAndValue = (text: string): boolean => /^# [^ \t=]+ = /.test(text) || /^# newdoc\b/.test(text);

const documentStart = (text: string): boolean => text.startsWith("-DOCSTART-");

function* readLines(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  split: Split,
  first: Line,
): Generator<Sentence> {
  const count = split(first.text).length;
  const tokenColumn = columnOf(options.tokenColumn ?? 0, "token", file, first.number, count);
  const tagColumn =
    options.tagColumn === undefined && count === 1
      ? undefined
      : columnOf(options.tagColumn ?? count - 1, "tag", file, first.number, count);

  const documents = new Documents();
  let words: string[] = [];
  let tags: string[] = [];
  let start = 0;
  for (const { text, number } of lines) {
    const startsDocument = documentStart(text);
    if (startsDocument || blank(text)) {
      if (words.length > 0) yield documents.sentence(words, tags, start);
      words = [];
      tags = [];
      if (startsDocument) documents.startDocument();
      continue;
    }
    const cells = split(text);
    if (hash(text) && (cells.length !== count || (words.length === 0 && keyAndValue(text)))) {
      if (/^# newdoc\b/.test(text)) documents.startDocument();
      continue;
    }
    if (cells.length !== count) throw columnCount(file, number, cells.length, count, first.number);
    const word = cells[tokenColumn]!;
    if (word === "") throw cellEmpty(file, number, "token");
    if (words.length === 0) start = number;
    words.push(word);
    if (tagColumn === undefined) continue;
    const tag = trimmed(cells[tagColumn]!);
    if (tag === "") throw cellEmpty(file, number, "tag");
    tags.push(tag);
  }
  if (words.length > 0) yield documents.sentence(words, tags, start);
}

/**
 * Returns the line that sets the number of columns: the first one that cannot be a comment. If every line
 * begins with `#`, the first one that is not `# key = value`.
 */
function firstWordLine(lines: Iterable<Line>): Line | undefined {
  let first: Line | undefined;
  for (const line of lines) {
    if (blank(line.text) || documentStart(line.text) || keyAndValue(line.text)) continue;
    if (!hash(line.text)) return line;
    first ??= line;
  }
  return first;
}

function columnOf(
  column: number | string,
  what: "token" | "tag",
  file: string,
  line: number,
  count: number,
): number {
  const number = typeof column === "string" && /^\d+$/.test(column) ? Number(column) : column;
  if (typeof number === "string" || !Number.isInteger(number) || number < 0)
    throw columnKind(file, String(number));
  if (number >= count)
    throw (what === "tag" ? tagColumnMissing : tokenColumnMissing)(file, line, number, count);
  return number;
}
