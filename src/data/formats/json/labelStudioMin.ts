import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonArray } from "../writing.js";
import { isRecord, type JsonRecord, jsonRecords } from "./jsonRecords.js";
import { REMEDY, textIn, valueSpans } from "./labelStudio.js";
import { recordId } from "./textRecord.js";

/**
 * Label Studio's JSON-MIN export: `{"text": "…", "label": [{"start", "end", "text", "labels"}]}`. The key of
 * the spans is the name of the labelling tag. Offsets count UTF-16 units.
 *
 * https://labelstud.io/guide/export#JSON-MIN
 */
export const labelStudioMin: TextsFormat = {
  name: "label-studio-min",
  title: "Label Studio JSON-MIN",
  extensions: [".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ first, keys }) =>
    "[{".includes(first) && keys.has("labels") && keys.has("start") && !keys.has("data"),
  read: ({ lines, file }, { offsets }) =>
    textsContent(
      again(function* () {
        for (const record of jsonRecords(lines, file, REMEDY)) yield documentOf(record, file);
      }),
      offsets,
      "utf16",
    ),
  write: (documents) =>
    jsonArray(documents, (document) => ({
      ...recordId(document),
      text: document.text,
      label: document.spans.map(({ type, start, end }) => ({
        start,
        end,
        text: document.text.slice(start, end),
        labels: [type],
      })),
    })),
};

const isRegion = (value: unknown): boolean =>
  isRecord(value) && value.start !== undefined && value.labels !== undefined;

function documentOf({ value, line }: JsonRecord, file: string): FiledDocument {
  const { id } = value;
  const lists = Object.entries(value).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].some(isRegion),
  );
  if (lists.length > 1)
    throw jsonShape(file, line, `Both ${lists[0]![0]} and ${lists[1]![0]} are lists of regions`, REMEDY);
  const regions = lists[0]?.[1].filter(isRecord) ?? [];
  // These are strings too, but never the annotated text.
  const { annotator: _, created_at: __, updated_at: ___, ...data } = value;
  return {
    text: textIn(data, undefined, file, line),
    spans: regions.flatMap((region) => valueSpans(region, file, line)),
    line,
    ...(typeof id === "number" || typeof id === "string" ? { id: String(id) } : {}),
  };
}
