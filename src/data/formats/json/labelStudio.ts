import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonArray } from "../writing.js";
import { isRecord, type JsonRecord, jsonRecords, kindOf } from "./jsonRecords.js";
import { type RegionSpan, spansOfRegion, textSpans } from "./labelStudioRegions.js";
import { type Candidate, stringsOf, textKeyIn } from "./textKey.js";
import { anyId, idOf, recordId } from "./textRecord.js";

type Json = Readonly<Record<string, unknown>>;

const REMEDY = "Export the project from Label Studio as JSON or JSON-MIN.";

/**
 * Label Studio's JSON export: tasks with `data` and `annotations[].result[].value`, which has `start`, `end`,
 * `text` and `labels`. Tasks that nobody annotated are left out: skipped ones (`was_cancelled`), and those
 * with only drafts or predictions. An empty result is a text without entities. Of several annotations of a
 * task, the one that is marked `ground_truth` counts, otherwise the first. Offsets count UTF-16 units, as
 * browsers do.
 *
 * https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks
 */
export const labelStudio: TextsFormat = {
  name: "label-studio",
  title: "Label Studio JSON",
  extensions: [".json"],
  holds: { shape: "texts", overlaps: true, gaps: false, ids: anyId },
  detect: ({ first, keys }) =>
    "[{".includes(first) &&
    keys.has("data") &&
    ["annotations", "completions", "predictions", "drafts"].some((key) => keys.has(key)),
  read({ lines, file }, { offsets, textKey }, leftOut) {
    const tasks = (counts?: LeftOut) =>
      again(function* () {
        for (const task of jsonRecords(lines, file, REMEDY)) {
          const read = taskOf(task, file, counts);
          if (read !== undefined) yield read;
        }
      });
    const keyOf = textKeyIn(tasks(), file, textKey);
    return textsContent(
      file,
      again(function* () {
        for (const task of tasks(leftOut)) yield documentOf(task, keyOf(task), file, leftOut);
      }),
      offsets,
      "utf16",
    );
  },
  write: (documents) =>
    jsonArray(documents, (document) => ({
      ...recordId(document),
      data: { text: document.text },
      annotations: [
        {
          result: document.spans.map(({ type, start, end }, index) => ({
            id: `span-${index}`,
            from_name: "label",
            to_name: "text",
            type: "labels",
            value: { start, end, text: document.text.slice(start, end), labels: [type] },
          })),
        },
      ],
    })),
};

interface Task extends Candidate {
  readonly id?: string;
  readonly data: Json;
  readonly spans: readonly RegionSpan[];
}

function documentOf(
  { data, strings, spans, line, id }: Task,
  textKey: string,
  file: string,
  leftOut: LeftOut,
): FiledDocument {
  const text = strings[textKey]!;
  for (const [key, value] of Object.entries(data)) if (value !== text) leftOut.field(`data.${key}`);
  return { text, spans: textSpans(text, spans, file, line), line, ...(id === undefined ? {} : { id }) };
}

/** Returns a task, or `undefined` if nobody annotated it. */
function taskOf({ value, line }: JsonRecord, file: string, leftOut: LeftOut | undefined): Task | undefined {
  const { data, meta } = value;
  if (!isRecord(data)) throw jsonShape(file, line, `data must be an object, not ${kindOf(data)}`, REMEDY);
  const annotation = countedAnnotation(value, file, line, leftOut);
  if (annotation === undefined) return undefined;
  leftOut?.fieldsOf({ meta }, []);
  const { result } = annotation;
  if (!Array.isArray(result))
    throw jsonShape(file, line, `result must be an array, not ${kindOf(result)}`, REMEDY);
  return {
    data,
    strings: stringsOf(data),
    spans: result.filter(isRecord).flatMap((region) => spansOfRegion(region, file, line, leftOut)),
    line,
    ...idOf(value),
  };
}

/** Returns the annotation of a task that counts: the one marked as ground truth, otherwise the first. */
export function annotationOf({ annotations, completions }: Json): Json | undefined {
  const all: unknown = annotations ?? completions ?? [];
  const counted = countedOf(Array.isArray(all) ? all.filter(isRecord) : []);
  return counted.find(({ ground_truth }) => ground_truth === true) ?? counted[0];
}

const countedOf = (all: readonly Json[]): readonly Json[] =>
  all.filter((annotation) => reasonAgainst(annotation) === undefined);

function countedAnnotation(
  task: Json,
  file: string,
  line: number,
  leftOut: LeftOut | undefined,
): Json | undefined {
  const { annotations, completions } = task;
  const all = annotations ?? completions ?? [];
  if (!Array.isArray(all) || !all.every(isRecord))
    throw jsonShape(file, line, `annotations must be an array of objects, not ${kindOf(all)}`, REMEDY);
  const counted = countedOf(all);
  const best = annotationOf(task);
  if (best === undefined) leftOut?.record(all.map(reasonAgainst).find(Boolean) ?? withoutAnnotation(task));
  else if (counted.length > 1)
    leftOut?.part(
      "further annotation of a task (ground truth counts, otherwise the first)",
      counted.length - 1,
      "further annotations of tasks (ground truth counts, otherwise the first)",
    );
  return best;
}

/** Returns why an annotation does not count. */
function reasonAgainst({ was_cancelled, skipped, reviews, result }: Json): string | undefined {
  if (was_cancelled === true || skipped === true) return "skipped";
  const review: unknown = Array.isArray(reviews) ? reviews.at(-1) : undefined;
  if (isRecord(review) && review.accepted === false) return "rejected in review";
  return result === undefined || result === null ? "without annotation" : undefined;
}

function withoutAnnotation({ drafts, predictions }: Json): string {
  if (Array.isArray(drafts) && drafts.length > 0) return "with a draft only";
  return Array.isArray(predictions) && predictions.length > 0
    ? "with predictions only"
    : "without annotation";
}
