import { limits } from "../../../limits.js";
import { lineInvalid, sentenceTooLong } from "../../errors.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";

const GAP = /[ \t]+/;

/**
 * Throws if a line has too many columns: taken apart, it would take a hundred times its memory.
 *
 * @param delimiter what separates the columns; runs of spaces and tabs by default
 * @throws NeriumError DATA_LINE_INVALID
 */
export function requireNarrow(
  text: string,
  file: string,
  line: number,
  delimiter: string | RegExp = GAP,
): void {
  if (hasMore(text, limits.columns, delimiter)) throw tooManyColumns(file, line);
}

/** The same for a line of CSV, without what is in quotes: delimiters do not count there. */
export function requireNarrowRow(text: string, file: string, line: number, delimiter: string): void {
  if (text.length > limits.columns) requireNarrow(text.replace(/"[^"]*"/g, ""), file, line, delimiter);
}

/** Checks every line that is read as {@link requireNarrow} does. */
export const narrow = (lines: Iterable<Line>, file: string, delimiter?: string): Iterable<Line> =>
  again(function* () {
    for (const line of lines) {
      requireNarrow(line.text, file, line.number, delimiter);
      yield line;
    }
  });

/** The same for lines that are whole sentences. Throws DATA_SENTENCE_TOO_LONG. */
export const shortSentences = (lines: Iterable<Line>, file: string): Iterable<Line> =>
  again(function* () {
    for (const line of lines) {
      if (hasMore(line.text, limits.sentenceWords, GAP)) throw sentenceTooLong(file, line.number);
      yield line;
    }
  });

/** Only a line that is longer than this number is looked at: a column needs a character. */
const hasMore = (text: string, most: number, delimiter: string | RegExp): boolean =>
  text.length > most && text.split(delimiter, most + 1).length > most;

export const tooManyColumns = (file: string, line: number) =>
  lineInvalid(
    file,
    line,
    `The line has more than ${limits.columns.toLocaleString("en-US")} columns`,
    "Check that the file has line breaks, and that it is read in its own format and with its own delimiter.",
  );
