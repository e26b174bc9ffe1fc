import type { Sentence } from "../../../text/sentence.js";
import { cellEmpty, columnCount } from "../../errors.js";
import { Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { requireNarrow } from "./narrow.js";
import { namesDocument } from "./otherLines.js";
import { UnreadValues, unreadColumns } from "./unreadColumns.js";

/** Where words and tags are in a file of the CoNLL-U family. */
export interface ConlluColumns {
  readonly names: readonly string[];
  /** -1 if there is no column of numbers. */
  readonly id: number;
  readonly form: number;
  /** -1 if there are no tags. */
  readonly tag: number;
  /** Returns the tag that a cell of the column of tags gives. */
  tagOf(cell: string): string;
  /** Returns the names of what a cell has besides the tag. */
  othersIn?(cell: string): readonly string[];
}

/**
 * Yields the sentences of a file of the CoNLL-U family. Lines of multi-word tokens (`3-4`) and empty nodes
 * (`3.1`) are skipped and counted, and so are comments. `# newdoc` begins a document.
 *
 * @throws NeriumError DATA_COLUMN_COUNT, DATA_CELL_EMPTY
 */
export function* conlluSentences(
  lines: Iterable<Line>,
  file: string,
  columns: ConlluColumns,
  leftOut: LeftOut,
): Generator<Sentence> {
  const { names, id, form, tag: tagColumn, tagOf, othersIn } = columns;
  const unread = new UnreadValues(unreadColumns(names.length, names, [id, form, tagColumn]));
  const documents = new Documents(leftOut);
  let words: string[] = [];
  let tags: string[] = [];
  let start = 0;
  for (const { text, number } of lines) {
    if (text.trim() === "") {
      if (words.length > 0) yield documents.sentence(words, tags, start);
      words = [];
      tags = [];
    } else if (isComment(text, columns)) {
      if (/^#\s*newdoc\b/.test(text)) documents.startDocument(namesDocument(text));
      else leftOut.detail("comment line");
    } else {
      requireNarrow(text, file, number, "\t");
      const cells = text.split("\t");
      if (cells.length !== names.length) throw columnCount(file, number, cells.length, names.length, 1);
      if (id >= 0 && !/^\d+$/.test(cells[id]!)) {
        if (cells[id]!.includes("-"))
          leftOut.detail("line of a multi-word token (1-2)", 1, "lines of multi-word tokens (1-2)");
        else leftOut.detail("line of an empty node (1.1)", 1, "lines of empty nodes (1.1)");
        continue;
      }
      const word = cells[form]!;
      if (word === "") throw cellEmpty(file, number, "token");
      if (words.length === 0) start = number;
      words.push(word);
      unread.add(cells);
      for (const other of othersIn?.(cells[tagColumn]!) ?? []) leftOut.field(other);
      if (tagColumn < 0) continue;
      const tag = cells[tagColumn]!;
      if (tag === "") throw cellEmpty(file, number, "tag");
      tags.push(tagOf(tag));
    }
  }
  if (words.length > 0) yield documents.sentence(words, tags, start);
  unread.tell(leftOut);
}

/** If the first column is the ID, a line that begins with `#` cannot be a word. */
const isComment = (text: string, { id, names }: ConlluColumns): boolean =>
  text.startsWith("#") && (id === 0 || text.split("\t").length !== names.length);
