import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonArray } from "../writing.js";
import { isRecord, type JsonRecord, jsonRecords } from "./jsonRecords.js";
import { type RegionSpan, spansOfValue, textSpans } from "./labelStudioRegions.js";
import { type NamedList, nameOfSpans } from "./spanKey.js";
import { type Candidate, stringsOf, textKeyIn } from "./textKey.js";
import { anyId, idOf, recordId } from "./textRecord.js";

const REMEDY = "Export the project from Label Studio as JSON or JSON-MIN.";

/**
 * Label Studio's JSON-MIN export: `{"text": "…", "label": [{"start", "end", "text", "labels"}]}`. The key of
 * the spans is the name of the labelling tag. Records without this key were not annotated and are left out.
 * Offsets count UTF-16 units.
 *
 * https://labelstud.io/guide/export#JSON-MIN
 */
export const labelStudioMin: TextsFormat = {
  name: "label-studio-min",
  title: "Label Studio JSON-MIN",
  extensions: [".json"],
  holds: { shape: "texts", overlaps: true, gaps: false, ids: anyId },
  detect: ({ first, keys }) =>
    "[{".includes(first) &&
    !keys.has("data") &&
    ((keys.has("labels") && keys.has("start")) || (keys.has("annotation_id") && keys.has("lead_time"))),
  read({ lines, file }, { offsets, textKey }, leftOut) {
    let labelKey: { readonly name: string | undefined } | undefined;
    const records = (counts?: LeftOut) =>
      again(function* () {
        labelKey ??= { name: labelKeyOf(jsonRecords(lines, file, REMEDY), file) };
        for (const record of jsonRecords(lines, file, REMEDY)) {
          const read = recordOf(record, labelKey.name, file, counts);
          if (read !== undefined) yield read;
        }
      });
    const keyOf = textKeyIn(records(), file, textKey);
    return textsContent(
      file,
      again(function* () {
        for (const record of records(leftOut)) {
          const { value, strings, spans, line, id } = record;
          const key = keyOf(record);
          const text = strings[key]!;
          leftOut.fieldsOf(value, [key, labelKey?.name, "id", ...HOUSEKEEPING]);
          yield {
            text,
            spans: textSpans(text, spans, file, line),
            line,
            ...(id === undefined ? {} : { id }),
          };
        }
      }),
      offsets,
      "utf16",
    );
  },
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

/** Label Studio writes them into every record. They are never the annotated text. */
const HOUSEKEEPING = ["annotator", "annotation_id", "created_at", "updated_at", "lead_time"];

interface MinRecord extends Candidate {
  readonly id?: string;
  readonly value: JsonRecord["value"];
  readonly spans: readonly RegionSpan[];
}

const isRegion = (value: unknown): boolean =>
  isRecord(value) && value.start !== undefined && (value.labels ?? value.hypertextlabels) !== undefined;

/** Returns the key of the spans: the one with regions in any record, or the only one with empty lists. */
const labelKeyOf = (records: Iterable<JsonRecord>, file: string): string | undefined =>
  nameOfSpans(
    listsOf(records),
    (list) => list.some(isRegion),
    (line, first, second) =>
      jsonShape(file, line, `Both ${first} and ${second} are lists of regions`, "Remove one of them."),
  );

function* listsOf(records: Iterable<JsonRecord>): Generator<NamedList> {
  for (const { value, line } of records)
    for (const [name, list] of Object.entries(value)) if (Array.isArray(list)) yield { name, list, line };
}

/** Returns a record, or `undefined` if nobody annotated it. */
function recordOf(
  { value, line }: JsonRecord,
  labelKey: string | undefined,
  file: string,
  leftOut: LeftOut | undefined,
): MinRecord | undefined {
  const regions = labelKey === undefined ? undefined : value[labelKey];
  if (!Array.isArray(regions)) {
    leftOut?.record("without annotation");
    return undefined;
  }
  const strings = Object.entries(stringsOf(value)).filter(([key]) => !HOUSEKEEPING.includes(key));
  return {
    value,
    strings: Object.fromEntries(strings),
    spans: regions.filter(isRecord).flatMap((region) => spansOfValue(region, file, line, leftOut)),
    line,
    ...idOf(value),
  };
}
