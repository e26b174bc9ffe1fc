import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Sentence } from "../../../text/sentence.js";
import { tableUnreadable } from "../../errors.js";
import { classLabelsIn, FEATURES } from "../../labels/classLabels.js";
import { again, type Source } from "../../read/source.js";
import type { FormatOptions, WordsContent, WordsFormat } from "../format.js";
import { COMPRESSORS } from "./compression.js";
import { checkPages } from "./parquetPages.js";
import { attempted, namesOf, tableColumns, tableOf, tableSentences } from "./table.js";
import { checkStruct } from "./thrift.js";

/**
 * Parquet as data sets on the Hugging Face hub have it: one row for each sentence, with lists `tokens` and
 * `ner_tags`. The names of integer tags (`ClassLabel`) are in the file's metadata, where `datasets` keeps
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

async function contentOf(source: Source, options: FormatOptions): Promise<WordsContent> {
  const { file } = source;
  const bytes = source.bytes();
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = attempted(file, () => metadataOf(buffer));
  const columns = tableColumns(topColumns(metadata.schema), file, options);
  const wanted = namesOf(columns);
  const rows = await attempted(file, () => {
    checkPages(buffer, metadata, wanted);
    return parquetReadObjects({
      file: buffer,
      metadata,
      columns: wanted,
      compressors: COMPRESSORS,
    });
  }).catch((cause: unknown) => {
    throw tableUnreadable(file, cause);
  });
  const labels = labelNames(metadata, columns.tags) ?? options.labels;
  return { shape: "words", sentences: again(() => tableSentences(rows, columns, labels, file)) };
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

/** Returns the names of the table's columns, which are the children of the schema's root. */
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

/** Returns the label names of a column. */
function labelNames({ key_value_metadata: entries }: FileMetaData, tags: string | undefined) {
  const text = entries?.find(({ key }) => key === FEATURES)?.value;
  return tags === undefined ? undefined : classLabelsIn(text).get(tags);
}

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
