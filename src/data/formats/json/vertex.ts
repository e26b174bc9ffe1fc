import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { codePointCounter } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { isRecord, type JsonRecord, jsonRecords, kindOf } from "./jsonRecords.js";
import { candidateOf, type TextRecord, textsOf } from "./textRecords.js";

type Json = Readonly<Record<string, unknown>>;

const REMEDY =
  'Give each text as {"textContent": "…", "textSegmentAnnotations": [{"startOffset": 0, "endOffset": 3, "displayName": "PER"}]}.';

/**
 * Google's text extraction: Vertex AI's `{"textContent", "textSegmentAnnotations"}` and AutoML's
 * `{"text_snippet", "annotations"}`. Records without annotations are left out. Offsets count code points; as in
 * all JSON of protocol buffers, a 0 may be missing, and numbers may be strings.
 *
 * https://cloud.google.com/vertex-ai/docs/text-data/entity-extraction/prepare-data
 */
export const vertex: TextsFormat = {
  name: "vertex",
  title: "Google Vertex AI and AutoML, JSON Lines",
  extensions: [".jsonl", ".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ first, keys }) =>
    "[{".includes(first) &&
    ["textSegmentAnnotations", "textContent", "text_snippet", "textSnippet"].some((key) => keys.has(key)),
  read: ({ lines, file }, options, leftOut) =>
    textsOf(file, options, leftOut, {
      textKeys: ["textContent"],
      usual: "code-points",
      remedy: REMEDY,
      records: (counts) => recordsOf(lines, file, counts),
    }),
  *write(documents) {
    for (const { text, spans } of documents) {
      const place = codePointCounter(text);
      const textSegmentAnnotations = spans.map(({ type, start, end }) => ({
        startOffset: place(start),
        endOffset: place(end),
        displayName: type,
      }));
      yield { content: `${JSON.stringify({ textContent: text, textSegmentAnnotations })}\n` };
    }
  },
};

const LISTS = ["textSegmentAnnotations", "annotations"];

function* recordsOf(
  lines: Iterable<Line>,
  file: string,
  leftOut: LeftOut | undefined,
): Generator<TextRecord> {
  for (const { value, line } of jsonRecords(lines, file, REMEDY)) {
    const snippet = value.text_snippet ?? value.textSnippet;
    const textContent = isRecord(snippet) ? snippet.content : value.textContent;
    if (textContent === undefined)
      throw jsonShape(file, line, "The record has no text", `${REMEDY} Texts in other files are not read.`);
    const list = value.textSegmentAnnotations ?? value.annotations;
    if (list === undefined || list === null) {
      leftOut?.record("without annotation");
      continue;
    }
    leftOut?.fieldsOf(value, ["text_snippet", "textSnippet", "textContent", ...LISTS]);
    const record: JsonRecord = { value: { textContent }, line };
    if (!Array.isArray(list))
      throw jsonShape(file, line, `The annotations must be an array, not ${kindOf(list)}`, REMEDY);
    yield candidateOf(
      record,
      list.map((annotation: unknown, index) => spanOf(annotation, index, file, line)),
      [],
    );
  }
}

function spanOf(
  annotation: unknown,
  index: number,
  file: string,
  line: number,
): FiledDocument["spans"][number] {
  const own: Json = isRecord(annotation) ? annotation : {};
  const extraction = own.text_extraction ?? own.textExtraction;
  const inner = isRecord(extraction) ? (extraction.text_segment ?? extraction.textSegment) : own;
  const segment: Json = isRecord(inner) ? inner : {};
  const start = Number(segment.startOffset ?? segment.start_offset ?? 0);
  const end = Number(segment.endOffset ?? segment.end_offset);
  const type = own.displayName ?? own.display_name;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || typeof type !== "string" || type === "")
    throw jsonShape(file, line, `Annotation ${index} has no end or no displayName`, REMEDY);
  const { content } = segment;
  return { type, start, end, ...(typeof content === "string" ? { surface: content } : {}) };
}
