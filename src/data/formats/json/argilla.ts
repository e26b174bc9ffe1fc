import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { codePointCounter } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonArray } from "../writing.js";
import { type Answer, answersOf, isSpanList, questionsOf } from "./argillaAnswers.js";
import { isRecord, type JsonRecord, jsonRecords } from "./jsonRecords.js";
import { type NamedList, nameOfSpans } from "./spanKey.js";
import { anyId, recordId, spansOf } from "./textRecord.js";
import { candidateOf, type TextRecord, textsOf } from "./textRecords.js";

type Json = Readonly<Record<string, unknown>>;

const REMEDY =
  "Export the records of a span question with Argilla's to_json, or of a token classification dataset of version 1.";

/**
 * Argilla's records. Version 2: `{"fields": {"text": "…"}, "responses": {"spans": [{"value": […]}]}}`, the
 * same flattened (`spans.responses`), and the lists of responses of its feedback datasets; a submitted
 * response counts, of several the first. Version 1: `{"text": "…", "annotation": […], "status": "Validated"}`;
 * validated records count. Records with only suggestions, predictions, drafts or discarded responses are left
 * out. Offsets count code points.
 *
 * https://docs.argilla.io/latest/how_to_guides/import_export/
 */
export const argilla: TextsFormat = {
  name: "argilla",
  title: "Argilla records, JSON",
  extensions: [".json", ".jsonl"],
  holds: { shape: "texts", overlaps: true, gaps: false, ids: anyId },
  detect: ({ first, record }) => "[{".includes(first) && record !== undefined && isArgillas(record),
  read: ({ lines, file }, options, leftOut) => {
    let question: { readonly name: string | undefined } | undefined;
    return textsOf(file, options, leftOut, {
      textKeys: ["text"],
      usual: "code-points",
      remedy: REMEDY,
      *records(counts) {
        question ??= { name: questionIn(lines, file) };
        for (const record of jsonRecords(lines, file, REMEDY)) {
          const read = Object.hasOwn(record.value, "annotation")
            ? versionOne(record, file, counts)
            : versionTwo(record, question.name, file, counts);
          if (read !== undefined) yield read;
        }
      },
    });
  },
  write: (documents) =>
    jsonArray(documents, (document) => {
      const place = codePointCounter(document.text);
      const value = document.spans.map(({ type, start, end }) => ({
        start: place(start),
        end: place(end),
        label: type,
      }));
      return {
        ...recordId(document),
        fields: { text: document.text },
        metadata: {},
        suggestions: {},
        responses: { spans: [{ value, status: "submitted" }] },
      };
    }),
};

const isArgillas = (record: Json): boolean =>
  (isRecord(record.fields) && (record.responses !== undefined || record.suggestions !== undefined)) ||
  Object.keys(record).some((key) => /\.(responses|suggestion)$/.test(key)) ||
  (Object.hasOwn(record, "annotation") &&
    ["prediction", "status", "annotation_agent"].some((key) => Object.hasOwn(record, key)));

/** A record of a token classification dataset. Its spans may be lists with the label first. */
function versionOne({ value, line }: JsonRecord, file: string, leftOut?: LeftOut): TextRecord | undefined {
  const { annotation, status, prediction } = value;
  const hasPrediction = Array.isArray(prediction) && prediction.length > 0;
  const reason =
    status === "Discarded"
      ? "discarded"
      : annotation === null || annotation === undefined
        ? hasPrediction
          ? "with predictions only"
          : "without annotation"
        : status === undefined || status === "Validated"
          ? undefined
          : "not validated";
  if (reason !== undefined) {
    leftOut?.record(reason);
    return undefined;
  }
  const list = !Array.isArray(annotation)
    ? annotation
    : annotation.map((span: unknown) =>
        Array.isArray(span) && typeof span[0] === "string" ? [span[1], span[2], span[0]] : span,
      );
  const spans = spansOf(list, "annotation", file, line, { remedy: REMEDY });
  return candidateOf({ value, line }, spans, ["annotation", "status"]);
}

function versionTwo(
  { value, line }: JsonRecord,
  question: string | undefined,
  file: string,
  leftOut?: LeftOut,
): TextRecord | undefined {
  const answers = question === undefined ? [] : answersOf(value, question);
  const [first, ...others] = answers.filter(({ status }) => status === undefined || status === "submitted");
  if (first === undefined) {
    leftOut?.record(value.status === "discarded" ? "discarded" : reasonAgainst(answers, value, question));
    return undefined;
  }
  leftOut?.part(
    "further response to a record (the first counts)",
    others.length,
    "further responses to records (the first counts)",
  );
  const spans = spansOf(first.value, question!, file, line, { remedy: REMEDY });
  const { fields, id } = value;
  const ofQuestion = Object.keys(value).filter((key) => /[.-]/.test(key) && key.startsWith(question!));
  const read = ["responses", "status", ...ofQuestion];
  if (!isRecord(fields)) return candidateOf({ value, line }, spans, read);
  leftOut?.fieldsOf(value, ["id", "fields", ...read]);
  return candidateOf({ value: { ...fields, ...(id === undefined ? {} : { id }) }, line }, spans, []);
}

function reasonAgainst(answers: readonly Answer[], record: Json, question: string | undefined): string {
  for (const status of ["draft", "discarded"])
    if (answers.some((answer) => answer.status === status))
      return status === "draft" ? "with a draft only" : "discarded";
  const { suggestions } = record;
  const suggested =
    record[`${question}.suggestion`] ??
    record[`${question}-suggestion`] ??
    (Array.isArray(suggestions)
      ? suggestions[0]
      : isRecord(suggestions)
        ? Object.keys(suggestions)[0]
        : null);
  return suggested === null || suggested === undefined ? "without a response" : "with suggestions only";
}

/** Returns the question about spans: the one with spans in any record, or the only one with empty lists. */
const questionIn = (lines: Iterable<Line>, file: string): string | undefined =>
  nameOfSpans(answeredLists(lines, file), isSpanList, (line, first, second) =>
    jsonShape(file, line, `Both ${first} and ${second} have spans`, "Export one of the questions."),
  );

function* answeredLists(lines: Iterable<Line>, file: string): Generator<NamedList> {
  for (const { value, line } of jsonRecords(lines, file, REMEDY))
    for (const name of questionsOf(value))
      for (const { value: list } of answersOf(value, name))
        if (Array.isArray(list)) yield { name, list, line };
}
