import { parse } from "csv-parse/sync";
import { limits } from "../../../limits.js";
import { lineInvalid } from "../../errors.js";
import type { Line } from "../../read/lines.js";
import { isOtherName, TAG_NAMES, WORD_NAMES } from "./columnNames.js";
import { requireNarrowRow, tooManyColumns } from "./narrow.js";

/** A row of a table. */
export interface Row {
  readonly cells: readonly string[];
  /** The last line of the row. */
  readonly line: number;
}

/** Lines to parse in one call, or UTF-16 units if the lines are long. */
const LINES = 4096;
const UNITS = limits.recordUnits / 32;

/**
 * Yields rows, parsing some thousand lines at a time. A row continues across line breaks inside quotes. An empty
 * line is a row with one empty cell.
 *
 * @throws NeriumError DATA_LINE_INVALID
 */
export function* rowsOf(lines: Iterable<Line>, file: string, delimiter: string): Generator<Row> {
  let texts: string[] = [];
  let first = 1;
  let quotes = 0;
  let units = 0;
  for (const { text, number } of lines) {
    if (texts.length === 0) first = number;
    requireNarrowRow(text, file, number, delimiter);
    texts.push(text);
    units += text.length;
    if (units > limits.recordUnits) throw rowTooLong(file, first);
    for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
    if ((texts.length < LINES && units < UNITS) || quotes % 2 === 1) continue;
    yield* parsedRows(texts, first, file, delimiter);
    texts = [];
    units = 0;
  }
  yield* parsedRows(texts, first, file, delimiter);
}

const QUOTES = "Put cells that contain quotes or commas in double quotes, and double the quotes inside.";

const rowTooLong = (file: string, line: number) =>
  lineInvalid(
    file,
    line,
    `The row is longer than ${limits.recordUnits.toLocaleString("en-US")} UTF-16 units`,
    `Perhaps a quotation mark is never closed. ${QUOTES}`,
  );

function* parsedRows(
  texts: readonly string[],
  first: number,
  file: string,
  delimiter: string,
): Generator<Row> {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(texts.join("\n"), { delimiter, info: true, relaxColumnCount: true }) as never;
  } catch (error) {
    const { lines = 1, message } = error as Error & { lines?: number };
    throw lineInvalid(file, first + lines - 1, `Invalid CSV: ${message.slice(0, 200)}`, QUOTES);
  }
  // This is the last line of a row, but few rows are longer than one line.
  for (const { record, info } of rows) {
    const line = first + info.lines - 1;
    if (record.length > limits.columns) throw tooManyColumns(file, line);
    yield { cells: record, line };
  }
}

const DELIMITERS = [",", ";", "\t", "|"];

/** Returns the delimiter that gives the first line the most known names of columns or, without any, the most cells. */
export function delimiterOf(header: string): string {
  let best = { delimiter: ",", known: 0, cells: 1 };
  for (const delimiter of DELIMITERS) {
    const names = namesIn(header.split(delimiter, limits.columns));
    const known = names.filter(isKnown).length;
    if (known > best.known || (known === best.known && known === 0 && names.length > best.cells))
      best = { delimiter, known, cells: names.length };
  }
  return best.delimiter;
}

const isKnown = (name: string): boolean =>
  WORD_NAMES.includes(name) || TAG_NAMES.includes(name) || (name !== "" && isOtherName(name));

/** Returns the names of a header in lower case, without quotes. */
export const namesIn = (header: readonly string[]): string[] =>
  header.map((name) => name.trim().replace(/^"|"$/g, "").trim().toLowerCase());

/** Returns the first rows of a table, as far as they can be parsed. */
export function firstRows(text: string, delimiter: string, count = 20): readonly (readonly string[])[] {
  try {
    return parse(text, { delimiter, relaxColumnCount: true, skipEmptyLines: true, to: count }) as never;
  } catch {
    return [];
  }
}
