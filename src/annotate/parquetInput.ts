import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { type FileMetaData, parquetReadObjects, type SchemaElement } from "hyparquet";
import { fileUnreadable, tableUnreadable } from "../data/errors.js";
import { COMPRESSORS } from "../data/formats/tables/compression.js";
import { metadataOf } from "../data/formats/tables/parquet.js";
import { checkPages } from "../data/formats/tables/parquetPages.js";
import { textColumnMissing } from "../data/texts/errors.js";
import { limits } from "../limits.js";
import { columnUnsupported } from "./errors.js";
import type { Row } from "./readLines.js";
import type { Shard } from "./shards.js";

/** A column of a Parquet file: its element of the schema, and those below it. */
export interface StoredColumn {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
}

/** A Parquet file of which nothing but its metadata is in memory. */
export interface ParquetTexts {
  readonly path: string;
  readonly metadata: FileMetaData;
  /** Name of the column with the texts. */
  readonly column: string;
  /** All other columns. */
  readonly others: readonly StoredColumn[];
}

const [BEGIN, TAIL] = [4, 8];

/**
 * Reads the metadata of a Parquet file, and finds the column of its texts: the one asked for, `text`, or the only one
 * with strings.
 *
 * @throws NeriumError DATA_FILE_UNREADABLE, DATA_TABLE_UNREADABLE, DATA_TEXT_COLUMN_MISSING
 */
export async function openParquet(path: string, asked: string | number | null): Promise<ParquetTexts> {
  const metadata = await metadataIn(path);
  const columns = columnsOf(metadata.schema);
  const texts = columns.filter(({ elements }) => elements.length === 1 && isText(elements[0]!));
  const named =
    typeof asked === "number"
      ? columns[asked]
      : asked !== null
        ? columns.find(({ name }) => name === asked)
        : (texts.find(({ name }) => name.toLowerCase() === "text") ??
          (texts.length === 1 ? texts[0] : undefined));
  if (named === undefined || !texts.includes(named))
    throw textColumnMissing({
      file: path,
      line: 1,
      asked: asked ?? undefined,
      what: "column",
      found: texts.map(({ name }) => name),
    });
  return { path, metadata, column: named.name, others: columns.filter((each) => each !== named) };
}

const isText = ({ type, logical_type: logical, converted_type: converted }: SchemaElement): boolean =>
  type === "BYTE_ARRAY" &&
  (converted === undefined || converted === "UTF8" || converted === "ENUM") &&
  (logical === undefined || logical.type === "STRING" || logical.type === "ENUM");

/** The children of the schema's root, each with what is below it. */
function columnsOf(schema: readonly SchemaElement[]): StoredColumn[] {
  const columns: StoredColumn[] = [];
  let at = 1;
  const subtree = (): SchemaElement[] => {
    const element = schema[at++];
    if (element === undefined) return [];
    const found = [element];
    for (let child = 0; child < (element.num_children ?? 0); child++) found.push(...subtree());
    return found;
  };
  while (at < schema.length) {
    const elements = subtree();
    columns.push({ name: elements[0]!.name, elements });
  }
  return columns;
}

/**
 * Checks that columns can be written as they are stored.
 *
 * @throws NeriumError ANNOTATE_COLUMN_UNSUPPORTED
 */
export function requireStorable({ path, others }: ParquetTexts): void {
  for (const { name, elements } of others)
    if (elements.some((element) => !isStorable(element))) throw columnUnsupported(path, name);
}

