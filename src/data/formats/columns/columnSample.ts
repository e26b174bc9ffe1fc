import type { Line } from "../../read/lines.js";
import type { FormatOptions } from "../format.js";
import type { Column } from "./columnKinds.js";
import { columnNames } from "./columnNames.js";
import { blank, documentStart, hash, keyAndValue, otherLine } from "./otherLines.js";
import { atBareTabs, atSpaces, atTabs, type Split } from "./split.js";

/** How many lines are looked at to find out what the columns hold. */
const LINES = 8192;

/** The beginning of a column file, taken apart. */
export interface ColumnSample {
  readonly split: Split;
  /** Number of cells of most lines. */
  readonly count: number;
  /** The first line with that many cells. */
  readonly line: number;
  /** The line that names the columns, if there is one. */
  readonly header?: { readonly line: number; readonly cells: readonly string[] };
  /** Lines with words, as text. */
  readonly texts: readonly string[];
  /** Cells of lines that may be comments, although they have {@link count} cells. */
  readonly marked: readonly (readonly string[])[];
  /** Cells of lines that have {@link count} cells, by sentence. */
  readonly sentences: readonly (readonly (readonly string[])[])[];
}

/** Takes the beginning of a file apart. `undefined` if it has no words. */
export function columnSample(lines: Iterable<Line>, options: FormatOptions): ColumnSample | undefined {
  const { delimiter } = options;
  const { groups, comments } = linesWithWords(lines);
  const own = groups.length > 0 ? groups : comments.slice(0, 1).map((line) => [line]);
  const [first] = own[0] ?? [];
  if (first === undefined) return undefined;
  const split =
    delimiter === undefined ? splitOf(lines, own.flat()) : (text: string) => text.split(delimiter);
  const all = own.flat().map(({ text, number }) => ({ cells: split(text), number, text }));
  const header = columnNames(all[0]!.cells, options) === undefined ? undefined : all[0]!;
  const words = header === undefined ? all : all.slice(1);
  const { count, line } = mostCells(words.length === 0 ? all : words);
  const isHeader = header !== undefined && header.cells.length === count && words.length > 0;
  return {
    split,
    count,
    line,
    ...(isHeader ? { header: { line: header.number, cells: header.cells } } : {}),
    texts: all.map(({ text }) => text),
    marked: comments.map(({ text }) => split(text)).filter(({ length }) => length === count),
    sentences: own
      .map((group) =>
        group
          .filter(({ number }) => !(isHeader && number === header.number))
          .map(({ text }) => split(text))
          .filter(({ length }) => length === count),
      )
      .filter(({ length }) => length > 0),
  };
}

/** The cells of one column of the sample. */
export const columnOf = ({ sentences }: ColumnSample, index: number): Column =>
  sentences.map((sentence) => sentence.map((cells) => cells[index]!));

/** Returns the first lines that have words, sentence by sentence, and those that may have none. */
function linesWithWords(lines: Iterable<Line>): { readonly groups: Line[][]; readonly comments: Line[] } {
  const groups: Line[][] = [];
  const comments: Line[] = [];
  let group: Line[] = [];
  let seen = 0;
  for (const line of lines) {
    if (seen++ === LINES) break;
    const { text } = line;
    if (blank(text) || documentStart(text)) {
      if (group.length > 0) groups.push(group);
      group = [];
    } else if (keyAndValue(text)) continue;
    else if (otherLine(text) === undefined) group.push(line);
    else comments.push(line);
  }
  if (group.length > 0) groups.push(group);
  return { groups, comments };
}

/** Returns the most frequent number of cells; of equally frequent ones, the first. */
function mostCells(lines: readonly { readonly cells: readonly string[]; readonly number: number }[]) {
  const found = new Map<number, { count: number; lines: number; line: number }>();
  for (const { cells, number } of lines) {
    const known = found.get(cells.length);
    if (known === undefined) found.set(cells.length, { count: cells.length, lines: 1, line: number });
    else known.lines++;
  }
  const [most] = [...found.values()].sort((a, b) => b.lines - a.lines);
  return { ...most!, share: most!.lines / lines.length };
}

/**
 * Chooses how to split lines: at runs of spaces and tabs, or at single tabs if only these give as many cells in
 * each line. If both do, a `-DOCSTART-` line before the first word decides. If the file has tabs, this reads it up to
 * twice.
 */
function splitOf(lines: Iterable<Line>, words: readonly Line[]): Split {
  if (!words[0]!.text.includes("\t")) return atSpaces;
  const bare = mostOf(words, atBareTabs);
  if (beginsWithTabs(lines, words[0]!, bare.count) && isEven(lines, atBareTabs, bare.count)) return atTabs;
  const spaces = mostOf(words, atSpaces);
  if (isEven(lines, atSpaces, spaces.count)) return atSpaces;
  const tabs = mostOf(words, atTabs);
  if (isEven(lines, atTabs, tabs.count)) return atTabs;
  return tabs.count > 1 && tabs.share > spaces.share ? atTabs : atSpaces;
}

/** True if there is a `-DOCSTART-` line before the first word, with as many columns, separated by tabs only. */
function beginsWithTabs(lines: Iterable<Line>, first: Line, count: number): boolean {
  for (const { text, number } of lines) {
    if (number >= first.number) return false;
    if (documentStart(text)) return !text.includes(" ") && atTabs(text).length === count;
  }
  return false;
}

const mostOf = (words: readonly Line[], split: Split) =>
  mostCells(words.map(({ text, number }) => ({ cells: split(text), number })));

function isEven(lines: Iterable<Line>, split: Split, count: number): boolean {
  for (const { text } of lines) {
    if (blank(text) || documentStart(text) || hash(text) || split(text).length === count) continue;
    if (otherLine(text) === undefined) return false;
  }
  return true;
}
