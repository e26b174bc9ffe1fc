import { again } from "../../read/source.js";
import { codePointCounter, textsContent } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { jsonRecords } from "./jsonRecords.js";
import { recordId, textRecord } from "./textRecord.js";

/**
 * JSON Lines with one text per line, or an array of texts:
 * `{"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}`, as Prodigy and other tools write it.
 * Offsets count code points. Spans are written with their own text, so that readers can check the offsets.
 *
 * https://prodi.gy/docs/api-interfaces#ner
 */
export const spans: TextsFormat = {
  name: "spans",
  title: "JSON Lines with texts and spans (Prodigy)",
  extensions: [".jsonl", ".ndjson", ".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ first, keys }) => "[{".includes(first) && keys.has("text") && keys.has("spans"),
  read: ({ lines, file }, { offsets }) =>
    textsContent(
      again(function* () {
        for (const record of jsonRecords(lines, file)) yield textRecord(record, file, ["spans"]);
      }),
      offsets,
      "code-points",
    ),
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