const isStorable = ({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  type !== "INT96" &&
  converted !== "MAP" &&
  converted !== "MAP_KEY_VALUE" &&
  logical?.type !== "MAP" &&
  logical?.type !== "VARIANT";

async function metadataIn(path: string): Promise<FileMetaData> {
  const file = await open(path).catch((error: unknown) => {
    throw fileUnreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const read = async (start: number, length: number) => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await file.read(buffer, 0, length, start);
      if (bytesRead !== length) throw new Error("the file is cut off");
      return buffer;
    };
    if (size < TAIL) throw new Error("the file is too short");
    const length = (await read(size - TAIL, TAIL)).readUInt32LE(0);
    if (length > Math.min(size - TAIL, limits.wholeFileBytes)) throw new Error("its metadata is cut off");
    const tail = await read(size - TAIL - length, length + TAIL);
    return metadataOf(arrayBuffer(tail));
  } catch (cause) {
    throw tableUnreadable(path, cause);
  } finally {
    await file.close();
  }
}

const arrayBuffer = ({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer =>
  buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;

/** Cuts the groups of rows of a file into shards of at least `shardSize` bytes of text, or whole groups. */
export function cutGroups({ metadata, column }: ParquetTexts, shardSize: number): Omit<Shard, "input">[] {
  const shards: Omit<Shard, "input">[] = [];
  let first = 0;
  for (const { columns, num_rows } of metadata.row_groups) {
    const rows = Number(num_rows);
    const bytes = Number(
      columns.find(({ meta_data: facts }) => facts?.path_in_schema[0] === column)?.meta_data
        ?.total_uncompressed_size ?? 0,
    );
    const parts = Math.max(1, Math.min(rows, Math.floor(bytes / shardSize)));
    for (let part = 0; part < parts && rows > 0; part++) {
      const start = first + Math.floor((rows * part) / parts);
      const end = first + Math.floor((rows * (part + 1)) / parts);
      shards.push({ start, end, line: start, rows: end - start, sha256: null });
    }
    first += rows;
  }
  return shards;
}

/** What to do with the other columns. */
export type OtherColumns = "as JSON" | "as stored";

/**
 * Yields the rows of a shard. Only its group of rows is in memory.
 *
 * @throws NeriumError DATA_TABLE_UNREADABLE, DATA_FILE_UNREADABLE
 */
export async function* parquetRows(
  file: ParquetTexts,
  { start, end }: Pick<Shard, "start" | "end">,
  kept: OtherColumns,
): AsyncGenerator<Row, void, undefined> {
  const { path, metadata, column, others } = file;
  let first = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const after = first + Number(group.num_rows);
    if (after > start && first < end) {
      const part = await groupPart(file, index);
      const range = { rowStart: Math.max(0, start - first), rowEnd: Math.min(end, after) - first };
      try {
        const texts = await part.read([column], range);
        const names = others.map(({ name }) => name);
        const rest = names.length === 0 ? [] : await part.read(names, range, kept === "as stored");
        for (const [at, row] of texts.entries()) {
          const place = { row: first + range.rowStart + at, text: textOf(row[column]) };
          const values = rest[at] ?? {};
          if (kept === "as stored") yield { ...place, stored: names.map((name) => values[name]) };
          else if (names.length === 0) yield place;
          else yield { ...place, fields: jsonFields(values) };
        }
      } catch (cause) {
        throw tableUnreadable(path, cause);
      }
    }
    first = after;
  }
}

/** A text. Older writers do not say that their bytes are one. */
const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : ((value as string | null) ?? "");

type Range = { readonly rowStart: number; readonly rowEnd: number };
type Values = Readonly<Record<string, unknown>>;

interface GroupPart {
  read(columns: string[], range: Range, asStored?: boolean): Promise<Values[]>;
}

/** Reads one group of rows into memory, as if it were a file of its own. */
async function groupPart({ path, metadata }: ParquetTexts, index: number): Promise<GroupPart> {
  const group = metadata.row_groups[index]!;
  const handle = await open(path).catch((error: unknown) => {
    throw fileUnreadable(path, error);
  });
  try {
    const { size } = await handle.stat();
    // An offset of 0 would mean that there is none.
    const parts: Buffer[] = [Buffer.alloc(BEGIN)];
    let at = BEGIN;
    const columns = [];
    for (const { meta_data: facts } of group.columns) {
      if (facts === undefined) throw new Error("a column has no facts");
      const start = Number(facts.dictionary_page_offset || facts.data_page_offset);
      const length = Number(facts.total_compressed_size);
      if (!(start >= 0 && length >= 0 && start + length <= size))
        throw new Error("a column is outside of the file");
      const bytes = Buffer.alloc(length);
      let taken = 0;
      while (taken < length) {
        const { bytesRead } = await handle.read(bytes, taken, length - taken, start + taken);
        if (bytesRead === 0) throw new Error("the file is cut off");
        taken += bytesRead;
      }
      parts.push(bytes);
      const moved = BigInt(at) - BigInt(start);
      columns.push({
        file_offset: 0n,
        meta_data: {
          ...facts,
          data_page_offset: facts.data_page_offset + moved,
          ...(facts.dictionary_page_offset && {
            dictionary_page_offset: facts.dictionary_page_offset + moved,
          }),
        },
      });
      at += length;
    }
    const buffer = arrayBuffer(Buffer.concat(parts, at));
    const own = { ...metadata, num_rows: group.num_rows, row_groups: [{ ...group, columns }] };
    const physical = { ...own, schema: storedSchema(metadata.schema) };
    return {
      async read(names, range, asStored = false) {
        checkPages(buffer, own, names);
        return parquetReadObjects({
          file: buffer,
          metadata: asStored ? physical : own,
          columns: names,
          compressors: COMPRESSORS,
          utf8: false,
          ...range,
        });
      },
    };
  } catch (cause) {
    throw tableUnreadable(path, cause);
  } finally {
    await handle.close();
  }
}

/** A schema whose values are read and written as the file stores them: no dates, decimals, or decoded texts. */
export const storedSchema = (schema: readonly SchemaElement[]): SchemaElement[] =>
  schema.map((element) => {
    if (element.num_children !== undefined && element.num_children > 0) return element;
    const { converted_type: _, logical_type: __, ...stored } = element;
    return stored;
  });

const jsonFields = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, jsonValue(value)]));

/** A value of a column as JSON has it: dates in ISO 8601, large whole numbers as texts, bytes as a text or else in base64. */
function jsonValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array)
    return isUtf8(value) ? Buffer.from(value).toString("utf8") : Buffer.from(value).toString("base64");
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, jsonValue);
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value === "object") return jsonFields(value as Values);
  return value;
}
