import { parse } from "csv-parse/sync";
import type { Sentence } from "../../../text/sentence.js";
import { cannotHold, cellEmpty, columnCount, lineInvalid, tableColumnMissing } from "../../errors.js";
import { DOCUMENT_FIELDS, Documents } from "../../read/documents.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { placeOf, severalDocuments } from "../writing.js";

const SENTENCE = ["sentence #", "sentence_id", "sentence id", "sent_id", "sentence"];
const WORD = ["word", "token", "words", "tokens"];
const TAG = ["tag", "ner_tag", "ner", "label", "tags", "ner_tags", "labels"];

/**
 * CSV like Kaggle's Annotated Corpus for NER: one row for each word, under a header
 * `Sentence #,Word,POS,Tag`. The name of the sentence is in the row of its first word or in all its rows; an
 * empty cell continues the sentence. Other common column names are recognised, in upper or lower case. The
 * column `Document` says which document a sentence belongs to.
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
    const header = text
      .split(/\r?\n/, 1)
      .join()
      .toLowerCase()
      .split(",")
      .map((name) => name.replace(/^"|"$/g, "").trim());
    return extension === ".csv" && header.some((name) => WORD.includes(name));
  },
  read: ({ lines, file }, options) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options)),
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

interface Columns {
  readonly count: number;
  readonly sentence: number;
  readonly word: number;
  /** -1 if there is no such column, and the same for `document`. */
  readonly tag: number;
  readonly document: number;
}

function* sentencesOf(lines: Iterable<Line>, file: string, options: FormatOptions): Generator<Sentence> {
  const documents = new Documents();
  let columns: Columns | undefined;
  let words: string[] = [];
  let tags: string[] = [];
  let name = "";
  let start = 0;
  for (const { cells, line } of rowsOf(lines, file, options.delimiter ?? ",")) {
    if (columns === undefined) {
      columns = columnsOf(cells, file, options);
      continue;
    }
    if (cells.length !== columns.count) throw columnCount(file, line, cells.length, columns.count, 1);
    const own = cells[columns.sentence]!;
    if (own !== "" && own !== name) {
      if (words.length > 0) yield documents.sentence(words, tags, start);
      words = [];
      tags = [];
      name = own;
      if (columns.document >= 0) documents.named(cells[columns.document]);
    }
    const word = cells[columns.word]!;
    if (word === "") throw cellEmpty(file, line, "token");
    if (words.length === 0) start = line;
    words.push(word);
    if (columns.tag < 0) continue;
    const tag = cells[columns.tag]!;
    if (tag === "") throw cellEmpty(file, line, "tag");
    tags.push(tag);
  }
  if (words.length > 0) yield documents.sentence(words, tags, start);
}

function columnsOf(
  header: readonly string[],
  file: string,
  { tokenColumn, tagColumn }: FormatOptions,
): Columns {
  const names = header.map((name) => name.trim().toLowerCase());
  const find = (asked: number | string | undefined, usual: readonly string[]): number => {
    if (typeof asked === "number") return asked >= 0 && asked < header.length ? asked : -1;
    if (asked !== undefined) return header.indexOf(asked);
    const name = usual.find((each) => names.includes(each));
    return name === undefined ? -1 : names.indexOf(name);
  };
  const word = find(tokenColumn, WORD);
  const tag = find(tagColumn, TAG);
  const sentence = find(undefined, SENTENCE);
  if (word < 0)
    throw tableColumnMissing(file, "words", tokenColumn === undefined ? WORD : [String(tokenColumn)], header);
  if (tag < 0 && tagColumn !== undefined) throw tableColumnMissing(file, "tags", [String(tagColumn)], header);
  if (sentence < 0)
    throw lineInvalid(
      file,
      1,
      "There is no column that tells sentences apart",
      'Add a column "Sentence #" with the number or name of each sentence.',
    );
  return { count: header.length, sentence, word, tag, document: find(undefined, DOCUMENT_FIELDS) };
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Number of lines to parse in one call. */
const LINES = 4096;

/** Yields rows, parsing some thousand lines at a time. A row continues across line breaks inside quotes. */
function* rowsOf(lines: Iterable<Line>, file: string, delimiter: string): Generator<Row> {
  let texts: string[] = [];
  let first = 1;
  let quotes = 0;
  for (const { text, number } of lines) {
    if (texts.length === 0) first = number;
    texts.push(text);
    for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
    if (texts.length < LINES || quotes % 2 === 1) continue;
    yield* parsedRows(texts, first, file, delimiter);
    texts = [];
  }
  yield* parsedRows(texts, first, file, delimiter);
}

function* parsedRows(
  texts: readonly string[],
  first: number,
  file: string,
  delimiter: string,
): Generator<Row> {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(texts.join("\n"), {
      delimiter,
      info: true,
      relaxColumnCount: true,
      skipEmptyLines: true,
    }) as never;
  } catch (error) {
    const { lines = 1, message } = error as Error & { lines?: number };
    throw lineInvalid(
      file,
      first + lines - 1,
      `Invalid CSV: ${message.slice(0, 200)}`,
      "Put cells that contain quotes or commas in double quotes, and double the quotes inside.",
    );
  }
  // This is the last line of a row, but few rows are longer than one line.
  for (const { record, info } of rows) yield { cells: record, line: first + info.lines - 1 };
}
