import { NO_TAG, type Sentence } from "../../../text/sentence.js";
import { toScheme } from "../../../text/tagSchemes.js";
import { jsonShape } from "../../errors.js";
import { Documents, isNumber } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import { again } from "../../read/source.js";
import type { WordsFormat } from "../format.js";
import { isRecord, type JsonRecord, jsonRecords, kindOf } from "../json/jsonRecords.js";
import { documentsOf, jsonArray } from "../writing.js";

const REMEDY = "Give a list of documents with paragraphs, sentences and tokens, as spaCy 2 trains on.";

/**
 * spaCy's JSON training format, which `spacy convert` reads: documents contain paragraphs, which contain
 * sentences, which contain tokens. Tags are under `ner`, in BILUO. Tokens without a tag, or with `-` for a
 * missing tag, do not count.
 *
 * https://spacy.io/api/data-formats#json-input
 */
export const spacy: WordsFormat = {
  name: "spacy",
  title: "spaCy JSON training format",
  extensions: [".json"],
  holds: { shape: "words" },
  detect: ({ first, keys }) => first === "[" && keys.has("paragraphs"),
  read: ({ lines, file }, _, leftOut) => ({
    shape: "words",
    sentences: again(function* () {
      const documents = new Documents(leftOut);
      for (const record of jsonRecords(lines, file, REMEDY)) {
        const { id } = record.value;
        documents.startDocument(id != null && !isNumber(id));
        leftOut.fieldsOf(record.value, ["id", "paragraphs"]);
        for (const { words, tags } of sentencesOf(record, file, leftOut))
          yield documents.sentence(words, tags, record.line);
      }
    }),
  }),
  write: (sentences) =>
    jsonArray(documentsOf(sentences), (document) => ({
      id: document[0]!.document,
      paragraphs: [{ sentences: document.map(writtenSentence) }],
    })),
};

function writtenSentence({ words, tags }: Sentence) {
  const ner = toScheme(tags, "IOB2", "BILOU");
  return {
    tokens: words.map((orth, id) => ({
      id,
      orth,
      ...(ner[id] === undefined ? {} : { ner: ner[id] === NO_TAG ? "-" : ner[id] }),
    })),
  };
}

type Tagged = Pick<Sentence, "words" | "tags">;

function* sentencesOf({ value, line }: JsonRecord, file: string, leftOut: LeftOut): Generator<Tagged> {
  const list = (owner: Readonly<Record<string, unknown>>, key: string) => {
    const items = owner[key];
    if (!Array.isArray(items))
      throw jsonShape(file, line, `${key} must be an array, not ${kindOf(items)}`, REMEDY);
    const wrong = items.findIndex((item) => !isRecord(item));
    if (wrong >= 0)
      throw jsonShape(file, line, `${key}[${wrong}] must be an object, not ${kindOf(items[wrong])}`, REMEDY);
    return items as Readonly<Record<string, unknown>>[];
  };
  for (const paragraph of list(value, "paragraphs")) {
    leftOut.fieldsOf(paragraph, ["id", "sentences"]);
    for (const sentence of list(paragraph, "sentences")) {
      leftOut.fieldsOf(sentence, ["id", "tokens"]);
      const tokens = list(sentence, "tokens");
      for (const token of tokens) leftOut.fieldsOf(token, ["id", "orth", "ner"]);
      const words = tokens.map(({ orth }, index) => {
        if (typeof orth === "string" && orth !== "") return orth;
        throw jsonShape(file, line, `tokens[${index}].orth is not a word`, REMEDY);
      });
      const tags = tokens.map(({ ner }, index) => {
        if (typeof ner === "string" && ner !== "" && ner !== "-") return ner;
        if (ner !== undefined && ner !== null && ner !== "" && ner !== "-")
          throw jsonShape(file, line, `tokens[${index}].ner must be a tag, not ${kindOf(ner)}`, REMEDY);
        return NO_TAG;
      });
      const tagged = tokens.some(({ ner }) => typeof ner === "string");
      if (words.length > 0) yield { words, tags: tagged ? tags : [] };
    }
  }
}
