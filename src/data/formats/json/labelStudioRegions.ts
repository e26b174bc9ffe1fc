import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import { sameText } from "../../spans/slices.js";
import { regionsUnsupported } from "../errors.js";
import { isRecord } from "./jsonRecords.js";

type Json = Readonly<Record<string, unknown>>;
type FiledSpan = FiledDocument["spans"][number];

const REMEDY = "Label the entities with the tags Labels and Text of Label Studio.";

/** A span of a region. Those of HyperText may be places in rendered HTML. */
export interface RegionSpan extends FiledSpan {
  readonly hyperText?: true;
}

/**
 * Returns the spans of a result, one for each of its labels. Relations, choices and other results have none.
 *
 * @throws NeriumError DATA_JSON_SHAPE, DATA_REGIONS_UNSUPPORTED
 */
export function spansOfRegion(
  { type, value }: Json,
  file: string,
  line: number,
  leftOut: LeftOut | undefined,
): readonly RegionSpan[] {
  if (isRecord(value) && value.paragraphlabels !== undefined)
    throw regionsUnsupported(file, line, "Paragraphs");
  if (isRecord(value) && (value.labels ?? value.hypertextlabels) !== undefined)
    return spansOfValue(value, file, line, leftOut);
  if (isRecord(value) && (type === "labels" || type === "hypertextlabels"))
    leftOut?.part("region without a label", 1, "regions without a label");
  else if (type === "relation") leftOut?.part("relation");
  else leftOut?.part(`result of the type ${type}`, 1, `results of the type ${type}`);
  return [];
}

/** Like {@link spansOfRegion}, for the value of a labelled region. */
export function spansOfValue(
  value: Json,
  file: string,
  line: number,
  leftOut: LeftOut | undefined,
): readonly RegionSpan[] {
  const { text, globalOffsets } = value;
  const labels = value.labels ?? value.hypertextlabels;
  const isHyperText = typeof value.start === "string" && value.hypertextlabels !== undefined;
  if (isHyperText && !isRecord(globalOffsets)) throw regionsUnsupported(file, line, "HyperText");
  const { start, end } = isHyperText ? (globalOffsets as Json) : value;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end))
    throw jsonShape(file, line, "The start and end of a region must be whole numbers", REMEDY);
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string" && label !== ""))
    throw jsonShape(file, line, "The labels of a region must be a list of names", REMEDY);
  if (labels.length === 0) leftOut?.part("region without a label", 1, "regions without a label");
  return labels.map(
    (type: string): RegionSpan => ({
      type,
      start: start as number,
      end: end as number,
      ...(typeof text === "string" ? { surface: text } : {}),
      ...(isHyperText ? { hyperText: true } : {}),
    }),
  );
}

/**
 * Returns the spans of a text. Regions of HyperText are places in it if it has no HTML.
 *
 * @throws NeriumError DATA_REGIONS_UNSUPPORTED
 */
export const textSpans = (
  text: string,
  spans: readonly RegionSpan[],
  file: string,
  line: number,
): FiledDocument["spans"] =>
  spans.map(({ hyperText, ...span }) => {
    const isHere = span.surface !== undefined && sameText(text.slice(span.start, span.end), span.surface);
    if (hyperText && !isHere) throw regionsUnsupported(file, line, "HyperText");
    return span;
  });
