import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonArray } from "../writing.js";
import { isRecord, type JsonRecord, jsonRecords, kindOf } from "./jsonRecords.js";
import { recordId } from "./textRecord.js";

type Json = Readonly<Record<string, unknown>>;

export const REMEDY = "Export the project from Label Studio as JSON or JSON-MIN.";

/**
 * Label Studio's JSON export: tasks with `data` and `annotations[].result[].value`, which has `start`, `end`,
 * `text` and `labels`. If a task has several annotations that were not cancelled, the first one is used, and
 * a note says so. Relations and predictions are skipped. Offsets count UTF-16 units, as browsers do.
 *
 * https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks
 */
export const labelStudio: TextsFormat = {
  name: "label-studio",
  title: "Label Studio JSON",
  extensions: [".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ first, keys }) =>
    "[{".includes(first) && keys.has("data") && (keys.has("annotations") || keys.has("completions")),
  read: ({ lines, file }, { offsets, onNote }) =>
    textsContent(
      again(function* () {
        for (const task of jsonRecords(lines, file, REMEDY)) yield taskOf(task, file, onNote);
      }),
      offsets,
      "utf16",
    ),
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

function taskOf(
  { value, line }: JsonRecord,
  file: string,
  onNote: ((note: string) => void) | undefined,
): FiledDocument {
  const { data, id } = value;
  const place = `${file}:${line}`;
  if (!isRecord(data)) throw jsonShape(file, line, `data must be an object, not ${kindOf(data)}`, REMEDY);
  const results = resultsOf(value, file, line, () =>
    onNote?.(`${place}: the task has several annotations; only the first one is used`),
  );
  const other = results.filter((result) => labelsOf(result) === undefined);
  if (other.length > 0) onNote?.(`${place}: ignored ${other.length} results that are not labelled spans`);
  const labelled = results.filter((result) => labelsOf(result) !== undefined);
  return {
    text: textIn(data, labelled[0]?.to_name, file, line),
    spans: labelled.flatMap((result) => valueSpans(result.value as Json, file, line)),
    line,
    ...(typeof id === "number" || typeof id === "string" ? { id: String(id) } : {}),
  };
}

function resultsOf(
  { annotations, completions }: Json,
  file: string,
  line: number,
  several: () => void,
): Json[] {
  const all = annotations ?? completions ?? [];
  if (!Array.isArray(all))
    throw jsonShape(file, line, `annotations must be an array, not ${kindOf(all)}`, REMEDY);
  const valid = all.filter(isRecord).filter((annotation) => annotation.was_cancelled !== true);
  if (valid.length > 1) several();
  const result = valid[0]?.result ?? [];
  if (!Array.isArray(result))
    throw jsonShape(file, line, `result must be an array, not ${kindOf(result)}`, REMEDY);
  return result.filter(isRecord);
}

/** Returns the labels of a result. `undefined` for relations, choices and similar results. */
function labelsOf({ value }: Json): unknown {
  return isRecord(value) ? (value.labels ?? value.hypertextlabels) : undefined;
}

/** Returns the spans of a labelled region, one for each of its labels. */
export function valueSpans(value: Json, file: string, line: number): FiledDocument["spans"] {
  const { start, end, text } = value;
  const labels = value.labels ?? value.hypertextlabels;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end))
    throw jsonShape(file, line, "The start and end of a region must be whole numbers", REMEDY);
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string" && label !== ""))
    throw jsonShape(file, line, "The labels of a region must be a list of names", REMEDY);
  return labels.map((type: string) => ({
    type,
    start: start as number,
    end: end as number,
    ...(typeof text === "string" ? { surface: text } : {}),
  }));
}

/** Returns the text of a task: the one that its spans refer to, the one named `text`, or the only one. */
export function textIn(data: Json, name: unknown, file: string, line: number): string {
  const texts = Object.entries(data).filter(([, value]) => typeof value === "string");
  const found =
    texts.find(([key]) => key === name) ??
    texts.find(([key]) => key === "text") ??
    (texts.length === 1 ? texts[0] : undefined);
  if (found === undefined)
    throw jsonShape(file, line, "It is not clear which text is annotated: no field is named text", REMEDY);
  return found[1] as string;
}
