import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { DOCUMENT_FIELDS, Documents } from "../documents.js";
import { jsonShape, lengthsDiffer, tableColumnMissing, tableUnreadable } from "../errors.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { isRecord } from "../jsonRecords.js";
import { labelsOf } from "../labelList.js";
import type { Sentence } from "../sentence.js";
import { again, type Source } from "../source.js";
import { tagNames } from "../tagNames.js";
import { checkPages } from "./parquetPages.js";
import { severalDocuments } from "./writing.js";

const WORDS = ["tokens", "words"];
const TAGS = ["ner_tags", "tags", "labels"];

/**
 * Parquet as the hub of Hugging Face keeps data sets: a row for each sentence, with lists `tokens` and `ner_tags`. Names of
 * integer tags (`ClassLabel`) stand in the file's metadata, where `datasets` puts them, and are written so. The whole
 * file is in memory. Without compression, or with Snappy.
 *
 * https://huggingface.co/docs/datasets/about_dataset_features
 */
export const parquet: WordsFormat = {
  name: "parquet",
  title: "Parquet, as data sets on the hub",
  extensions: [".parquet"],
  holds: { shape: "words" },
  detect: ({ extension, text }) => extension === ".parquet" || text.startsWith("PAR1"),
  async read(source, options) {
    const table = await tableOf(source, options);
    return { shape: "words", sentences: again(() => sentencesOf(table, source.file, options)) };
  },
  *write(sentences) {
    yield { content: new Uint8Array(written([...sentences])) };
  },
};

interface Table {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly words: string;
  readonly tags: string | undefined;
  readonly document: string | undefined;
  readonly names: readonly string[] | undefined;
}

async function tableOf(source: Source, { tokenColumn, tagColumn }: FormatOptions): Promise<Table> {
  const { file } = source;
  const bytes = source.bytes();
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  let metadata: FileMetaData;
  try {
    // Geometry is no matter here, and looking for it trusts the counts of the schema.
    metadata = parquetMetadata(buffer, { geoparquet: false });
    if (!metadata.schema.every(({ name }) => typeof name === "string"))
      throw new Error("a column has no name");
  } catch (cause) {
    throw tableUnreadable(file, cause);
  }
  const there = topColumns(metadata.schema);
  const find = (asked: number | string | undefined, usual: readonly string[]) =>
    typeof asked === "number"
      ? there[asked]
      : there.find((name) => (asked === undefined ? usual.includes(name) : name === asked));
  const [words, tags] = [find(tokenColumn, WORDS), find(tagColumn, TAGS)];
  if (words === undefined)
    throw tableColumnMissing(file, "words", tokenColumn === undefined ? WORDS : [String(tokenColumn)], there);
  if (tags === undefined && tagColumn !== undefined)
    throw tableColumnMissing(file, "tags", [String(tagColumn)], there);
  const document = find(undefined, DOCUMENT_FIELDS);
  const columns = [words, tags, document].filter((name) => name !== undefined);
  try {
    checkPages(buffer, metadata, columns);
    const rows = await parquetReadObjects({ file: buffer, metadata, columns });
    return { rows, words, tags, document, names: classLabels(metadata, tags) };
  } catch (cause) {
    throw tableUnreadable(file, cause);
  }
}

/** Names of the columns of a table, which are the children of the schema's root. */
function topColumns(schema: readonly SchemaElement[]): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at++]?.num_children ?? 0;
    for (let child = 0; child < children && at < schema.length; child++) skip();
  };
  while (at < schema.length) {
    names.push(schema[at]!.name);
    skip();
  }
  return names;
}

/** What `datasets` says about a column of integers: `{"info": {"features": {"ner_tags": {"feature": {"names": […]}}}}}`. */
function classLabels({ key_value_metadata: entries }: FileMetaData, column: string | undefined) {
  const text = entries?.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined || column === undefined) return undefined;
  let node: unknown;
  try {
    node = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const key of ["info", "features", column]) node = isRecord(node) ? node[key] : undefined;
  // Lists are `{"feature": …, "_type": "List"}`, older ones `[…]`.
  const inner = Array.isArray(node) ? node[0] : isRecord(node) ? node.feature : undefined;
  const names = isRecord(inner) ? inner.names : undefined;
  return Array.isArray(names) && names.every((name) => typeof name === "string")
    ? (names as string[])
    : undefined;
}

function* sentencesOf(table: Table, file: string, options: FormatOptions): Generator<Sentence> {
  const documents = new Documents();
  for (const [index, row] of table.rows.entries()) {
    const line = index + 1;
    const words = row[table.words];
    if (!Array.isArray(words) || !words.every((word) => typeof word === "string" && word !== ""))
      throw jsonShape(file, line, `${table.words} is no list of words`, REMEDY);
    const tags =
      table.tags === undefined
        ? []
        : tagNames(row[table.tags], table.tags, table.names ?? options.labels, file, line);
    if (table.tags !== undefined && tags.length !== words.length)
      throw lengthsDiffer(file, line, words.length, tags.length);
    if (table.document !== undefined) documents.named(row[table.document]);
    if (words.length > 0) yield documents.sentence(words, tags, line);
  }
}

const REMEDY = "Give each row a list of words and a list of as many tags.";

function written(sentences: readonly Sentence[]): ArrayBuffer {
  const tagged = sentences.some(({ tags }) => tags.length > 0);
  const several = severalDocuments(sentences);
  const labels = labelsOf(sentences);
  const ids = new Map(labels.map((label, id) => [label, id]));
  const list = (name: string, element: Omit<SchemaElement, "name">): SchemaElement[] => [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "OPTIONAL", ...element },
  ];
  const columns = [
    {
      data: sentences.map(({ words }) => [...words]),
      name: "tokens",
      schema: list("tokens", { type: "BYTE_ARRAY", converted_type: "UTF8" }),
      feature: { feature: { dtype: "string", _type: "Value" }, _type: "Sequence" },
    },
    ...(tagged
      ? [
          {
            data: sentences.map(({ tags }) => tags.map((tag) => BigInt(ids.get(tag)!))),
            name: "ner_tags",
            schema: list("ner_tags", { type: "INT64" }),
            feature: { feature: { names: labels, _type: "ClassLabel" }, _type: "Sequence" },
          },
        ]
      : []),
    ...(several
      ? [
          {
            data: sentences.map(({ document }) => BigInt(document)),
            name: "document",
            schema: [
              { name: "document", type: "INT64", repetition_type: "OPTIONAL" } satisfies SchemaElement,
            ],
            feature: { dtype: "int64", _type: "Value" },
          },
        ]
      : []),
  ];
  const features = Object.fromEntries(columns.map(({ name, feature }) => [name, feature]));
  return parquetWriteBuffer({
    columnData: columns.map(({ name, data }) => ({ name, data })),
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
    kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }],
    createdBy: "nerium",
  });
}
