import { NO_TAG, type Sentence } from "../../../text/sentence.js";
import { jsonShape, lengthsDiffer, tableColumnMissing, tableUnreadable } from "../../errors.js";
import { sortedTags } from "../../labels/labelList.js";
import { tagNames } from "../../labels/tagNames.js";
import { DOCUMENT_FIELDS, Documents } from "../../read/documents.js";
import type { FormatOptions } from "../format.js";
import { severalDocuments } from "../writing.js";

/**
 * Tables with one row for each sentence, as `datasets` stores them: lists of words and tags, and optionally a
 * document.
 */

const WORDS = ["tokens", "words"];
const TAGS = ["ner_tags", "tags", "labels"];

/** Names of the table columns that are read. */
export interface TableColumns {
  readonly words: string;
  readonly tags: string | undefined;
  readonly document: string | undefined;
}

/**
 * @param there names of all columns of the table
 * @throws NeriumError DATA_TABLE_COLUMN_MISSING
 */
export function tableColumns(
  there: readonly string[],
  file: string,
  { tokenColumn, tagColumn }: FormatOptions,
): TableColumns {
  const find = (asked: number | string | undefined, usual: readonly string[]) =>
    typeof asked === "number"
      ? there[asked]
      : there.find((name) => (asked === undefined ? usual.includes(name) : name === asked));
  const [words, tags] = [find(tokenColumn, WORDS), find(tagColumn, TAGS)];
  if (words === undefined)
    throw tableColumnMissing(file, "words", tokenColumn === undefined ? WORDS : [String(tokenColumn)], there);
  if (tags === undefined && tagColumn !== undefined)
    throw tableColumnMissing(file, "tags", [String(tagColumn)], there);
  return { words, tags, document: find(undefined, DOCUMENT_FIELDS) };
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
 * @throws NeriumError DATA_JSON_SHAPE, DATA_LENGTHS_DIFFER, DATA_LABEL_NAMES_MISSING, DATA_LABEL_NUMBER
 */
export function* tableSentences(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  columns: TableColumns,
  labels: readonly string[] | undefined,
  file: string,
): Generator<Sentence> {
  const documents = new Documents();
  let line = 0;
  for (const row of rows) {
    line++;
    const words = row[columns.words];
    if (!Array.isArray(words) || !words.every((word) => typeof word === "string" && word !== ""))
      throw jsonShape(file, line, `${columns.words} must be a list of words`, REMEDY);
    const tags =
      columns.tags === undefined ? [] : tagNames(row[columns.tags], columns.tags, labels, file, line);
    if (columns.tags !== undefined && tags.length !== words.length)
      throw lengthsDiffer(file, line, words.length, tags.length);
    if (columns.document !== undefined) documents.named(row[columns.document]);
    if (words.length > 0) yield documents.sentence(words, tags, line);
  }
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
