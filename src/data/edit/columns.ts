import { columnLayout } from "../formats/columns/columnLayout.js";
import { columnSample } from "../formats/columns/columnSample.js";
import { csvLayout } from "../formats/columns/csv.js";
import { narrow } from "../formats/columns/narrow.js";
import { bytesSource } from "../read/source.js";
import type { Editor, WordsEdit } from "./editor.js";
import type { Splice } from "./splice.js";

/** Replaces cells of a CoNLL file. */
export const conllCells: Editor<WordsEdit, Splice[]> = ({ file, text, options, sentences, index, tags }) => {
  const { lines } = bytesSource({ [file]: Buffer.from(text) }, file);
  const sample = columnSample(narrow(lines, file, options.delimiter), options);
  const layout = sample && columnLayout(sample, file, options);
  if (layout?.tag === undefined || layout.bracketed) return undefined;
  const { split, word: wordColumn, tag: tagColumn, prefix } = layout;
  const { words, line } = sentences[index]!;
  const splices: Splice[] = [];
  let word = 0;
  for (let at = startOfLine(text, line); word < words.length && at < text.length; ) {
    const end = endOfLine(text, at);
    const own = text.slice(at, end).replace(/\r$/, "");
    const cells = split(own);
    const cell = cells[wordColumn];
    if (cell === words[word] || (prefix !== "" && cell === prefix + words[word])) {
      const tag = tags.get(word++);
      const begin = tag === undefined ? 0 : placeOfCell(own, cells, tagColumn);
      if (tag !== undefined) {
        const removed = cells[tagColumn]!;
        const spaces = removed.length - removed.trimStart().length;
        splices.push({ at: at + begin + spaces, removed: removed.trim(), inserted: tag });
      }
    }
    at = end + 1;
  }
  return word === words.length ? splices : undefined;
};

/** Where a cell is in its line. Cells are parts of it, in order. */
function placeOfCell(line: string, cells: readonly string[], column: number): number {
  let at = 0;
  for (const [index, cell] of cells.entries()) {
    at = line.indexOf(cell, at);
    if (index === column) return at;
    at += cell.length;
    // An empty cell is found where it is: before the next delimiter.
    if (cells[index + 1] === "") at++;
  }
  return at;
}

/** Replaces cells of a CSV file. */
export const csvCells: Editor<WordsEdit, Splice[]> = ({ file, text, options, sentences, index, tags }) => {
  const { lines } = bytesSource({ [file]: Buffer.from(text) }, file);
  const layout = csvLayout(lines, file, options);
  if (layout === undefined || layout.columns.tag < 0) return undefined;
  const { columns, delimiter } = layout;
  // Rows are counted, not lines: a cell may have line breaks.
  const words = sentences.slice(0, index + 1).flatMap((sentence) => sentence.words);
  const first = words.length - sentences[index]!.words.length;
  const splices: Splice[] = [];
  let word = 0;
  let isHeader = true;
  for (let at = startOfLine(text, 1); word < words.length && at < text.length; ) {
    const { cells, end } = rowAt(text, at, delimiter);
    at = end;
    if (isHeader) {
      isHeader = cells.length < columns.count;
      continue;
    }
    // Lines are read without their carriage returns.
    if (cells[columns.word]?.value.replaceAll("\r\n", "\n") !== words[word]) continue;
    const tag = tags.get(word - first);
    const cell = cells[columns.tag];
    if (tag !== undefined && cell !== undefined)
      splices.push({ at: cell.at, removed: cell.value, inserted: tag });
    word++;
  }
  return word === words.length ? splices : undefined;
};

interface Cell {
  /** Where the content begins, behind a quotation mark. */
  readonly at: number;
  readonly value: string;
}

/** The cells of the row that begins at a place, and where the next row begins. */
function rowAt(text: string, from: number, delimiter: string): { cells: Cell[]; end: number } {
  const cells: Cell[] = [];
  for (let at = from; ; ) {
    const isQuoted = text[at] === '"';
    let end = isQuoted ? at + 1 : at;
    if (isQuoted) {
      while (end < text.length && !(text[end] === '"' && text[end + 1] !== '"'))
        end += text[end] === '"' ? 2 : 1;
      cells.push({ at: at + 1, value: text.slice(at + 1, end).replaceAll('""', '"') });
      end++;
    }
    const begin = end;
    while (end < text.length && text[end] !== "\n" && !text.startsWith(delimiter, end)) end++;
    if (!isQuoted) cells.push({ at, value: text.slice(begin, end).replace(/\r$/, "") });
    if (!text.startsWith(delimiter, end) || end >= text.length) return { cells, end: end + 1 };
    at = end + delimiter.length;
  }
}

function startOfLine(text: string, line: number): number {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (let number = 1; number < line; number++) at = endOfLine(text, at) + 1;
  return at;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
