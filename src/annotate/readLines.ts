import { constants } from "node:buffer";
import { lineTooLong } from "../data/errors.js";
import { checkedText } from "../data/read/encoding.js";
import type { LineBlock } from "../data/read/lines.js";
import { jsonTexts } from "../data/texts/jsonTexts.js";
import { plainTexts } from "../data/texts/plainTexts.js";
import type { SourcedText } from "../data/texts/sourcedText.js";
import { hasQuotes, tableTexts } from "../data/texts/tableTexts.js";
import { isNeriumError } from "../errors.js";
import { sha256 } from "../files/index.js";
import { inputChanged } from "./errors.js";
import { bytesOf, type InputFile } from "./inputFiles.js";
import { lineBlocks, lineEnds } from "./lineBlocks.js";
import type { Shard } from "./shards.js";

/** A row of an input. */
export interface Row extends Omit<SourcedText, "words" | "sentences" | "document" | "spaced"> {
  /** Number of a row of Parquet, from 0. */
  readonly row?: number;
  /** Why there is no text. */
  readonly unreadable?: string;
  /** The values of the other columns of a Parquet file, as the file stores them. */
  readonly stored?: readonly unknown[];
}

/** The beginning of a table: the row that names the columns. */
export interface TableHeader {
  /** Enough of the file to find out its delimiter. */
  readonly start: string;
  readonly text: string;
  readonly bytes: number;
  readonly lines: number;
  readonly quotes: boolean;
}

/** How much of a table shows how it is written. */
const START = 2 ** 16;

/** Reads the header of a table. */
export async function tableHeader(file: InputFile, kind: "csv" | "tsv"): Promise<TableHeader> {
  for await (const block of lineBlocks(bytesOf(file))) {
    const start = startOf(block);
    const text = checkedText(start, file.path, 1);
    const quotes = hasQuotes(text, kind);
    let lines = 0;
    for (const end of lineEnds(block)) {
      lines++;
      const header = block.subarray(0, end);
      const marks = quotes ? Buffer.from(header).toString("latin1").split('"').length - 1 : 0;
      if (marks % 2 === 0)
        return { start: text, text: checkedText(header, file.path, 1), bytes: end, lines, quotes };
    }
    // A cell of the header is never closed: the parser says where.
    return { start: text, text: checkedText(block, file.path, 1), bytes: block.length, lines, quotes };
  }
  return { start: "", text: "", bytes: 0, lines: 0, quotes: kind === "csv" };
}

/** The first whole lines of a block. */
function startOf(block: Uint8Array): Uint8Array {
  let end = 0;
  for (const each of lineEnds(block)) {
    if (end > 0 && each > START) break;
    end = each;
  }
  return block.subarray(0, end);
}

/**
 * Reads the bytes of a shard.
 *
 * @throws NeriumError ANNOTATE_INPUT_CHANGED if they are other ones than in the plan
 */
async function shardBytes(file: InputFile, { start, end, sha256: expected }: Shard): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytesOf(file, start, end)) {
    parts.push(chunk.subarray(0, end - start - length));
    length += parts.at(-1)!.length;
  }
  const bytes = Buffer.concat(parts, length);
  if (expected !== null && sha256(bytes) !== expected) throw inputChanged(file.path);
  return bytes;
}

/**
 * Yields the rows of a shard. A line of JSON that is no record with a text is an unreadable row.
 *
 * @throws NeriumError ANNOTATE_INPUT_CHANGED, DATA_FILE_BINARY, DATA_ENCODING_INVALID, DATA_LINE_INVALID,
 *   DATA_TEXT_COLUMN_MISSING
 */
export async function* lineRows(
  file: InputFile & { readonly column: string | number | null },
  shard: Shard,
): AsyncGenerator<Row, void, undefined> {
  const { path, format } = file;
  const bytes = await shardBytes(file, shard);
  if (bytes.length > constants.MAX_STRING_LENGTH) throw lineTooLong(path, shard.line);
  const text = checkedText(bytes, path, shard.line);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const block: LineBlock = { text, lines, line: shard.line };
  if (format === "text") yield* plainTexts(blocksOf(block), "line", path);
  else if (format === "jsonl") yield* jsonRows(block, file);
  else yield* tableRows(block, file, shard);
}

async function* blocksOf(...blocks: readonly LineBlock[]): AsyncGenerator<LineBlock> {
  yield* blocks;
}

async function* jsonRows(
  { lines, line: first }: LineBlock,
  { path, column }: InputFile & { readonly column: string | number | null },
): AsyncGenerator<Row, void, undefined> {
  for (const [index, text] of lines.entries()) {
    if (isBlankText(text)) continue;
    const line = first + index;
    const block = { text, lines: [text], line };
    const rows: Row[] = [];
    try {
      for await (const row of jsonTexts(blocksOf(block), path, { column: column ?? undefined }))
        rows.push(row);
    } catch (error) {
      if (!isNeriumError(error)) throw error;
      yield { line, text: "", unreadable: `${error.code}: ${error.message}` };
      continue;
    }
    if (rows.length === 1) yield rows[0]!;
    else yield { line, text: "", unreadable: "DATA_JSON_SHAPE: Expected one record in each line" };
  }
}

/** As `isBlank` of cutting. */
const isBlankText = (line: string): boolean => /^[\0-\x20]*$/.test(line);

async function* tableRows(
  block: LineBlock,
  { column, ...file }: InputFile & { readonly column: string | number | null },
  shard: Shard,
): AsyncGenerator<Row, void, undefined> {
  const kind = file.format as "csv" | "tsv";
  const header = await tableHeader(file, kind);
  const first = { text: header.text, lines: header.text.replace(/\n$/, "").split("\n"), line: 1 };
  // The parser counts the lines from the header on.
  const left = shard.line - 1 - header.lines;
  const options = { column: column ?? undefined };
  for await (const row of tableTexts(blocksOf(first, block), header.start, file.path, kind, options))
    yield { ...row, line: row.line! + left };
}
