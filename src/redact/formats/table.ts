import { limits } from "../../limits.js";
import { formatInvalid } from "../errors.js";
import { wordsOfName } from "../recognisers/surroundings.js";
import { type Block, fixed, type Piece, plain } from "./block.js";

/**
 * Reads CSV and TSV. Each cell is a block of its own, with the name of its column as context. Delimiters, quotes and
 * line breaks stay as they are. In TSV, quotes are text.
 *
 * @param file for errors
 * @throws NeriumError REDACT_FORMAT_INVALID
 */
export async function* tableBlocks(
  parts: AsyncIterable<string>,
  format: "csv" | "tsv",
  file?: string,
): AsyncGenerator<Block, void, undefined> {
  let rest = "";
  let table: Table | undefined;
  for await (const part of parts) {
    rest += part;
    if (rest.length > limits.recordUnits)
      throw formatInvalid(format.toUpperCase(), { file, line: table?.line ?? 1 }, "a cell is too long");
    if (table === undefined) {
      if (!rest.includes("\n") && rest.length < FIRST_LINE) continue;
      table = new Table(format, rest);
    }
    const read = table.read(rest, false);
    yield* read.blocks;
    rest = rest.slice(read.end);
  }
  table ??= new Table(format, rest);
  yield* table.read(rest, true).blocks;
}

/** If the first line is longer, its beginning tells the delimiter. */
const FIRST_LINE = 65_536;

class Table {
  line = 1;
  private readonly delimiter: string;
  private readonly quotes: boolean;
  private readonly terminator: RegExp;
  private columns: string[] = [];
  private column = 0;
  /** Whether this row names the columns. Decided when its first line is known. */
  private inHeader: boolean;

  constructor(format: "csv" | "tsv", start: string) {
    const line = start.indexOf("\n");
    const first = start.slice(0, line < 0 ? FIRST_LINE : Math.min(line, FIRST_LINE));
    this.delimiter = format === "tsv" ? "\t" : delimiterOf(first);
    this.quotes = format === "csv";
    this.terminator = new RegExp(`[${this.delimiter === "\t" ? "\\t" : this.delimiter}\\n]`, "g");
    // A first line with numbers or addresses is data.
    this.inHeader = !/@|\d{3}/.test(first);
  }

  /** Reads the cells that are there as a whole. */
  read(text: string, isLast: boolean): { readonly blocks: Block[]; readonly end: number } {
    const blocks: Block[] = [];
    let at = 0;
    while (at < text.length) {
      const quoted = this.quotes && text[at] === '"' ? endOfQuotes(text, at, isLast) : at;
      if (quoted === undefined) break;
      this.terminator.lastIndex = quoted;
      const found = this.terminator.exec(text);
      if (found === null && !isLast) break;
      const end = found?.index ?? text.length;
      blocks.push(this.cell(text.slice(at, end), quoted - at, found?.[0] ?? ""));
      at = end + (found === null ? 0 : 1);
    }
    return { blocks, end: at };
  }

  /** @param quoted UTF-16 units from the first to the last quote; 0 if there are none */
  private cell(raw: string, quoted: number, mark: string): Block {
    const pieces: Piece[] = [];
    let name: string;
    if (quoted >= 2) {
      const inner = raw.slice(1, quoted - 1);
      name = inner.replaceAll('""', '"');
      pieces.push(fixed('"'), { kind: "text", raw: inner, text: name, encode: doubled }, fixed('"'));
      if (quoted < raw.length) pieces.push(plain(raw.slice(quoted)));
    } else {
      const end = mark === "\n" && raw.endsWith("\r") ? raw.length - 1 : raw.length;
      name = raw.slice(0, end);
      // A cell that begins with a quote which is never closed stays like that.
      const encode = this.quotes && !name.startsWith('"') ? this.quotedIfNeeded : (text: string) => text;
      pieces.push({ kind: "text", raw: name, text: name, encode }, fixed(raw.slice(end)));
    }
    pieces.push(fixed(mark));
    const isHeader = this.inHeader;
    if (isHeader) this.columns[this.column] = wordsOfName(name);
    const context = isHeader ? "" : (this.columns[this.column] ?? "");
    if (mark === "\n") {
      this.inHeader = false;
      this.column = 0;
      this.line++;
    } else this.column++;
    return { pieces, context, isProse: !isHeader };
  }

  /** Puts quotes around a cell that had none, if it needs them now. */
  private readonly quotedIfNeeded = (text: string): string =>
    text.includes(this.delimiter) || /^"|[\r\n]/.test(text) ? `"${doubled(text)}"` : text;
}

const doubled = (text: string): string => text.replaceAll('"', '""');

/** Returns the place behind the closing quote; nothing if it may come later. */
function endOfQuotes(text: string, start: number, isLast: boolean): number | undefined {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (at + 1 === text.length && !isLast) return undefined;
    if (text[at + 1] !== '"') return at + 1;
  }
  // A quote that is never closed is text.
  return isLast ? start : undefined;
}

/** The delimiter that the first line has most of. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  const countOf = (mark: string) => bare.split(mark).length;
  return [",", ";", "\t", "|"].reduce((best, mark) => (countOf(mark) > countOf(best) ? mark : best));
}
