import type { Sentence } from "../../../text/sentence.js";
import { cannotHold, cellEmpty, columnCount } from "../../errors.js";
import { Documents, isNumber } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { sentenceColumnMissing, textsInTable } from "../errors.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { placeOf, severalDocuments } from "../writing.js";
import { entityTags } from "./columnKinds.js";
import { TAG_NAMES, WORD_NAMES } from "./columnNames.js";
import { type CsvColumns, csvColumns, requireNoExport, SENTENCE_NAMES } from "./csvColumns.js";
import { delimiterOf, namesIn, type Row, rowsOf } from "./csvRows.js";
import { UnreadValues } from "./unreadColumns.js";

/**
 * CSV like Kaggle's Annotated Corpus for NER: one row for each word, under a header
 * `Sentence #,Word,POS,Tag`. The name of the sentence is in the row of its first word or in all its rows; an
 * empty cell, or `NaN`, continues the sentence. Without such a column, empty rows end sentences. Other common column names
 * are recognised, in upper or lower case, and the delimiters `;`, `|` and tab. The column `Document` says which
 * document a sentence belongs to.
 *
 * https://www.kaggle.com/datasets/abhinavwalia95/entity-annotated-corpus
 */
export const csv: WordsFormat = {
  name: "csv",
  title: "CSV with one word per row (Kaggle)",
  extensions: [".csv"],
  holds: { shape: "words" },
  linesOfWords: true,
  detect({ extension, text }) {
    const [first = ""] = text.split(/\r?\n/, 1);
    const delimiter = delimiterOf(first);
    const names = namesIn(first.split(delimiter));
    const hasWords = names.some((name) => WORD_NAMES.includes(name));
    if (extension === ".csv") return hasWords;
    const hasSentences = names.length > 2 && names.some((name) => SENTENCE_NAMES.includes(name));
    // Columns at tabs or spaces under a header are CoNLL's.
    const isTable =
      extension === "" && !/[\t ]/.test(delimiter) && names.some((name) => TAG_NAMES.includes(name));
    return hasWords && (isTable || (hasSentences && [".tsv", ".txt", ""].includes(extension)));
  },
  read: ({ lines, file }, options, leftOut) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options, leftOut)),
  }),
  *write(sentences) {
    const several = severalDocuments(sentences);
    let number = 0;
    for (const sentence of sentences) {
      const { words, tags, document } = sentence;
      const wrong = [...words, ...tags].find((text) => /[\r\n]/.test(text));
      if (wrong !== undefined) throw cannotHold("CSV", "line breaks in words", wrong, placeOf(sentence));
      if (number === 0)
        yield {
          content: rowOf([
            ...(several ? ["Document"] : []),
            "Sentence #",
            "Word",
            ...(tags.length > 0 ? ["Tag"] : []),
          ]),
        };
      number++;
      const rows = words.map((word, index) =>
        rowOf([
          ...(several ? [String(document)] : []),
          index === 0 ? `Sentence: ${number}` : "",
          word,
          ...tags.slice(index, index + 1),
        ]),
      );
      yield { content: rows.join("") };
    }
  },
};

const rowOf = (cells: readonly string[]): string => `${cells.map(quotedCell).join(",")}\n`;

const quotedCell = (cell: string): string =>
  /[",]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

const isEmpty = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === "");

function* sentencesOf(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): Generator<Sentence> {
  const documents = new Documents(leftOut);
  let columns: CsvColumns | undefined;
  let unread: UnreadValues | undefined;
  let words: string[] = [];
  let tags: string[] = [];
  let name = "";
  let start = 0;
  const sentence = (): Sentence => {
    const read = documents.sentence(words, tags, start);
    words = [];
    tags = [];
    return read;
  };
  for (const { cells, line } of rowsOf(lines, file, options.delimiter ?? delimiterIn(lines))) {
    if (columns === undefined) {
      if (isEmpty(cells) || namesDelimiter(cells)) continue;
      columns = headerColumns(lines, cells, file, options);
      unread = new UnreadValues(columns.unread);
      continue;
    }
    // With a column of sentences, a cell of spaces may be a word.
    if (columns.sentence < 0 ? isEmpty(cells) : cells.every((cell) => cell === "")) {
      if (columns.sentence < 0 && words.length > 0) yield sentence();
      continue;
    }
    if (cells.length !== columns.count) throw columnCount(file, line, cells.length, columns.count, 1);
    const cell = cells[columns.sentence] ?? "";
    const own = cell.length === 3 && cell.toLowerCase() === "nan" ? "" : cell;
    if (own !== "" && own !== name) {
      if (words.length > 0) yield sentence();
      name = own;
      if (!isNumber(own.replace(/^sentence:?/i, "")))
        leftOut.detail("name of a sentence", 1, "names of sentences");
      if (columns.document >= 0) documents.named(cells[columns.document]);
    }
    const word = cells[columns.word]!;
    if (word === "") throw cellEmpty(file, line, "token");
    if (words.length === 0) {
      start = line;
      if (columns.sentence < 0 && columns.document >= 0) documents.named(cells[columns.document]);
    }
    words.push(word);
    unread?.add(cells);
    if (columns.tag < 0) continue;
    const tag = cells[columns.tag]!;
    if (tag === "") throw cellEmpty(file, line, "tag");
    tags.push(tag);
  }
  if (words.length > 0) yield sentence();
  unread?.tell(leftOut);
}

