import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type CsvError, type Options, parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import { limits } from "../../limits.js";
import { lineInvalid } from "../errors.js";
import { requireNarrowRow } from "../formats/columns/narrow.js";
import type { LineBlock } from "../read/lines.js";
import { textColumnMissing } from "./errors.js";
import type { SourcedText, TextOptions } from "./sourcedText.js";

/**
 * Yields the texts in one column of a table whose first row names the columns. The delimiter of CSV is the one
 * that the first row has most of: a comma, a semicolon or a tab.
 *
 * @param start the beginning of the table
 */
export async function* tableTexts(
  blocks: AsyncIterable<LineBlock>,
  start: string,
  name: string,
  kind: "csv" | "tsv",
  { column, onNote }: Pick<TextOptions, "column" | "onNote">,
): AsyncGenerator<SourcedText, void, undefined> {
  const delimiter = kind === "tsv" ? "\t" : delimiterOf(start);
  let header: readonly string[] | undefined;
  let at = 0;
  for await (const { cells, line } of rowsOf(blocks, name, optionsFor(start, kind, delimiter))) {
    if (header === undefined) {
      header = distinct(cells.map((cell) => cell.trim()));
      at = columnIn(header, name, column, onNote);
      continue;
    }
    if (cells.length !== header.length)
      throw lineInvalid(
        name,
        line,
        `The row has ${cells.length} cells, but the header in line 1 has ${header.length}`,
        "Put cells that contain delimiters, quotes or line breaks in double quotes. If the file is no table, add --from text.",
      );
    const others = header.flatMap((key, index) => (index === at ? [] : [[key, cells[index]!] as const]));
    yield { text: cells[at]!, line, fields: Object.fromEntries(others) };
  }
}

/**
 * Returns the columns of a table besides that of the texts, as the fields of its records are called.
 *
 * @param header the row that names the columns
 */
export function otherColumns(
  header: string,
  start: string,
  name: string,
  kind: "csv" | "tsv",
  { column }: Pick<TextOptions, "column">,
): string[] {
  const rows = parseAtOnce(header, optionsFor(start, kind, kind === "tsv" ? "\t" : delimiterOf(start)));
  const names = distinct(((rows as string[][])[0] ?? []).map((cell) => cell.trim()));
  const at = columnIn(names, name, column, undefined);
  return names.filter((_, index) => index !== at);
}

/** Returns the place of the column with the texts, and says which one it is unless it is named `text`. */
function columnIn(
  header: readonly string[],
  name: string,
  column: TextOptions["column"],
  onNote: TextOptions["onNote"],
): number {
  const missing = () =>
    textColumnMissing({ file: name, line: 1, asked: column, what: "column", found: header });
  if (typeof column === "number") {
    if (header[column] === undefined) throw missing();
    onNote?.(`${name}: line 1 is read as the header; the texts are in column ${column}, ${header[column]}`);
    return column;
  }
  if (column !== undefined) {
    if (!header.includes(column)) throw missing();
    return header.indexOf(column);
  }
  const named = header.findIndex((each) => each.toLowerCase() === "text");
  if (named >= 0) return named;
  if (header.length > 1) throw missing();
  onNote?.(`${name}: line 1 is read as the header; the texts are in column ${header[0]}`);
  return 0;
}

/** Columns with the same name get a number, so that none is lost. */
function distinct(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

function delimiterOf(start: string): string {
  const header = start.split("\n", 1)[0]!.replace(/"[^"]*"/g, "");
  const countOf = (mark: string) => header.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => (countOf(mark) > countOf(best) ? mark : best));
}

/** Whether a cell of a table can be in quotes, and so have line breaks. */
export const hasQuotes = (start: string, kind: "csv" | "tsv"): boolean =>
  optionsFor(start, kind, kind === "tsv" ? "\t" : delimiterOf(start)).quote !== null;

/** Quotes around cells are part of CSV. In TSV they are only if the beginning of the file agrees with that. */
function optionsFor(start: string, kind: "csv" | "tsv", delimiter: string): Options {
  const options = {
    delimiter,
    relaxColumnCount: true,
    skipEmptyLines: true,
    maxRecordSize: limits.recordUnits,
  };
  if (kind === "csv") return options;
  try {
    parseAtOnce(start, options);
    return options;
  } catch {
    return { ...options, quote: null };
  }
}

interface Row {
  readonly cells: readonly string[];
  /** Line where the row begins. */
  readonly line: number;
}

async function* rowsOf(
  blocks: AsyncIterable<LineBlock>,
  name: string,
  options: Options,
): AsyncGenerator<Row, void, undefined> {
  // csv-parse counts a line break \r\n in a cell as two.
  let twice = 0;
  const onRecord = (cells: string[], { lines }: { lines: number }): Row => {
    twice += countOf("\r", cells);
    return { cells, line: lines - twice - countOf("\n", cells) };
  };
  // Its types have no records of another kind than rows.
  const parser = parse({ ...options, onRecord } as object as Options);
  const done = pipeline(Readable.from(textsIn(blocks, name, options.delimiter as string)), parser).catch(
    () => {},
  );
  try {
    yield* parser as AsyncIterable<Row>;
  } catch (error) {
    const { code, lines = 1, message } = error as CsvError & { lines?: number };
    if (!String(code).startsWith("CSV_")) throw error;
    throw lineInvalid(
      name,
      lines - twice,
      `Invalid CSV: ${message.slice(0, 200)}`,
      "Put cells that contain quotes or delimiters in double quotes, and double the quotes inside. If the file is no table, add --from text.",
    );
  } finally {
    parser.destroy();
    await done;
  }
}

async function* textsIn(
  blocks: AsyncIterable<LineBlock>,
  name: string,
  delimiter: string,
): AsyncGenerator<string> {
  for await (const { text, lines, line } of blocks) {
    let number = line;
    for (const each of lines) requireNarrowRow(each, name, number++, delimiter);
    yield text;
  }
}

const countOf = (character: string, cells: readonly string[]): number =>
  cells.reduce((count, cell) => count + cell.split(character).length - 1, 0);
