import type { Missing } from "../../errors.js";
import { DOCUMENT_FIELDS } from "../../read/documents.js";
import { csvColumnsMissing, labelStudioCsv } from "../errors.js";
import type { FormatOptions } from "../format.js";
import { tagKeyNote } from "../tagKeys.js";
import { isOtherName, TAG_NAMES, WORD_NAMES } from "./columnNames.js";
import { namesIn } from "./csvRows.js";
import { type UnreadColumn, unreadColumns } from "./unreadColumns.js";

export const SENTENCE_NAMES = [
  ...["sentence #", "sentence_id", "sentence id", "sent_id", "sentence_idx", "sentence_number", "sent_no"],
  "sentence",
];

/** Where a table has what; -1 if there is no such column. */
export interface CsvColumns {
  readonly count: number;
  readonly sentence: number;
  readonly word: number;
  readonly tag: number;
  readonly document: number;
  readonly unread: readonly UnreadColumn[];
}

/**
 * Finds the columns of a table by its header. Without a usual name, the tags are in the only column whose cells are tags of
 * entities; a note says so.
 *
 * @param hasTags says whether the cells of a column are tags of entities
 * @param words usual names of the column of words
 * @throws NeriumError DATA_TABLE_COLUMN_MISSING if there is no column of words, or none of tags but others that
 *   could be
 */
export function csvColumns(
  header: readonly string[],
  file: string,
  { tokenColumn, tagColumn, onNote }: FormatOptions,
  hasTags: (column: number) => boolean,
  words: readonly string[] = WORD_NAMES,
): CsvColumns {
  const names = namesIn(header);
  const find = (asked: number | string | undefined, usual: readonly string[]): number => {
    if (typeof asked === "number") return asked >= 0 && asked < header.length ? asked : -1;
    if (asked !== undefined)
      return header.includes(asked) ? header.indexOf(asked) : names.indexOf(asked.toLowerCase());
    const name = usual.find((each) => names.includes(each));
    return name === undefined ? -1 : names.indexOf(name);
  };
  const word = find(tokenColumn, words);
  const named = find(tagColumn, TAG_NAMES);
  const tried = (asked: number | string | undefined, usual: readonly string[]) =>
    asked === undefined ? usual.slice(0, 4) : [String(asked)];
  const missing: Missing[] = word < 0 ? [{ what: "words", tried: tried(tokenColumn, words) }] : [];
  const document = find(undefined, DOCUMENT_FIELDS);
  const sentence = names.indexOf(SENTENCE_NAMES.find((name) => names.includes(name)) ?? "no such column");
  const isOther = (name: string, at: number) =>
    at === word || at === sentence || at === document || isOtherName(name);
  const others = header.flatMap((_, at) => (at !== word && at !== sentence && at !== document ? [at] : []));
  const tagged = named < 0 && tagColumn === undefined && word >= 0 ? others.filter(hasTags) : [];
  const tag = tagged.length === 1 ? tagged[0]! : named;
  if (tag < 0 && (tagColumn !== undefined || (word >= 0 && !names.every(isOther))))
    missing.push({ what: "tags", tried: tried(tagColumn, TAG_NAMES) });
  if (missing.length > 0) throw csvColumnsMissing(file, missing, header);
  if (tag !== named) onNote?.(tagKeyNote(file, header[tag]!));
  return {
    count: header.length,
    sentence: sentence === word ? -1 : sentence,
    word,
    tag,
    document,
    unread: unreadColumns(header.length, header, [sentence, word, tag, document]),
  };
}

const EXPORT_NAMES = ["annotator", "annotation_id", "lead_time"];

/**
 * Refuses the CSV export of Label Studio, whose cells are JSON.
 *
 * @throws NeriumError DATA_FORMAT_UNSUPPORTED
 */
export function requireNoExport(
  header: readonly string[],
  row: readonly string[] | undefined,
  file: string,
): void {
  const isExport = namesIn(header).some((name) => EXPORT_NAMES.includes(name));
  const hasRegions = row?.some((cell) => /^\s*\[\s*\{[\s\S]*"(?:start|labels)"/.test(cell)) ?? false;
  if (hasRegions || (isExport && header.length > 2 && namesIn(header).includes("text")))
    throw labelStudioCsv(file);
}
