import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { codePointCounter } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonArray } from "../writing.js";
import { jsonRecords } from "./jsonRecords.js";
import { anyId, recordId, spansOf } from "./textRecord.js";
import { candidateOf, type TextRecord, textsOf } from "./textRecords.js";

const REMEDY =
  'Give each text as {"document": "…", "tokens": [{"text": "…", "start": 0, "end": 3, "entityLabel": "PER"}]}, as UBIAI does.';

/**
 * UBIAI's JSON export: the text is under `document`, and its entities under `tokens`, each with `start`, `end`
 * and `entityLabel`. Relations are skipped. Records without `tokens` are left out. Offsets count code points.
 *
 * https://ubiai.gitbook.io/ubiai-documentation
 */
export const ubiai: TextsFormat = {
  name: "ubiai",
  title: "UBIAI JSON",
  extensions: [".json"],
  holds: { shape: "texts", overlaps: true, gaps: false, ids: anyId },
  detect: ({ first, keys, record }) =>
    "[{".includes(first) &&
    typeof record?.document === "string" &&
    (keys.has("entityLabel") || (Array.isArray(record.tokens) && Array.isArray(record.relations))),
  read: ({ lines, file }, options, leftOut) =>
    textsOf(file, options, leftOut, {
      textKeys: ["document"],
      usual: "code-points",
      remedy: REMEDY,
      records: (counts) => recordsOf(lines, file, counts),
    }),
  write: (documents) =>
    jsonArray(documents, (document) => {
      const { text, spans } = document;
      const place = codePointCounter(text);
      const tokens = spans.map(({ type, start, end }) => ({
        text: text.slice(start, end),
        start: place(start),
        end: place(end),
        entityLabel: type,
      }));
      return { ...recordId(document), document: text, tokens, relations: [] };
    }),
};

function* recordsOf(
  lines: Iterable<Line>,
  file: string,
  leftOut: LeftOut | undefined,
): Generator<TextRecord> {
  for (const record of jsonRecords(lines, file, REMEDY)) {
    const { tokens, relations } = record.value;
    if (tokens === undefined || tokens === null) {
      leftOut?.record("without annotation");
      continue;
    }
    if (Array.isArray(relations)) leftOut?.part("relation", relations.length);
    const spans = spansOf(tokens, "tokens", file, record.line, { remedy: REMEDY });
    yield candidateOf(record, spans, ["tokens", "relations"]);
  }
}
