import { Documents } from "./documents.js";
import { cellEmpty, columnCount, columnKind, tagColumnMissing, tokenColumnMissing } from "./errors.js";
import type { Line } from "./lines.js";
import type { Sentence } from "./sentence.js";

export interface ColumnOptions {
  /** Column of the words, from 0. Default 0. */
  readonly tokenColumn?: number | string;
  /** Column of the tags, from 0. Default: the last one; a file with one column has no tags. */
  readonly tagColumn?: number | string;
  /**
   * What stands between columns. Default: runs of spaces and tabs; where these give lines of different length and single
   * tabs do not, tabs.
   */
  readonly delimiter?: string;
}

/**
 * Reads CoNLL columns: a word and what is said of it on each line, sentences ended by blank lines.
 *
 * `-DOCSTART-` lines are no sentences and begin a document, as `# newdoc` does. A line that begins with `#` and a space
 * is a comment where it has another number of columns than the data, or where it stands before the first word of a
 * sentence and says `# key = value`; else `#` is a word, as in tweets. Only spaces, tabs and newlines separate: U+00A0
 * and U+0085 belong to words.
 *
 * @param lines gives the file's lines from the first on each call
 * @throws NeriumError DATA_COLUMN_COUNT, DATA_TAG_COLUMN_MISSING, DATA_TOKEN_COLUMN_MISSING, DATA_CELL_EMPTY, DATA_COLUMN_KIND
 */
export function columnSentences(
  lines: () => Iterable<Line>,
  file: string,
  options: ColumnOptions,
): readonly Sentence[] {
  const { delimiter } = options;
  if (delimiter !== undefined) return readLines(lines, file, options, (text) => text.split(delimiter));
  try {
    return readLines(lines, file, options, atSpaces);
  } catch (uneven) {
    if (!firstWordLine(lines())?.text.includes("\t")) throw uneven;
    try {
      return readLines(lines, file, options, (text) => text.split("\t"));
    } catch {
      throw uneven;
    }
  }
}

type Split = (text: string) => string[];

const isGap = (mark: string | undefined): boolean => mark === " " || mark === "\t";

/** Without spaces and tabs around it; `trim` would take characters of words too. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (isGap(text[start])) start++;
  while (end > start && isGap(text[end - 1])) end--;
  return text.slice(start, end);
}

const atSpaces: Split = (text) => trimmed(text).split(/[ \t]+/);

/** Nothing to see; files that were joined leave a byte order mark on a line of its own. */
const blank = (text: string): boolean => /^[ \t\ufeff]*$/.test(text);

const hash = (text: string): boolean => text === "#" || text.startsWith("# ") || text.startsWith("#\t");

const keyAndValue = (text: string): boolean => /^# [^ \t=]+ = /.test(text) || /^# newdoc\b/.test(text);

const documentStart = (text: string): boolean => text.startsWith("-DOCSTART-");

function readLines(
  lines: () => Iterable<Line>,
  file: string,
  options: ColumnOptions,
  split: Split,
): readonly Sentence[] {
  const first = firstWordLine(lines());
  if (first === undefined) return [];
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
  const endSentence = () => {
    if (words.length > 0) documents.add(words, tags, start);
    words = [];
    tags = [];
  };
  for (const { text, number } of lines()) {
    if (blank(text)) {
      endSentence();
      continue;
    }
    if (documentStart(text)) {
      endSentence();
      documents.startDocument();
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
  endSentence();
  return documents.sentences;
}

/** The line that says how many columns there are: the first that can be no comment; in a file of `#` alone, the first. */
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
