import { counted } from "../../counted.js";
import { NeriumError } from "../../errors.js";
import { type Missing, missingText, namingText } from "../errors.js";

/** Errors of single formats. Those that several formats share are in the room's `errors.ts`. */

const at = (file: string, line: number): string => `${file}:${line}`;

/** A line of a column file has more or fewer columns than most lines of the file. */
export const columnsRagged = (file: string, line: number, found: number, usual: number, like: number) =>
  new NeriumError(
    "DATA_COLUMN_COUNT",
    `The line has ${counted(found, "column")}, but most lines have ${counted(usual, "column")}, such as line ${like}`,
    {
      where: at(file, line),
      remedy:
        "Every line needs the same number of columns. If words contain spaces, separate all columns with tabs.",
    },
  );

/** The column that should have the words has only numbers. */
export const wordsAreNumbers = (file: string, line: number, column: number) =>
  new NeriumError("DATA_TOKEN_COLUMN_MISSING", `Column ${column} has numbers, not words`, {
    where: at(file, line),
    remedy: `Give the column of the words, counted from 0: --token-column ${column + 1}.`,
  });

/** The last column has coreference, and no other column has tags of entities. */
export const entityColumnMissing = (file: string, line: number, column: number) =>
  new NeriumError(
    "DATA_TAG_COLUMN_MISSING",
    `No column has tags of entities; column ${column}, the last one, has coreference`,
    {
      where: at(file, line),
      remedy: "Give the column of the tags, counted from 0, with --tag-column, or another file.",
    },
  );

/** Nerium reads the format, but does not write it. */
export const readOnly = (name: string, writable: readonly string[]) =>
  new NeriumError("DATA_FORMAT_READ_ONLY", `The format ${name} is read but not written`, {
    remedy: `Add --to with one of ${writable.join(", ")}.`,
  });

const SHOWN = 8;

const listed = (names: readonly string[]): string =>
  names
    .slice(0, SHOWN)
    .map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name))
    .join(", ") + (names.length > SHOWN ? ", …" : "") || "none";

/** A CSV file has no column of words or tags with a usual name, or none with the requested name. */
export const csvColumnsMissing = (file: string, missing: readonly Missing[], header: readonly string[]) =>
  new NeriumError(
    "DATA_TABLE_COLUMN_MISSING",
    `The table has ${missingText("column", missing)}; its columns are: ${listed(header)}`,
    {
      where: at(file, 1),
      remedy: `${namingText("column", missing)}, or rename ${missing.length === 1 ? "it" : "them"}. If line 1 is not a header, add one: Sentence #,Word,Tag.`,
    },
  );

/** A CSV file with one word per row does not say where sentences end. */
export const sentenceColumnMissing = (file: string, header: readonly string[]) =>
  new NeriumError(
    "DATA_LINE_INVALID",
    `No column and no empty row says where a sentence ends; the columns are: ${listed(header)}`,
    {
      where: at(file, 1),
      remedy:
        'Add a column "Sentence #" with the number or name of each sentence, or an empty row after each sentence.',
    },
  );

/** A CSV file has texts where words should be, and no lists of tags. */
export const textsInTable = (file: string, line: number, column: string) =>
  new NeriumError("DATA_LINE_INVALID", `The column ${column} has texts, not words`, {
    where: at(file, line),
    remedy:
      'Write one word and its tag per row, or lists of words and tags. Texts with spans are read from JSON Lines: {"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}.',
  });

/** A cell of a CSV file should be a list, but cannot be read as one. */
export const listInvalid = (file: string, line: number, cell: string) =>
  new NeriumError(
    "DATA_LINE_INVALID",
    `The cell is not a complete list: ${JSON.stringify(cell.slice(0, 60))}`,
    {
      where: at(file, line),
      remedy: `Write lists as JSON: ["Anna", "lives"]. With pandas, use to_json(orient="records", lines=True) instead of to_csv.`,
    },
  );

/** The CSV export of Label Studio has regions as JSON in its cells. */
export const labelStudioCsv = (file: string) =>
  new NeriumError("DATA_FORMAT_UNSUPPORTED", "The file is a CSV export of Label Studio, which is not read", {
    where: file,
    remedy: "Export the project as JSON or JSON-MIN.",
  });

/** XML formats, and what the tools that write them can export instead. */
const XML: readonly (readonly [RegExp, string, string])[] = [
  [
    /<xmi:XMI|uima[/.]cas|\.xmi/,
    "UIMA CAS XMI",
    "Export from INCEpTION as UIMA CAS JSON, or as WebAnno TSV 3.",
  ],
  [/<collection>[\s\S]*<passage>|BioC\.dtd/, "BioC XML", "Use the PubTator files of the corpus."],
  [/apf\.v[\d.]+\.dtd|<source_file/, "ACE's APF XML", "Convert it to brat's standoff or to CoNLL columns."],
];

