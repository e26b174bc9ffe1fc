import { labelNumber } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { codePointCounter } from "../../spans/offsets.js";
import { spanLabelNumber } from "../errors.js";
import type { FormatOptions, TextsFormat } from "../format.js";
import { hasWords } from "../tagKeys.js";
import { jsonRecords } from "./jsonRecords.js";
import { anyId, recordId, type SpanReading, spanListOf, spansOf } from "./textRecord.js";
import { candidateOf, type TextRecord, textsOf } from "./textRecords.js";

const REMEDY = 'Write one {"text": "…", "label": [[0, 3, "PER"]]} per line, as doccano does.';
const NUMBERS =
  'Export "JSONL (Text label)" from doccano, or give the names of the labels in the order of their numbers, from 0: --labels PER,LOC.';

/** Keys that say whether a record counts, or whose parts are counted. */
const READ = ["annotation_approver", "is_confirmed", "relations"];

const SPANS = ["label", "labels", "entities", "annotations"];

/**
 * doccano's JSONL: `{"id": 1, "text": "…", "label": [[0, 3, "PER"]]}`. Exports with relations have
 * `{"entities": [{"label", "start_offset", "end_offset"}]}` instead, and those of the first versions
 * `{"annotations": [{"label", "start_offset", "end_offset"}]}`; the relations are skipped. Versions before 1.7
 * call the text `data`. If any record was approved (`annotation_approver`), the others are left out. Offsets
 * count code points.
 *
 * https://doccano.github.io/doccano/tutorial/
 */
export const doccano: TextsFormat = {
  name: "doccano",
  title: "doccano JSONL",
  extensions: [".jsonl", ".ndjson", ".json"],
  holds: { shape: "texts", overlaps: true, gaps: false, ids: anyId },
  detect: ({ first, keys, record }) =>
    "[{".includes(first) &&
    (keys.has("text") || keys.has("data")) &&
    !keys.has("tokens") &&
    !hasWords(record) &&
    (keys.has("start_offset") ||
      ((keys.has("label") || keys.has("labels")) && !keys.has("start")) ||
      (Array.isArray(record?.annotations) && !keys.has("classes") && !keys.has("entities"))),
  read({ lines, file }, options, leftOut) {
    const { onNote } = options;
    let usesApproval: boolean | undefined;
    return textsOf(file, options, leftOut, {
      textKeys: ["text", "data"],
      usual: "code-points",
      remedy: REMEDY,
      *records(counts) {
        usesApproval ??= approvals(lines, file);
        const reading = { remedy: REMEDY, nameOf: namesOf(file, options) };
        const unsure = yield* recordsOf(lines, file, usesApproval, reading, counts);
        if (unsure > 0)
          onNote?.(
            `${file}: no record was approved (annotation_approver is null in all), so all count; ${unsure} of them have no entities`,
          );
      },
    });
  },
  *write(documents) {
    for (const document of documents) {
      const place = codePointCounter(document.text);
      const label = document.spans.map(({ type, start, end }) => [place(start), place(end), type]);
      yield { content: `${JSON.stringify({ ...recordId(document), text: document.text, label })}\n` };
    }
  },
};

/** Returns the number of records without entities that may not have been annotated. */
function* recordsOf(
  lines: Iterable<Line>,
  file: string,
  usesApproval: boolean,
  reading: SpanReading,
  leftOut: LeftOut | undefined,
): Generator<TextRecord, number> {
  let unsure = 0;
  for (const record of jsonRecords(lines, file, REMEDY)) {
    const { annotation_approver: approver, relations, is_confirmed } = record.value;
    const found = spanListOf(record, SPANS, file, REMEDY);
    if (found === undefined) leftOut?.record("without annotation");
    else if (is_confirmed === false) leftOut?.record("not confirmed");
    else if (usesApproval && !isApproved(approver)) leftOut?.record("not approved");
    else {
      if (Array.isArray(relations)) leftOut?.part("relation", relations.length);
      const spans = spansOf(found.list, found.key, file, record.line, reading);
      if (approver === null && spans.length === 0) unsure++;
      yield candidateOf(record, spans, [found.key, ...READ]);
    }
  }
  return unsure;
}

const isApproved = (approver: unknown): boolean =>
  approver !== null && approver !== undefined && approver !== "" && approver !== false;

/** True if any record was approved. */
function approvals(lines: Iterable<Line>, file: string): boolean {
  for (const { value } of jsonRecords(lines, file, REMEDY)) {
    // Exports of a project have the same keys in all records.
    if (!Object.hasOwn(value, "annotation_approver")) return false;
    if (isApproved(value.annotation_approver)) return true;
  }
  return false;
}

/** Labels of tags, which a model has, are no names of entity types. */
const namesOf =
  (file: string, { labels }: FormatOptions) =>
  (number: number, line: number): string => {
    if (labels === undefined || labels.includes("O")) throw spanLabelNumber(file, line, number, NUMBERS);
    const name = labels[number];
    if (name === undefined) throw labelNumber(file, line, number, labels.length);
    return name;
  };
