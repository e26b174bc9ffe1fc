import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Source } from "../../read/source.js";
import { codePointCounter } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { isRecord, type JsonValue, jsonValues, kindOf } from "../json/jsonRecords.js";
import { anyId, recordId, spanListOf, spansOf } from "../json/textRecord.js";
import { candidateOf, type TextRecord, textsOf } from "../json/textRecords.js";
import { hasWords } from "../tagKeys.js";
import { jsonArray } from "../writing.js";

const REMEDY = 'Give a list of ["text", {"entities": [[0, 3, "PER"]]}].';

/**
 * Training examples as in spaCy's documentation: a list of `["text", {"entities": [[0, 3, "PER"]]}]` or of
 * `{"text": "…", "entities": […]}`, JSON Lines of either, or `{"classes": […], "annotations": [ … ]}` as
 * annotation tools for spaCy export it. Examples without `entities` are left out. Offsets count code points. spaCy's entities do not overlap.
 *
 * https://spacy.io/usage/training#training-data
 */
export const spacyEntities: TextsFormat = {
  name: "spacy-entities",
  title: "spaCy texts with entities, JSON",
  extensions: [".json", ".jsonl"],
  holds: { shape: "texts", overlaps: false, gaps: false, ids: anyId },
  detect: ({ first, keys, record }) =>
    "[{".includes(first) &&
    keys.has("entities") &&
    !keys.has("tokens") &&
    !hasWords(record) &&
    !keys.has("start_offset") &&
    !keys.has("paragraphs"),
  read: (source, options, leftOut) =>
    textsOf(source.file, options, leftOut, {
      textKeys: ["text"],
      usual: "code-points",
      remedy: REMEDY,
      *records(counts) {
        for (const example of examplesOf(source)) yield* exampleOf(example, source.file, counts);
      },
    }),
  write: (documents) =>
    jsonArray(documents, (document) => {
      const place = codePointCounter(document.text);
      const entities = document.spans.map(({ type, start, end }) => [place(start), place(end), type]);
      return [document.text, { entities, ...recordId(document) }];
    }),
};

function* examplesOf(source: Source): Generator<JsonValue> {
  for (const example of jsonValues(source.lines, source.file)) {
    const { value, line } = example;
    if (isRecord(value) && Array.isArray(value.annotations))
      for (const annotation of value.annotations) yield { value: annotation, line };
    else yield example;
  }
}

/** In the format of spaCy 1, entities are a plain list without a key. */
const recordOf = ([text, told]: readonly unknown[]) =>
  isRecord(told) ? { text, ...told } : { text, entities: told };

function* exampleOf(
  { value, line }: JsonValue,
  file: string,
  leftOut: LeftOut | undefined,
): Generator<TextRecord> {
  // Annotation tools write null for an empty line.
  if (value === null) return;
  const given = Array.isArray(value) ? recordOf(value) : value;
  if (!isRecord(given))
    throw jsonShape(file, line, `Expected a text with entities, found ${kindOf(value)}`, REMEDY);
  const record = { value: given, line };
  const found = spanListOf(record, ["entities"], file, REMEDY);
  if (found === undefined) return leftOut?.record("without entities");
  const spans = spansOf(found.list, found.key, file, line, { remedy: REMEDY });
  yield candidateOf(record, spans, [found.key]);
}
