import { limits } from "../../../limits.js";
import { NO_TAG, type Sentence } from "../../../text/sentence.js";
import {
  jsonShape,
  lengthsDiffer,
  type Missing,
  tableColumnsMissing,
  tableUnreadable,
} from "../../errors.js";
import type { ClassLabels } from "../../labels/classLabels.js";
import { sortedTags } from "../../labels/labelList.js";
import { tagNames } from "../../labels/tagNames.js";
import { DOCUMENT_FIELDS, Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { FormatOptions } from "../format.js";
import { noTagsNote, OTHER_TAGS, OTHER_WORDS, TAGS, tagKeyNote, WORDS } from "../tagKeys.js";
import { severalDocuments } from "../writing.js";

/**
 * Tables with one row for each sentence, as `datasets` stores them: lists of words and tags, and optionally a
 * document.
 */

/** Names of the table columns that are read. */
export interface TableColumns {
  readonly words: string;
  readonly tags: string | undefined;
  readonly document: string | undefined;
}

/** The columns of a table. */
export interface TableShape {
  readonly names: readonly string[];
  /** Names of the columns whose values are lists of strings or integers. */
  readonly lists: ReadonlySet<string>;
  /** Names of the columns with other lists, such as spans. */
  readonly otherLists: ReadonlySet<string>;
  /** Names of the columns with an object for each row. */
  readonly structs: ReadonlySet<string>;
  /** Names of the columns with one string for each row. */
  readonly texts: ReadonlySet<string>;
  readonly labels: ClassLabels;
}

/** @throws NeriumError DATA_TABLE_COLUMN_MISSING */
export function tableColumns(
  { names, lists, otherLists, labels }: Omit<TableShape, "structs" | "texts">,
  file: string,
  { tokenColumn, tagColumn, onNote }: FormatOptions,
): TableColumns {
  const find = (asked: number | string | undefined, usual: readonly string[], others: readonly string[]) => {
    if (asked !== undefined)
      return typeof asked === "number" ? names[asked] : names.find((name) => name === asked);
    return (
      names.find((name) => usual.includes(name) && (name !== "labels" || lists.has(name))) ??
      others.find((name) => lists.has(name))
    );
  };
  const words = find(tokenColumn, WORDS, OTHER_WORDS);
  const tags = find(tagColumn, [...TAGS, "labels"], OTHER_TAGS) ?? onlyEntityLabels(labels, tagColumn);
  const missing: Missing[] = [];
  if (words === undefined)
    missing.push({ what: "words", tried: tokenColumn === undefined ? WORDS : [tokenColumn] });
  if (tags === undefined && tagColumn !== undefined) missing.push({ what: "tags", tried: [tagColumn] });
  if (words === undefined || missing.length > 0) throw tableColumnsMissing(file, missing, names);
  if (tokenColumn === undefined && !WORDS.includes(words))
    onNote?.(`${file}: the words are read from ${words}`);
  const candidates = [...lists].filter((name) => name !== words);
  if (tags === undefined && candidates.length > 0) onNote?.(noTagsNote(file, candidates));
  if (tags === undefined && otherLists.size > 0)
    onNote?.(
      `${file}: no tags are read. ${[...otherLists].join(", ")} may have entities, which are not read beside words; write the data as JSON Lines`,
    );
  if (tags !== undefined && tagColumn === undefined && ![...TAGS, "labels"].includes(tags))
    onNote?.(tagKeyNote(file, tags));
  return { words, tags, document: find(undefined, DOCUMENT_FIELDS, []) };
}

/** Returns the only column whose class labels are tags of entities. */
function onlyEntityLabels(labels: ClassLabels, asked: number | string | undefined): string | undefined {
  const [only, ...others] = [...labels].filter(
    ([name, names]) => names.includes("O") && !/pos|chunk/i.test(name),
  );
  return asked === undefined && others.length === 0 ? only?.[0] : undefined;
}

/** Returns the names of the columns that exist. */
export const namesOf = ({ words, tags, document }: TableColumns): string[] =>
  [words, tags, document].filter((name) => name !== undefined);

/**
 * Calls a library that reads a table, and turns any error into a NeriumError.
 *
 * @throws NeriumError DATA_TABLE_UNREADABLE
 */
export function attempted<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw tableUnreadable(file, cause);
  }
}

/**
 * Yields the rows of a table as sentences. The line of a sentence is the number of its row.
 *
 * @param labels names of integer tags, in order
 * @param unread the other columns, and the size of the file
 * @throws NeriumError DATA_JSON_SHAPE, DATA_LENGTHS_DIFFER, DATA_LABEL_NAMES_MISSING, DATA_LABEL_NUMBER
 */
export function* tableSentences(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  columns: TableColumns,
  labels: readonly string[] | undefined,
  file: string,
  unread: { readonly names: readonly string[]; readonly leftOut: LeftOut; readonly bytes: number },
): Generator<Sentence> {
  const documents = new Documents(unread.leftOut);
  // Words that a file repeats may be stored once, so a small file could stand for gigabytes.
  const most = limits.tableUnits + limits.tableUnitsPerByte * unread.bytes;
  let units = 0;
  let line = 0;
  for (const row of rows) {
    line++;
    const words = row[columns.words];
    if (!Array.isArray(words) || !words.every((word) => typeof word === "string" && word !== ""))
      throw jsonShape(file, line, `${columns.words} must be a list of words`, REMEDY);
    for (const word of words) units += word.length;
    if (units > most) throw tableUnreadable(file, new Error("its words are far longer than the file"));
    const tags =
      columns.tags === undefined ? [] : tagNames(row[columns.tags], columns.tags, labels, file, line);
    if (columns.tags !== undefined && tags.length !== words.length)
      throw lengthsDiffer(file, line, words.length, tags.length);
    if (columns.document !== undefined) documents.named(row[columns.document]);
    if (words.length > 0) yield documents.sentence(words, tags, line);
  }
  for (const name of unread.names) unread.leftOut.field(name, line);
}

const REMEDY = "Each row needs a list of words and a list with one tag for each word.";

/** The columns to write for sentences, and their description for `datasets`. */
export interface WrittenTable {
  readonly tokens: readonly (readonly string[])[];
  /** Numbers of the tags. `undefined` if the sentences have none. */
  readonly tags: readonly (readonly bigint[])[] | undefined;
  /** `undefined` if all sentences belong to one document. */
  readonly documents: readonly bigint[] | undefined;
  /** The metadata to write under `FEATURES`. */
  readonly features: string;
}

export function tableOf(sentences: readonly Sentence[]): WrittenTable {
  const tagged = sentences.some(({ tags }) => tags.length > 0);
  const several = severalDocuments(sentences);
  const labels = sortedTags(sentences);
  const ids = new Map([...labels.map((label, id) => [label, BigInt(id)] as const), [NO_TAG, BigInt(NO_TAG)]]);
  const list = (feature: object) => ({ feature, _type: "Sequence" });
  const features = {
    tokens: list({ dtype: "string", _type: "Value" }),
    ...(tagged ? { ner_tags: list({ names: labels, _type: "ClassLabel" }) } : {}),
    ...(several ? { document: { dtype: "int64", _type: "Value" } } : {}),
  };
  return {
    tokens: sentences.map(({ words }) => words),
    tags: tagged ? sentences.map(({ tags }) => tags.map((tag) => ids.get(tag)!)) : undefined,
    documents: several ? sentences.map(({ document }) => BigInt(document)) : undefined,
    features: JSON.stringify({ info: { features } }),
  };
}
