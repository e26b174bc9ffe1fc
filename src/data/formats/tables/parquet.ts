import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Sentence } from "../../../text/sentence.js";
import { tableUnreadable } from "../../errors.js";
import { type ClassLabels, classLabelsIn, FEATURES } from "../../labels/classLabels.js";
import type { LeftOut } from "../../read/leftOut.js";
import { again, type Source } from "../../read/source.js";
import type { Content, FormatOptions, WordsFormat } from "../format.js";
import { COMPRESSORS } from "./compression.js";
import { checkPages } from "./parquetPages.js";
import { mayHaveSpans, spanTable, spanTableColumns } from "./spanTable.js";
import { attempted, namesOf, type TableShape, tableColumns, tableOf, tableSentences } from "./table.js";
import { checkStruct } from "./thrift.js";

/**
 * Parquet as data sets on the Hugging Face hub have it: one row for each sentence, with lists `tokens` and
 * `ner_tags`, or one for each text, with spans: see `spanTable.ts`. The names of integer tags (`ClassLabel`) are in the file's metadata, where `datasets` keeps
 * them, and are written there too. The whole file is in memory. It may be uncompressed, or compressed with
 * Snappy, gzip or Zstandard.
 *
 * https://huggingface.co/docs/datasets/about_dataset_features
 */
export const parquet: WordsFormat = {
  name: "parquet",
  title: "Parquet, as on the Hugging Face hub",
  extensions: [".parquet"],
  holds: { shape: "words" },
  detect: ({ extension, text }) => extension === ".parquet" || text.startsWith("PAR1"),
  read: contentOf,
  *write(sentences) {
    yield { content: new Uint8Array(written([...sentences])) };
  },
};

async function contentOf(source: Source, options: FormatOptions, leftOut: LeftOut): Promise<Content> {
  const { file } = source;
  const bytes = source.bytes();
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = attempted(file, () => metadataOf(buffer));
  const shape = { ...topColumns(metadata.schema), labels: labelsIn(metadata) };
  const rowsWith = (wanted: string[]) =>
    attempted(file, () => {
      checkPages(buffer, metadata, wanted);
      return parquetReadObjects({ file: buffer, metadata, columns: wanted, compressors: COMPRESSORS });
    }).catch((cause: unknown) => {
      throw tableUnreadable(file, cause);
    });
  if (mayHaveSpans(shape, options)) {
    const wanted = spanTableColumns(shape);
    const names = shape.names.filter((name) => !wanted.includes(name));
    return spanTable(await rowsWith(wanted), shape.labels, file, options, { names, leftOut });
  }
  const columns = tableColumns(shape, file, options);
  const wanted = namesOf(columns);
  const rows = await rowsWith(wanted);
  const labels = (columns.tags === undefined ? undefined : shape.labels.get(columns.tags)) ?? options.labels;
  const unread = {
    names: shape.names.filter((name) => !wanted.includes(name)),
    leftOut,
    bytes: bytes.length,
  };
  return { shape: "words", sentences: again(() => tableSentences(rows, columns, labels, file, unread)) };
}

const TAIL = 8;

/**
 * Returns the metadata of a table, which is at the end of the file.
 *
 * @param buffer a file, or its last bytes
 * @throws Error with a message that says what is wrong
 */
export function metadataOf(buffer: ArrayBuffer): FileMetaData {
  const end = buffer.byteLength - TAIL;
  if (end >= 0) checkStruct(new Uint8Array(buffer, 0, end), end - new DataView(buffer).getUint32(end, true));
  // Geometry columns are not needed, and looking for them does not check the counts of the schema.
  const metadata = parquetMetadata(buffer, { geoparquet: false });
  if (!metadata.schema.every(({ name }) => typeof name === "string")) throw new Error("a column has no name");
  return metadata;
}

/** Returns the table's columns, which are the children of the schema's root. */
function topColumns(schema: readonly SchemaElement[]): Omit<TableShape, "labels"> {
  const names: string[] = [];
  const lists = new Set<string>();
  const otherLists = new Set<string>();
  const structs = new Set<string>();
  const texts = new Set<string>();
  let at = 1;
  /** Returns the element itself, or the first two leaves in it. */
  const leaves = (): readonly SchemaElement[] => {
    const element = schema[at++]!;
    const children = element.num_children ?? 0;
    let found: readonly SchemaElement[] = [];
    for (let child = 0; child < children && at < schema.length; child++)
      found = [...found, ...leaves()].slice(0, 2);
    return children === 0 ? [element] : found;
  };
  while (at < schema.length) {
    const column = schema[at]!;
    names.push(column.name);
    const [first, ...others] = leaves();
    const isList = column.repetition_type === "REPEATED" || column.converted_type === "LIST";
    const isPlain = first?.type === "BYTE_ARRAY" || first?.type === "INT32" || first?.type === "INT64";
    if (isList) (isPlain && others.length === 0 ? lists : otherLists).add(column.name);
    else if (column !== first) structs.add(column.name);
    else if (first.type === "BYTE_ARRAY") texts.add(column.name);
  }
  return { names, lists, otherLists, structs, texts };
}

/** Returns the label names of all columns. */
const labelsIn = ({ key_value_metadata: entries }: FileMetaData): ClassLabels =>
  classLabelsIn(entries?.find(({ key }) => key === FEATURES)?.value);

function written(sentences: readonly Sentence[]): ArrayBuffer {
  const { tokens, tags, documents, features } = tableOf(sentences);
  const list = (name: string, element: Omit<SchemaElement, "name">): SchemaElement[] => [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "OPTIONAL", ...element },
  ];
  const flat: SchemaElement = { name: "document", type: "INT64", repetition_type: "OPTIONAL" };
  const columns = [
    {
      name: "tokens",
      data: tokens,
      schema: list("tokens", { type: "BYTE_ARRAY", converted_type: "UTF8" }),
    },
    { name: "ner_tags", data: tags, schema: list("ner_tags", { type: "INT64" }) },
    { name: "document", data: documents, schema: [flat] },
  ].filter(({ data }) => data !== undefined);
  return parquetWriteBuffer({
    columnData: columns.map(({ name, data }) => ({ name, data: [...data!] })),
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
    kvMetadata: [{ key: FEATURES, value: features }],
    createdBy: "nerium",
  });
}
