import type { Sentence } from "../../../text/sentence.js";
import { columnCount, lengthsDiffer } from "../../errors.js";
import { tagNames } from "../../labels/tagNames.js";
import { Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { prefixedTag, usualSpelling } from "../../tags/spelling.js";
import { listInvalid } from "../errors.js";
import type { FormatOptions, ReadFormat } from "../format.js";
import { entityTags } from "./columnKinds.js";
import { TAG_NAMES, WORD_NAMES } from "./columnNames.js";
import { delimiterIn } from "./csv.js";
import { type CsvColumns, csvColumns, requireNoExport } from "./csvColumns.js";
import { delimiterOf, firstRows, namesIn, type Row, rowsOf } from "./csvRows.js";
import { listIn, looksLikeList } from "./listCell.js";
import { UnreadValues } from "./unreadColumns.js";

/** Names of the column of words, where a row is a sentence. */
const NAMES = [...WORD_NAMES, "sentence"];

/**
 * CSV with a sentence in each row: words and tags are lists in cells, as pandas (`['Anna', 'lives']`) or JSON
 * write them, or are separated by spaces.
 */
export const csvLists: ReadFormat = {
  name: "csv-lists",
  title: "CSV with one sentence per row, words and tags as lists",
  extensions: [".csv", ".tsv"],
  holds: { shape: "words" },
  detect({ extension, text }) {
    if (![".csv", ".tsv", ""].includes(extension)) return false;
    const [first = ""] = text.split(/\r?\n/, 1);
    const [header = [], ...rows] = firstRows(text, delimiterOf(first));
    const names = namesIn(header);
    const at = (usual: readonly string[]) =>
      names.indexOf(usual.find((name) => names.includes(name)) ?? "none");
    const [word, tag] = [at(NAMES), at(TAG_NAMES)];
    return (
      word >= 0 && rows.some((row) => (tag < 0 ? looksLikeList(row[word] ?? "") : isTagList(row[tag] ?? "")))
    );
  },
  read: ({ lines, file }, options, leftOut) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options, leftOut)),
  }),
};

/** True for a list of tags: `['B-PER', 'O']`, `[3, 0]` or `B-PER O`. */
const isTagList = (cell: string): boolean => {
  const tags = cell.trim().split(/\s+/);
  const isTag = (text: string) => text === "O" || prefixedTag(text, usualSpelling) !== undefined;
  return looksLikeList(cell) || (tags.length > 1 && tags.every(isTag));
};

/** @throws NeriumError DATA_COLUMN_COUNT, DATA_LINE_INVALID, DATA_LENGTHS_DIFFER, DATA_LABEL_NAMES_MISSING */
function* sentencesOf(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): Generator<Sentence> {
  const documents = new Documents(leftOut);
  let columns: CsvColumns | undefined;
  let unread: UnreadValues | undefined;
  const delimiter = options.delimiter ?? delimiterIn(lines);
  for (const { cells, line } of rowsOf(lines, file, delimiter)) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    if (columns === undefined) {
      requireNoExport(cells, undefined, file);
      columns = csvColumns(
        cells,
        file,
        options,
        (at) => hasTagLists(rowsOf(lines, file, delimiter), at),
        NAMES,
      );
      unread = new UnreadValues(columns.unread);
      continue;
    }
    const { count, word, tag, document } = columns;
    if (cells.length !== count) throw columnCount(file, line, cells.length, count, 1);
    const words = itemsOf(cells[word]!, file, line).map(String);
    const tags =
      tag < 0
        ? []
        : tagNames(itemsOf(cells[tag]!, file, line), "The list of tags", options.labels, file, line);
    if (tag >= 0 && tags.length !== words.length) throw lengthsDiffer(file, line, words.length, tags.length);
    if (document >= 0) documents.named(cells[document]);
    unread?.add(cells);
    if (words.length > 0) yield documents.sentence(words, tags, line);
  }
  unread?.tell(leftOut);
}

/** Number of rows that show whether a column has tags. */
const ROWS = 100;

function hasTagLists(rows: Iterable<Row>, at: number): boolean {
  const lists: string[][] = [];
  let isHeader = true;
  for (const { cells } of rows) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    const cell = cells[at] ?? "";
    if (!isHeader) lists.push((listIn(cell) ?? cell.trim().split(/\s+/)).map(String));
    isHeader = false;
    if (lists.length === ROWS) break;
  }
  return entityTags(lists) !== undefined;
}

function itemsOf(cell: string, file: string, line: number): readonly (string | number)[] {
  const list = looksLikeList(cell) ? listIn(cell) : cell.trim().split(/\s+/);
  if (list === undefined || list.includes("")) throw listInvalid(file, line, cell);
  return list;
}
