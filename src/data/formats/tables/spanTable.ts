import { jsonShape } from "../../errors.js";
import type { ClassLabels } from "../../labels/classLabels.js";
import type { LeftOut } from "../../read/leftOut.js";
import { spanLabelNumber } from "../errors.js";
import type { FormatOptions, TextsContent } from "../format.js";
import { isRecord } from "../json/jsonRecords.js";
import { nameOfSpans } from "../json/spanKey.js";
import { mayBeSpan, spansOf } from "../json/textRecord.js";
import { candidateOf, textsOf } from "../json/textRecords.js";
import { OTHER_WORDS, WORDS } from "../tagKeys.js";
import type { TableShape } from "./table.js";

/**
 * Tables with one row for each text: a column of texts, and one with a list of spans, `{start, end, label}`, or with
 * lists of their starts, ends and labels, as `datasets` stores a sequence of them.
 */

type Row = Readonly<Record<string, unknown>>;

const REMEDY = "Each row needs a text and a list of spans with start, end and label.";

/** True for a table that has texts and lists that may be spans, and no words. */
export const mayHaveSpans = (
  { lists, otherLists, structs, texts }: TableShape,
  { tokenColumn, tagColumn }: FormatOptions,
): boolean =>
  tokenColumn === undefined &&
  tagColumn === undefined &&
  texts.size > 0 &&
  otherLists.size + structs.size > 0 &&
  ![...WORDS, ...OTHER_WORDS].some((name) => lists.has(name));

/** Returns the columns to read of such a table. */
export const spanTableColumns = ({ names, texts, otherLists, structs }: TableShape): string[] =>
  names.filter((name) => [texts, otherLists, structs].some((columns) => columns.has(name)) || name === "id");

/**
 * Returns the texts of a table.
 *
 * @param labels names of labels that are numbers, by the column of the spans
 * @param unread names of the columns that are not in the rows
 */
export function spanTable(
  rows: readonly Row[],
  labels: ClassLabels,
  file: string,
  options: FormatOptions,
  { names: unread, leftOut }: { readonly names: readonly string[]; readonly leftOut: LeftOut },
): TextsContent {
  const records = rows.map(plainRow);
  const key = nameOfSpans(
    listsOf(records),
    (list) => list.some(mayBeSpan),
    (line, first, second) => jsonShape(file, line, `Both ${first} and ${second} have spans`, REMEDY),
  );
  if (key === undefined) throw jsonShape(file, 1, "It is not clear which column has the spans", REMEDY);
  const names = labels.get(key) ?? options.labels;
  const nameOf = (number: number, line: number): string => {
    const name = names?.[number];
    if (name === undefined)
      throw spanLabelNumber(
        file,
        line,
        number,
        "Give the names of the labels in the order of their numbers, from 0: --labels PER,LOC.",
      );
    return name;
  };
  return textsOf(file, options, leftOut, {
    textKeys: ["text"],
    usual: "code-points",
    remedy: REMEDY,
    *records(counts) {
      for (const name of unread) counts?.field(name, records.length);
      for (const [index, value] of records.entries()) {
        const line = index + 1;
        if (value[key] === null || value[key] === undefined) counts?.record("without spans");
        else
          yield candidateOf(
            { value, line },
            spansOf(value[key], key, file, line, { remedy: REMEDY, nameOf }),
            [key],
          );
      }
    },
  });
}

function* listsOf(records: readonly Row[]) {
  for (const [index, record] of records.entries())
    for (const [name, list] of Object.entries(record))
      if (Array.isArray(list)) yield { name, list: list as readonly unknown[], line: index + 1 };
}

const plainRow = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asList(plain(value))]));

/** Integers of 64 bits are read as bigint. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** Turns an object of equally long lists into a list of objects. */
function asList(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const columns = Object.entries(value);
  const [first] = columns;
  if (first === undefined || !columns.every(([, list]) => Array.isArray(list))) return value;
  return (first[1] as readonly unknown[]).map((_, at) =>
    Object.fromEntries(columns.map(([key, list]) => [key, (list as readonly unknown[])[at]])),
  );
}
