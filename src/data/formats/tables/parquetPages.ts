import { type FileMetaData, parquetSchema } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from "hyparquet/src/schema.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { COMPRESSORS, compressionUnsupported } from "./compression.js";
import { checkStruct, endOfNumber } from "./thrift.js";

type Chunk = NonNullable<FileMetaData["row_groups"][number]["columns"][number]["meta_data"]>;
type Header = ReturnType<typeof parquetHeader>;
type SchemaPath = ReturnType<typeof getTreePath>;

/** How many bytes of a file may still be decompressed. */
interface Budget {
  bytes: number;
}

interface Cursor {
  readonly view: DataView;
  offset: number;
}

/** Most values for each byte of a file, on average. Words and tags have at most one value per byte. */
const VALUES_A_BYTE = 16;
const FEW_VALUES = 2 ** 20;
/** Most decompressed bytes for each byte of a file, on average, even if its compression allows more. */
const BYTES_A_BYTE = 200;
const FEW_BYTES = 2 ** 26;
/**
 * Runs of packed values consist of whole groups, so the last run may be longer than the values that are left.
 */
const SPARE = 512;

/**
 * Walks through the pages of some columns and checks that their counts agree with each other and with the
 * actual bytes. The library that reads them afterwards does not check these counts: a wrong one, even from a
 * single damaged byte, would keep it busy for minutes.
 *
 * https://parquet.apache.org/docs/file-format/data-pages/encodings
 *
 * @throws Error with a message that says what is wrong
 */
export function checkPages(file: ArrayBuffer, metadata: FileMetaData, columns: readonly string[]): void {
  const tree = parquetSchema(metadata);
  let values = 0;
  const budget = { bytes: FEW_BYTES + BYTES_A_BYTE * file.byteLength };
  for (const { columns: chunks, num_rows: rows } of metadata.row_groups)
    for (const { meta_data: chunk } of chunks) {
      if (chunk === undefined || !columns.includes(chunk.path_in_schema[0]!)) continue;
      const count = Number(chunk.num_values);
      values += count;
      if (!(count >= 0 && rows >= 0 && count >= rows))
        throw new Error(`a column has ${count} values for ${rows} rows`);
      if (values > FEW_VALUES + VALUES_A_BYTE * file.byteLength)
        throw new Error(`${values} values do not fit into the file`);
      checkChunk(file, chunk, count, getTreePath(tree, chunk.path_in_schema), budget);
    }
}

function checkChunk(file: ArrayBuffer, chunk: Chunk, count: number, path: SchemaPath, budget: Budget): void {
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  if (!(start >= 0 && length >= 0 && start + length <= file.byteLength))
    throw new Error("a column is outside of the file");
  const cursor = cursorOver(new Uint8Array(file, start, length));
  let left = count;
  // The library ignores a last byte too.
  while (cursor.offset < length - 1) {
    checkStruct(new Uint8Array(file, start, length), cursor.offset);
    const header = parquetHeader(cursor);
    const size = header.compressed_page_size;
    if (!(size >= 0 && size <= length - cursor.offset)) throw new Error("a page is longer than its column");
    const bytes = new Uint8Array(file, start + cursor.offset, size);
    cursor.offset += size;
    left -= checkPage(header, bytes, chunk, path, budget);
    if (left < 0) break;
  }
  if (left !== 0) throw new Error("the pages of a column do not have as many values as the column");
}

/** Returns the number of values in a page; 0 for a dictionary. */
function checkPage(
  header: Header,
  bytes: Uint8Array,
  { codec, type: physical }: Chunk,
  path: SchemaPath,
  budget: Budget,
): number {
  const [repetition, definition] = [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)];
  const { type, data_page_header: first, data_page_header_v2: second, uncompressed_page_size: size } = header;
  if (type === "DICTIONARY_PAGE") {
    const count = header.dictionary_page_header?.num_values ?? -1;
    const page = uncompressed(bytes, size, codec, budget);
    if (!(count >= 0 && count <= page.length)) throw new Error(`a dictionary has ${count} values`);
    return 0;
  }
  if (type === "DATA_PAGE" && first !== undefined) {
    const count = plausible(first.num_values);
    const cursor = cursorOver(uncompressed(bytes, size, codec, budget));
    for (const level of [repetition, definition])
      if (level > 0) {
        const end = cursor.view.getUint32(cursor.offset, true) + cursor.offset + 4;
        cursor.offset += 4;
        checkRuns(cursor, bitWidth(level), count);
        cursor.offset = end;
      }
    checkValues(cursor, first.encoding, count, physical);
    return count;
  }
  if (type === "DATA_PAGE_V2" && second !== undefined) {
    const count = plausible(second.num_values);
    const levels = [second.repetition_levels_byte_length, second.definition_levels_byte_length] as const;
    const isRight = levels.every((length) => length >= 0) && levels[0] + levels[1] <= bytes.length;
    if (!isRight || !(second.num_nulls >= 0 && second.num_nulls <= count))
      throw new Error("a page's levels are longer than the page");
    const cursor = cursorOver(bytes);
    if (repetition > 0) checkRuns(cursor, bitWidth(repetition), count);
    cursor.offset = levels[0];
    if (definition > 0) checkRuns(cursor, bitWidth(definition), count);
    const rest = bytes.subarray(levels[0] + levels[1]);
    const isCompressed = second.is_compressed !== false;
    const page = isCompressed ? uncompressed(rest, size - levels[0] - levels[1], codec, budget) : rest;
    checkValues(cursorOver(page), second.encoding, count, physical);
    return count;
  }
  throw new Error(`the page type ${type} is not supported`);
}

