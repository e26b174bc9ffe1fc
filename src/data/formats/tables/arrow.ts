import {
  type Batch,
  type Column,
  columnFromArray,
  int64,
  type ListType,
  list,
  type Table,
  Type,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  utf8,
} from "@uwdata/flechette";
import type { Sentence } from "../../../text/sentence.js";
import { classLabelsIn, FEATURES } from "../../labels/classLabels.js";
import { again } from "../../read/source.js";
import type { WordsFormat } from "../format.js";
import { beginsMessage, checkMessages, streamIn } from "./arrowMessages.js";
import { attempted, namesOf, type TableShape, tableColumns, tableOf, tableSentences } from "./table.js";

/**
 * Arrow's stream format, as `Dataset.save_to_disk` writes it: one row for each sentence, with lists `tokens`
 * and `ner_tags`. The names of integer tags are in the schema's metadata, where `datasets` keeps them, and
 * are written there too. Arrow's file format can be read as well. The whole file is in memory. Compression is
 * not supported.
 *
 * https://arrow.apache.org/docs/format/Columnar.html
 */
export const arrow: WordsFormat = {
  name: "arrow",
  title: "Arrow, as written by Dataset.save_to_disk",
  extensions: [".arrow"],
  holds: { shape: "words" },
  detect: ({ extension, bytes, text }) =>
    extension === ".arrow" || text.startsWith("ARROW1") || beginsMessage(bytes),
  read(source, options, leftOut) {
    const { file } = source;
    const table = attempted(file, () => tableIn(source.bytes()));
    const classLabels = classLabelsIn(table.schema.metadata?.get(FEATURES));
    const columns = tableColumns(
      { names: table.names, ...listsIn(table), labels: classLabels },
      file,
      options,
    );
    attempted(file, () => {
      for (const name of namesOf(columns)) checkColumn(table.getChild(name), name, table.numRows);
    });
    const labels = (columns.tags === undefined ? undefined : classLabels.get(columns.tags)) ?? options.labels;
    const read = namesOf(columns);
    const unread = {
      names: table.names.filter((name) => !read.includes(String(name))).map(String),
      leftOut,
      bytes: source.bytes().length,
    };
    return {
      shape: "words",
      sentences: again(() => tableSentences(rowsOf(table, read), columns, labels, file, unread)),
    };
  },
  *write(sentences) {
    yield { content: written([...sentences]) };
  },
};

function listsIn({ schema }: Table): Pick<TableShape, "lists" | "otherLists"> {
  const [lists, otherLists] = [new Set<string>(), new Set<string>()];
  for (const { name, type } of schema.fields) {
    if (type.typeId !== Type.List && type.typeId !== Type.LargeList) continue;
    const { typeId } = (type as ListType).children[0]!.type;
    const isPlain = typeId === Type.Utf8 || typeId === Type.LargeUtf8 || typeId === Type.Int;
    (isPlain ? lists : otherLists).add(name);
  }
  return { lists, otherLists };
}

/** @throws Error with a message that says what is wrong */
export function tableIn(bytes: Uint8Array): Table {
  // Typed arrays must begin at a multiple of their element size, so the stream gets a buffer of its own.
  const stream = new Uint8Array(streamIn(bytes));
  checkMessages(stream);
  const table = tableFromIPC(stream, { useBigInt: true });
  if (!table.names.every((name) => typeof name === "string")) throw new Error("a column has no name");
  return table;
}

/**
 * The library does not check offsets and lengths; with a wrong one it would collect values that do not exist.
 */
function checkColumn(column: Column<unknown>, name: string, rows: number): void {
  const { type, data } = column;
  const isList = type.typeId === Type.List || type.typeId === Type.LargeList;
  let length = 0;
  for (const batch of data) {
    length += batch.length;
    if (!isList) {
      checkFlat(batch, name);
      continue;
    }
    const [values] = batch.children as Batch<unknown>[];
    checkOffsets(batch, values!.length, name);
    checkFlat(values!, name);
  }
  if (length !== rows) throw new Error(`the column ${name} has ${length} rows instead of ${rows}`);
}

function checkFlat(batch: Batch<unknown>, name: string): void {
  const { typeId } = batch.type;
  if (typeId === Type.Utf8 || typeId === Type.LargeUtf8) checkOffsets(batch, batch.values!.length, name);
  else if (typeId !== Type.Int) throw new Error(`the column ${name} contains neither strings nor integers`);
  else if (batch.values!.length < batch.length) throw new Error(`the column ${name} is cut off`);
}

/** @param most the position after the last value */
function checkOffsets({ offsets, length }: Batch<unknown>, most: number, name: string): void {
  const numbers = offsets as Int32Array | BigInt64Array;
  let before = 0;
  if (length > 0 && numbers.length <= length) throw new Error(`the column ${name} is cut off`);
  for (let row = 0; row <= length && length > 0; row++) {
    const offset = Number(numbers[row]);
    if (!(offset >= before && offset <= most)) throw new Error(`the column ${name} has an invalid offset`);
    before = offset;
  }
}

function* rowsOf(table: Table, names: readonly string[]): Generator<Record<string, unknown>> {
  const columns = names.map((name) => [name, table.getChild(name)] as const);
  const plain = (value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as BigInt64Array) : value);
  for (let row = 0; row < table.numRows; row++)
    yield Object.fromEntries(columns.map(([name, column]) => [name, plain(column.at(row))]));
}

function written(sentences: readonly Sentence[]): Uint8Array {
  const { tokens, tags, documents, features } = tableOf(sentences);
  const columns = {
    tokens: columnFromArray([...tokens], list(utf8())),
    ...(tags === undefined ? {} : { ner_tags: columnFromArray([...tags], list(int64())) }),
    ...(documents === undefined ? {} : { document: columnFromArray([...documents], int64()) }),
  };
  const table = tableFromColumns(columns);
  table.schema.metadata = new Map([[FEATURES, features]]);
  return tableToIPC(table, { format: "stream" })!;
}
