import { again } from "../../read/source.js";
import { codePointCounter, textsContent } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { type JsonRecord, jsonRecords } from "./jsonRecords.js";
import { recordId, textRecord } from "./textRecord.js";

const REMEDY = 'Write one {"text": "…", "label": [[0, 3, "PER"]]} per line, as doccano does.';

/**
 * doccano's JSONL: `{"id": 1, "text": "…", "label": [[0, 3, "PER"]]}`. Exports with relations have
 * `{"entities": [{"label", "start_offset", "end_offset"}]}` instead; the relations are skipped. Versions
 * before 1.7 call the text `data`. Offsets count code points.
 *
 * https://doccano.github.io/doccano/tutorial/
 */
export const doccano: TextsFormat = {
  name: "doccano",
  title: "doccano JSONL",
  extensions: [".jsonl", ".ndjson", ".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ first, keys }) =>
    "[{".includes(first) &&
    (keys.has("text") || keys.has("data")) &&
    !keys.has("tokens") &&
    (keys.has("start_offset") || ((keys.has("label") || keys.has("labels")) && !keys.has("start"))),
  read: ({ lines, file }, { offsets, onNote }) =>
    textsContent(
      again(function* () {
        for (const record of jsonRecords(lines, file, REMEDY)) {
          const { relations } = record.value;
          if (Array.isArray(relations) && relations.length > 0)
            onNote?.(`${file}:${record.line}: ignored relations between entities`);
          yield textRecord(withText(record), file, ["label", "labels", "entities"], REMEDY);
        }
      }),
      offsets,
      "code-points",
    ),
  *write(documents) {
    for (const document of documents) {
      const place = codePointCounter(document.text);
      const label = document.spans.map(({ type, start, end }) => [place(start), place(end), type]);
      yield { content: `${JSON.stringify({ ...recordId(document), text: document.text, label })}\n` };
    }
  },
};

const withText = ({ value, line }: JsonRecord): JsonRecord => ({
  value: value.text === undefined ? { ...value, text: value.data } : value,
  line,
});