function plausible(count: number): number {
  if (!(count >= 0)) throw new Error(`a page has ${count} values`);
  return count;
}

function uncompressed(bytes: Uint8Array, size: number, codec: Chunk["codec"], budget: Budget): Uint8Array {
  if (codec === "UNCOMPRESSED") return bytes;
  const uncompress = COMPRESSORS[codec];
  if (uncompress === undefined) throw compressionUnsupported(codec);
  budget.bytes -= size;
  if (!(size >= 0 && budget.bytes >= 0)) throw new Error(`${bytes.length} bytes cannot expand to ${size}`);
  return uncompress(bytes, size);
}

function checkValues(cursor: Cursor, encoding: string, count: number, type: Chunk["type"]): void {
  switch (encoding) {
    case "PLAIN": // Values take up bytes, alone or packed together: there is no count to check.
      return;
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY": {
      if (count === 0) return;
      const width = cursor.offset < cursor.view.byteLength ? cursor.view.getUint8(cursor.offset++) : 0;
      if (width > 32) throw new Error(`indices of ${width} bits`);
      checkRuns(cursor, width, count);
      return;
    }
    case "RLE": {
      if (type !== "BOOLEAN") throw new Error(`the encoding RLE is not supported for ${type}`);
      // Their length comes first.
      cursor.offset += 4;
      checkRuns(cursor, 1, count);
      return;
    }
    case "DELTA_BINARY_PACKED":
    case "DELTA_LENGTH_BYTE_ARRAY":
      if (count > 0) checkBlocks(cursor, count);
      return;
    default:
      throw new Error(`the encoding ${encoding} is not supported`);
  }
}

/**
 * Checks blocks of delta-encoded integers: their numbers, and the widths of the packed values that follow.
 */
function checkBlocks(cursor: Cursor, count: number): void {
  const { view } = cursor;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const [block, miniblocks] = [readVarInt(cursor), readVarInt(cursor)];
  const values = block / miniblocks;
  if (!(miniblocks > 0 && block <= FEW_VALUES && values >= 32 && values % 32 === 0))
    throw new Error(`blocks of ${block} values in ${miniblocks} parts`);
  let at = endOfNumber(bytes, endOfNumber(bytes, cursor.offset));
  for (let left = count - 1; left > 0; ) {
    const widths = endOfNumber(bytes, at);
    at = widths + miniblocks;
    if (at > bytes.length) throw new Error("a block is cut off");
    for (let part = 0; part < miniblocks && left > 0; part++, left -= values)
      at += (values / 8) * bytes[widths + part]!;
  }
}

/** Checks runs of equal or of packed values, until there are as many as wanted or no bytes are left. */
function checkRuns(cursor: Cursor, width: number, wanted: number): void {
  const end = cursor.view.byteLength;
  for (let seen = 0; seen < wanted && cursor.offset < end; ) {
    const header = readVarInt(cursor);
    const isPacked = (header & 1) === 1;
    const count = isPacked ? (header >>> 1) * 8 : header >>> 1;
    const left = wanted - seen;
    // The library reads a byte even for a packed run without values.
    if (count === 0 || count > (isPacked ? left + SPARE : left))
      throw new Error(`a run of ${count} values, but only ${left} are left`);
    cursor.offset += isPacked ? (count / 8) * width : (width + 7) >> 3;
    seen += count;
  }
}

const cursorOver = (bytes: Uint8Array): Cursor => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

const bitWidth = (level: number): number => 32 - Math.clz32(level);
