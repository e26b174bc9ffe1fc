import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { codePointCounter } from "../../spans/offsets.js";
import type { FormatOptions, TextsFormat } from "../format.js";
import { hasWords } from "../tagKeys.js";
import { type JsonRecord, jsonRecords } from "./jsonRecords.js";
import { prodigyJudge } from "./prodigy.js";
import { anyId, isSpan, recordId, spanListOf, spansOf } from "./textRecord.js";
import { candidateOf, type TextRecord, textsOf } from "./textRecords.js";

const SPANS = ["spans", "ents", "mentions"];

/** Lists of other things that have places in a text. */
const UNITS = /token|word|sent|chunk|paragraph/i;

/** Keys of spans in other formats. */
const OTHERS = ["label", "labels", "entities", "annotations"];

/**
 * JSON Lines with one text per line, or an array of texts:
 * `{"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}`, as Prodigy and other tools write it.
 * Records without spans, and those that were not accepted in Prodigy, are left out; an empty list is a text
 * without entities. Offsets count code points. Spans are written with their own text, so that readers can
 * check the offsets.
 *
 * https://prodi.gy/docs/api-interfaces#ner
 */
export const spans: TextsFormat = {
  name: "spans",
  title: "JSON Lines with texts and spans (Prodigy)",
  extensions: [".jsonl", ".ndjson", ".json"],
  holds: { shape: "texts", overlaps: true, gaps: false, ids: anyId },
  detect: ({ first, keys, record }) =>
    "[{".includes(first) &&
    !hasWords(record) &&
    ((SPANS.some((key) => keys.has(key)) && (keys.has("text") || (keys.has("start") && keys.has("end")))) ||
      otherKey(record) !== undefined),
  read: ({ lines, file }, options, leftOut) =>
    textsOf(file, options, leftOut, {
      textKeys: ["text"],
      usual: "code-points",
      records: (counts) => recordsOf(lines, file, options, counts),
    }),
  *write(documents) {
    for (const document of documents) {
      const { text } = document;
      const place = codePointCounter(text);
      const written = document.spans.map(({ type, start, end }) => ({
        start: place(start),
        end: place(end),
        label: type,
        text: text.slice(start, end),
      }));
      yield { content: `${JSON.stringify({ ...recordId(document), text, spans: written })}\n` };
    }
  },
};

/** Returns the only key of a text whose value is a list of spans, if it is none of the usual ones. */
function otherKey(record: JsonRecord["value"] | undefined): string | undefined {
  if (typeof record?.text !== "string") return undefined;
  if ([...SPANS, ...OTHERS].some((key) => record[key] !== undefined)) return undefined;
  const keys = Object.keys(record).filter((key) => !UNITS.test(key) && isSpanList(record[key]));
  return keys.length === 1 ? keys[0] : undefined;
}

const isSpanList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isSpan);

function* recordsOf(
  lines: Iterable<Line>,
  file: string,
  { onNote }: FormatOptions,
  leftOut: LeftOut | undefined,
): Generator<TextRecord> {
  let answered: boolean | undefined;
  let keys: readonly string[] | undefined;
  const reasonAgainst = prodigyJudge(() => (answered ??= hasAnswers(lines, file)));
  for (const record of jsonRecords(lines, file)) {
    if (keys === undefined) {
      const other = otherKey(record.value);
      keys = other === undefined ? SPANS : [other];
      if (other !== undefined) onNote?.(`${file}: the spans are read from the key ${other}`);
    }
    const found = spanListOf(record, keys, file);
    const reason = found === undefined ? "without spans" : reasonAgainst(record.value);
    if (found === undefined || reason !== undefined) {
      leftOut?.record(reason!);
      continue;
    }
    const { relations } = record.value;
    if (Array.isArray(relations)) leftOut?.part("relation", relations.length);
    const spans = spansOf(found.list, found.key, file, record.line);
    yield candidateOf(record, spans, [found.key, "relations", "answer"]);
  }
}

function hasAnswers(lines: Iterable<Line>, file: string): boolean {
  for (const { value } of jsonRecords(lines, file))
    if (value.answer !== undefined && value.answer !== null) return true;
  return false;
}