/** The file is XML. */
export const xmlUnsupported = (file: string, text: string) => {
  const [, name = "XML", remedy = "Convert it to CoNLL columns or JSON Lines, or export another format."] =
    XML.find(([pattern]) => pattern.test(text)) ?? [];
  return new NeriumError("DATA_FORMAT_UNSUPPORTED", `The file is ${name}, which is not read`, {
    where: file,
    remedy,
  });
};

/** A WebAnno TSV file has no layer of named entities and several others, or not the requested one. */
export const webAnnoLayerUnclear = (file: string, line: number, layers: readonly string[]) =>
  new NeriumError(
    "DATA_TAG_COLUMN_MISSING",
    `It is not clear which layer has the entities; the layers and features are: ${layers.join(", ") || "none"}`,
    { where: at(file, line), remedy: "Name a layer or a feature with --tag-column." },
  );

/** A stand-off file has no text beside it, or a text has no annotations. */
export const standoffMissing = (file: string, extension: string, pair: string) =>
  new NeriumError("DATA_COMPANION_MISSING", `The ${extension} file with the same name is missing`, {
    where: file,
    remedy: `Put the text (NAME.txt) and its annotations (${pair}) in the same folder.`,
  });

/** Lines end with a carriage return alone, as on old Macs, so the file is one line. */
export const lineEndsOld = (file: string, line: number) =>
  new NeriumError("DATA_LINE_INVALID", "The line contains carriage returns", {
    where: at(file, line),
    remedy: "Save the file with line feeds (LF, or CRLF) as line ends.",
  });

/** The data file has records, but none that counts as annotated. */
export const nothingCounts = (file: string, why: string) =>
  new NeriumError("DATA_NOTHING_COUNTS", `No record of the file counts as annotated: ${why}`, {
    where: file,
    remedy:
      "Finish or accept the annotations, and export again. To find entities in raw texts, use nerium predict.",
  });

/** A record has several strings, and nothing says which of them is the annotated text; or it has none. */
export const textUnclear = (file: string, line: number, keys: readonly string[], asked?: string) =>
  new NeriumError(
    "DATA_TEXT_UNCLEAR",
    asked === undefined
      ? `It is not clear which text is annotated; the strings of the record are: ${listed(keys)}`
      : `The record has no text under the key ${asked}; its strings are: ${listed(keys)}`,
    {
      where: `${file}:${line}`,
      remedy: `Name the key of the text: --text-key ${keys.find((key) => key !== asked) ?? "text"}.`,
    },
  );

/** A file has the annotations of a tool, while the texts are in other files. */
export const textElsewhere = (file: string, tool: string) =>
  new NeriumError("DATA_TEXT_ELSEWHERE", `The file has annotations of ${tool}, but not the texts`, {
    where: file,
    remedy:
      'Put each text and its annotations into one record: {"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}.',
  });

/** Regions of a Label Studio export are not places in a text. */
export const regionsUnsupported = (file: string, line: number, kind: "HyperText" | "Paragraphs") =>
  new NeriumError(
    "DATA_REGIONS_UNSUPPORTED",
    kind === "HyperText"
      ? "The regions are of HyperText: they are places in rendered HTML, not in a text"
      : "The regions are of Paragraphs: they are places in the turns of a dialogue, not in a text",
    {
      where: `${file}:${line}`,
      remedy:
        'Turn the data into plain text and annotate it with the tag Text, or write it as {"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}.',
    },
  );

/** The labels of spans are numbers without names. */
export const spanLabelNumber = (file: string, line: number, label: number, remedy: string) =>
  new NeriumError(
    "DATA_LABEL_NAMES_MISSING",
    `The label ${label} is a number, but the labels have no names`,
    {
      where: `${file}:${line}`,
      remedy,
    },
  );

/** A record has words without tags, and spans that may be places in a text or places of words. */
export const wordsAndSpans = (file: string, line: number, words: string, spans: string) =>
  new NeriumError(
    "DATA_WORD_SPANS_UNCLEAR",
    `The record has words (${words}) without tags, and spans (${spans}) that may be places in its text or places of words`,
    {
      where: `${file}:${line}`,
      remedy: `If they are places in the text, use --from spacy-entities for entities, --from spans for spans. Otherwise rename the keys to tokenized_text and ner, as GLiNER has them.`,
    },
  );

/** Nothing says whether the last word of a span is the one before its end, or the one at its end. */
export const wordSpansUnclear = (file: string, line: number, key: string) =>
  new NeriumError(
    "DATA_WORD_SPANS_UNCLEAR",
    `${key} has places of words, but nothing says whether the last word of a span is included`,
    {
      where: `${file}:${line}`,
      remedy:
        'If it is, write {"tokenized_text": […], "ner": [[first, last, type]]}. Otherwise write {"tokens": […], "entities": [{"start": 0, "end": 1, "type": "PER"}]}.',
    },
  );

/** A conversion would lose something, and `--strict` forbids that. */
export const conversionLoses = (output: string, what: string) =>
  new NeriumError("DATA_CONVERSION_LOSES", `The output would lose ${what}`, {
    where: output,
    remedy: "Choose another format with --to, or run again without --strict.",
  });
