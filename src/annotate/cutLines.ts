import { isUtf8 } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import { checkedText } from "../data/read/encoding.js";
import { inputFormat } from "./errors.js";
import { bytesOf, type InputFile } from "./inputFiles.js";
import { lineBlocks, lineEnds } from "./lineBlocks.js";
import type { Shard } from "./shards.js";

const [QUOTE, SPACE] = [0x22, 0x20];

/** How a file is cut. */
export interface Cutting {
  readonly shardSize: number;
  /** Bytes and lines of the header, which is part of no shard. */
  readonly header: { readonly bytes: number; readonly lines: number };
  /** Line breaks between quotes are part of a cell. */
  readonly quotes: boolean;
  /** Called with the bytes of the file, if it is not compressed. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/**
 * Cuts a file of lines into shards of at least `shardSize` bytes, between rows. Rows are lines: of JSON and tables those
 * that are not blank. A header and the rows of a table are not checked here.
 *
 * @throws NeriumError DATA_FILE_BINARY, DATA_ENCODING_INVALID, ANNOTATE_INPUT_FORMAT
 */
export async function cutLines(
  file: InputFile,
  { shardSize, header, quotes, onBytes }: Cutting,
): Promise<Omit<Shard, "input">[]> {
  const shards: Omit<Shard, "input">[] = [];
  const counting = countedRows(file.format, quotes);
  let [at, line] = [0, 1];
  let open: { start: number; line: number; rows: number; hash: Hash } | undefined;
  const close = () => {
    if (open === undefined) return;
    const { start, line: first, rows, hash } = open;
    shards.push({ start, end: at, line: first, rows, sha256: hash.digest("hex") });
    open = undefined;
  };
  for await (const whole of lineBlocks(watched(bytesOf(file), onBytes))) {
    requireText(whole, file.path, line);
    let begin = 0;
    let last = 0;
    // The header may have several lines, so that it can end in any block.
    const skip = Math.max(0, Math.min(whole.length, header.bytes - at));
    const take = (end: number) => {
      if (end <= begin || open === undefined) return;
      open.hash.update(whole.subarray(begin, end));
      begin = end;
    };
    const base = at;
    for (const end of lineEnds(whole)) {
      if (end > skip) {
        if (open === undefined) {
          begin = last;
          open = { start: base + last, line, rows: 0, hash: createHash("sha256") };
        }
        const row = counting(whole.subarray(last, end));
        open.rows += row.counts ? 1 : 0;
        if (row.ends && base + end - open.start >= shardSize) {
          take(end);
          at = base + end;
          close();
        }
      }
      line++;
      last = end;
    }
    take(whole.length);
    at = base + whole.length;
  }
  close();
  return shards;
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: Cutting["onBytes"],
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes?.(chunk);
    yield chunk;
  }
}

function requireText(bytes: Uint8Array, file: string, line: number): void {
  if (line === 1 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)))
    throw inputFormat(
      file,
      "A file in UTF-16 cannot be cut into shards",
      "Save it as UTF-8, or convert it: iconv -f utf-16 -t utf-8 OLD > NEW.",
    );
  // Says where the first wrong byte is.
  if (!isUtf8(bytes) || bytes.includes(0)) checkedText(bytes, file, line);
}

/** Tells of each line whether it counts as a row, and whether a row ends with it. */
function countedRows(
  format: InputFile["format"],
  quotes: boolean,
): (line: Uint8Array) => { readonly counts: boolean; readonly ends: boolean } {
  if (format === "text") return () => ({ counts: true, ends: true });
  let inQuotes = false;
  return (line) => {
    const within = inQuotes;
    if (quotes) {
      let count = 0;
      for (let at = line.indexOf(QUOTE); at >= 0; at = line.indexOf(QUOTE, at + 1)) count++;
      if (count % 2 === 1) inQuotes = !inQuotes;
    }
    return { counts: !within && !isBlank(line), ends: !inQuotes };
  };
}

/** Returns true for a line without anything but spaces, tabs and line breaks. */
export const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte <= SPACE);