/** Returns the delimiter that the header shows, or that a line such as `sep=;` above it names, as Excel reads it. */
export function delimiterIn(lines: Iterable<Line>): string {
  for (const { text } of lines)
    if (text.trim() !== "") return /^sep=(.)$/i.exec(text.trim())?.[1] ?? delimiterOf(text);
  return ",";
}

/** Returns the columns and the delimiter of a file. `undefined` if it has no header. */
export function csvLayout(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
): { readonly columns: CsvColumns; readonly delimiter: string } | undefined {
  const delimiter = options.delimiter ?? delimiterIn(lines);
  for (const { cells } of rowsOf(lines, file, delimiter))
    if (!isEmpty(cells) && !namesDelimiter(cells))
      return { columns: headerColumns(lines, cells, file, options), delimiter };
  return undefined;
}

const namesDelimiter = ([first = "", ...rest]: readonly string[]): boolean =>
  /^sep=/i.test(first) && rest.every((cell) => cell === "");

function headerColumns(
  lines: Iterable<Line>,
  header: readonly string[],
  file: string,
  options: FormatOptions,
): CsvColumns {
  requireNoExport(header, undefined, file);
  let some: readonly Row[] | undefined;
  const firstRows = () => (some ??= rowsUpTo(1024, lines, file, options));
  const columns = csvColumns(
    header,
    file,
    options,
    (at) => entityTags([firstRows().map(({ cells }) => cells[at] ?? "")]) !== undefined,
  );
  if (columns.sentence >= 0 || hasEmptyRows(lines)) return columns;
  const rows = firstRows();
  const counts = columns.unread.find(({ at }) => countsSentences(rows.map(({ cells }) => cells[at] ?? "")));
  if (counts !== undefined) {
    options.onNote?.(`${file}: sentences are told apart by column ${counts.name}.`);
    return {
      ...columns,
      sentence: counts.at,
      unread: columns.unread.filter((column) => column !== counts),
    };
  }
  const [first] = rows;
  if (first !== undefined && /\S\s+\S/.test(first.cells[columns.word] ?? ""))
    throw textsInTable(file, first.line, header[columns.word]!);
  throw sentenceColumnMissing(file, header);
}

/** Returns the rows below the header that end before or in a line. */
function rowsUpTo(
  last: number,
  lines: Iterable<Line>,
  file: string,
  { delimiter }: FormatOptions,
): readonly Row[] {
  const rows: Row[] = [];
  for (const row of rowsOf(lines, file, delimiter ?? delimiterIn(lines))) {
    if (row.line > last) break;
    if (!isEmpty(row.cells) && !namesDelimiter(row.cells)) rows.push(row);
  }
  return rows.slice(1);
}

/**
 * True for the cells of a column that counts sentences: a new number in the first row of each sentence, and the same or
 * nothing in its other rows.
 */
function countsSentences(cells: readonly string[]): boolean {
  const given = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const runs = given.filter((cell, index) => cell !== given[index - 1]);
  return (
    cells[0]?.trim() !== "" &&
    runs.length > 1 &&
    runs.length <= cells.length * 0.8 &&
    runs.every((cell) => /\d/.test(cell)) &&
    new Set(runs).size === runs.length &&
    (given.length < cells.length ? given.length === runs.length : true)
  );
}

/** True if there is an empty row between others. */
function hasEmptyRows(lines: Iterable<Line>): boolean {
  let [rows, isAfterEmpty] = [0, false];
  for (const { text } of lines) {
    const empty = /^[\s,;|]*$/.test(text);
    if (!empty && isAfterEmpty && rows > 1) return true;
    isAfterEmpty = empty;
    if (!empty) rows++;
  }
  return false;
}
