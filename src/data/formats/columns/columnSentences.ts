import { counted } from "../../../counted.js";
import { limits } from "../../../limits.js";
import type { Sentence } from "../../../text/sentence.js";
import { cellEmpty, lineInvalid, sentenceTooLong } from "../../errors.js";
import { Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import { type LineBlock, withoutReturn } from "../../read/lines.js";
import { columnsRagged } from "../errors.js";
import type { FormatOptions } from "../format.js";
import { bracketedTags } from "./bracketedTags.js";
import { isRangeOrEmptyNode } from "./columnKinds.js";
import type { ColumnLayout } from "./columnLayout.js";
import { requireNarrow } from "./narrow.js";
import {
  blank,
  documentStart,
  hash,
  keyAndValue,
  namesDocument,
  newDocument,
  type OtherLine,
  otherLine,
} from "./otherLines.js";
import { trimmed } from "./split.js";
import { UnreadValues } from "./unreadColumns.js";

/**
 * Yields the sentences of a column file.
 *
 * @throws NeriumError DATA_COLUMN_COUNT, DATA_CELL_EMPTY, DATA_LINE_INVALID, DATA_SENTENCE_TOO_LONG
 */
export function* columnSentences(
  blocks: Iterable<LineBlock>,
  file: string,
  layout: ColumnLayout,
  { onNote, tokenColumn, delimiter }: FormatOptions,
  leftOut: LeftOut,
): Generator<Sentence> {
  const { split, count, atLeast, word: wordColumn, tag: tagColumn, index, bracketed, prefix } = layout;
  const { sentence: countingColumn } = layout;
  const documents = new Documents(leftOut);
  const odd = new Oddities();
  const unread = new UnreadValues(layout.unread);
  let words: string[] = [];
  let tags: string[] = [];
  let numbers: number[] = [];
  let start = 0;
  let sentenceNumber: string | undefined;
  let ended = 0;
  let first: readonly string[] = [];
  const sentence = (): Sentence => {
    const own = bracketed ? bracketedTags(tags, { file, lines: numbers }) : { tags, nested: 0 };
    odd.add("nested", own.nested, start);
    leftOut.detail("nested entity", own.nested, "nested entities");
    if (words.length > LONG) odd.add("long", 1, start);
    if (ended++ === 0) first = words;
    const read = documents.sentence(words, own.tags, start);
    words = [];
    tags = [];
    numbers = [];
    return read;
  };
  // Blocks instead of lines: a generator and an object a line would cost a tenth of the time of reading.
  for (const block of blocks) {
    let number = block.line - 1;
    for (const line of block.lines) {
      const text = withoutReturn(line);
      number++;
      const startsDocument = documentStart(text);
      if (startsDocument || blank(text)) {
        if (words.length > 0) yield sentence();
        if (startsDocument) documents.startDocument(namesDocument(text));
        continue;
      }
      requireNarrow(text, file, number, delimiter);
      const cells = split(text);
      if (cells.length !== count && !(atLeast && cells.length > count)) {
        const other = otherLine(text);
        if (other === undefined) throw columnsRagged(file, number, cells.length, count, layout.line);
        if (other !== "comment" && words.length > 0) yield sentence();
        if (other === "document") documents.startDocument(namesDocument(text));
        if (other === "comment") leftOut.detail("comment line");
        continue;
      }
      if (countingColumn !== undefined && cells[countingColumn] !== sentenceNumber) {
        if (words.length > 0) yield sentence();
        sentenceNumber = cells[countingColumn];
      }
      if (words.length === 0) {
        if (number === layout.header?.line) continue;
        const other = MARKS.has(text[0]) ? otherAtBeginning(text, cells, layout) : undefined;
        if (other !== undefined) {
          if (other === "document") documents.startDocument(namesDocument(text));
          if (other === "comment") leftOut.detail("comment line");
          if (layout.guessesTags && !keyAndValue(text)) odd.add("comments", 1, number);
          continue;
        }
        if (documentStart(cells[wordColumn]!)) {
          documents.startDocument(namesDocument(text));
          continue;
        }
      }
      if (index !== undefined && !/^\d+$/.test(cells[index]!) && layout.numbersPlainly) {
        if (isRangeOrEmptyNode(cells[index]!)) {
          odd.add("ranges", 1, number);
          leftOut.detail(
            "line of several words or none (1-2, 1.1)",
            1,
            "lines of several words or none (1-2, 1.1)",
          );
          continue;
        }
        if (tokenColumn === undefined) throw notNumbered(file, number, index, cells[index]!, wordColumn);
      }
      const word =
        prefix !== "" && cells[wordColumn]!.startsWith(prefix)
          ? cells[wordColumn]!.slice(prefix.length)
          : cells[wordColumn]!;
      if (word === "") throw cellEmpty(file, number, "token");
      if (words.length === 0) start = number;
      if (words.length === limits.sentenceWords) throw sentenceTooLong(file, start);
      words.push(word);
      unread.add(cells);
      if (tagColumn === undefined) continue;
      const tag = trimmed(cells[tagColumn]!);
      if (tag === "") throw cellEmpty(file, number, "tag");
      tags.push(tag);
      if (bracketed) numbers.push(number);
    }
  }
  if (words.length > 0) yield sentence();
  if (ended === 1 && first.slice(0, -1).filter((word) => ENDS.has(word)).length >= 3)
    odd.add("whole", first.length, start);
  unread.tell(leftOut);
  for (const note of odd.notes(file)) onNote?.(note);
}

/** A sentence of more words is probably several, without what ends them. */
const LONG = 1000;

/** Words that end sentences. */
const ENDS = new Set([".", "!", "?", "。", "！", "？", "।", "؟"]);

/** What lines begin with that may have no word. */
const MARKS = new Set<string | undefined>(["#", "=", "-", "*", "_", "~", "<"]);

/** Returns what a line with as many cells as the words does before a sentence; `undefined` if it has a word. */
function otherAtBeginning(
  text: string,
  cells: readonly string[],
  { tag, isTag }: ColumnLayout,
): OtherLine | undefined {
  if (hash(text) && keyAndValue(text)) return newDocument(text) ? "document" : "comment";
  return tag === undefined || isTag(trimmed(cells[tag]!)) ? undefined : otherLine(text);
}

const notNumbered = (file: string, line: number, column: number, cell: string, words: number) =>
  lineInvalid(
    file,
    line,
    `Column ${column} numbers the words of other lines, but is ${JSON.stringify(cell.slice(0, 60))} here`,
    `Correct the line. If column ${column} does not number the words, use --token-column ${words} or another column.`,
  );

const WHAT = {
  nested: (count: number) => `${counted(count, "entity is", "entities are")} inside of others and not read`,
  long: (count: number) =>
    `${counted(count, "sentence has", "sentences have")} more than 1,000 words; an empty line must end each sentence`,
  whole: (count: number) =>
    `no empty line ends a sentence, so ${counted(count, "word is", "words are")} read as one; an empty line must end each sentence`,
  ranges: (count: number) =>
    `${counted(count, "line is", "lines are")} skipped that have the number of several words (1-2) or of none (1.1)`,
  comments: (count: number) =>
    `${counted(count, "line is read as a comment: its last cell is", "lines are read as comments: their last cells are")} not a tag of other lines`,
} as const;

/** Counts what a note tells, and where it is first. */
class Oddities {
  readonly #found = new Map<keyof typeof WHAT, { count: number; readonly line: number }>();

  add(what: keyof typeof WHAT, count: number, line: number): void {
    if (count === 0) return;
    const known = this.#found.get(what);
    if (known === undefined) this.#found.set(what, { count, line });
    else known.count += count;
  }

  *notes(file: string): Generator<string> {
    for (const [what, { count, line }] of this.#found)
      yield `${file}: ${WHAT[what](count)} (first at line ${line}).`;
  }
}
