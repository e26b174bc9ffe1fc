import { limits } from "../../limits.js";
import { wordsOfName } from "../recognisers/surroundings.js";
import { type Block, fixed, type LeftText, type TextPiece } from "./block.js";
import { type JsonSource, JsonStructure } from "./jsonStructure.js";

const TOKEN = /[ \t\r]+|[\n"{}[\],:]|[^ \t\r\n"{}[\],:]+/g;
const STRING_MARK = /["\\\n]/g;
const BYTE_ORDER_MARK = "\ufeff";
/** Numbers in which patterns could find something. */
const LONG_INTEGER = /^-?(\d{5,40})$/;
/** UTF-16 units without a text after which a block ends. */
const FIXED_UNITS = 65_536;
/** Different keys that are remembered. */
const MOST_KEYS = 10_000;

/**
 * Reads JSON: one value, or any number of them. Each text value is a block of its own, with its key as context. Keys,
 * numbers and white space stay as they are. Anything else is an error.
 *
 * @throws NeriumError REDACT_FORMAT_INVALID
 */
export async function* jsonBlocks(
  parts: AsyncIterable<string>,
  source: JsonSource = {},
): AsyncGenerator<Block, void, undefined> {
  const reader = new JsonReader(source);
  for await (const part of parts) yield* reader.read(part);
  yield* reader.end();
}

class JsonReader {
  private readonly structure: JsonStructure;
  /** What stands before the next text. */
  private before: string[] = [];
  private beforeUnits = 0;
  private left: LeftText[] = [];
  /** Keys that were told before. */
  private readonly keys = new Set<string>();
  /** A number, true, false or null that may go on in the next part. */
  private scalar = "";
  private string: string[] | undefined;
  private isKey = false;
  private units = 0;
  private escapes = false;
  private isStart = true;

  constructor(source: JsonSource) {
    this.structure = new JsonStructure(source);
  }

  *read(part: string): Generator<Block> {
    for (let at = this.start(part); at < part.length; ) {
      if (this.string === undefined) {
        at = this.readStructure(part, at);
        if (this.string === undefined && this.beforeUnits >= FIXED_UNITS)
          yield { ...this.taken(), context: "", isProse: false };
      } else {
        const end = this.endOfString(part, at);
        this.string.push(part.slice(at, end ?? part.length));
        this.count((end ?? part.length) - at);
        if (end === undefined) return;
        yield* this.closed(this.string.join(""));
        this.keep('"');
        at = end + 1;
      }
    }
  }

  *end(): Generator<Block> {
    if (this.string !== undefined) throw this.structure.invalid("a text does not end");
    this.endScalar();
    this.structure.end();
    if (this.before.length > 0) yield { ...this.taken(), context: "", isProse: false };
  }

  /** Returns where the JSON begins. */
  private start(part: string): number {
    if (!this.isStart || part === "") return 0;
    this.isStart = false;
    if (!part.startsWith(BYTE_ORDER_MARK)) return 0;
    this.keep(BYTE_ORDER_MARK);
    return BYTE_ORDER_MARK.length;
  }

  private keep(raw: string): void {
    this.before.push(raw);
    this.beforeUnits += raw.length;
  }

  /** Returns what stands before the next text, and forgets it. */
  private taken(): Required<Pick<Block, "pieces" | "left">> {
    const { before, left } = this;
    this.before = [];
    this.beforeUnits = 0;
    this.left = [];
    return { pieces: [fixed(before.join(""))], left };
  }

  /** Reads until a text begins, or until enough is read. Returns where. */
  private readStructure(part: string, from: number): number {
    TOKEN.lastIndex = from;
    for (let match = TOKEN.exec(part); match !== null; match = TOKEN.exec(part)) {
      const [token] = match;
      const isMark = token.length === 1 && '\n"{}[],:'.includes(token);
      if (!isMark && !/^[ \t\r]/.test(token)) {
        this.count(token.length);
        this.scalar += token;
        continue;
      }
      this.endScalar();
      if (token === "\n") this.structure.line++;
      else if (token === '"') {
        this.isKey = this.structure.text();
        this.keep(part.slice(from, TOKEN.lastIndex));
        this.string = [];
        return TOKEN.lastIndex;
      } else if (isMark) this.structure.mark(token);
      if (token === "," && this.beforeUnits + TOKEN.lastIndex - from >= FIXED_UNITS) {
        this.keep(part.slice(from, TOKEN.lastIndex));
        return TOKEN.lastIndex;
      }
    }
    this.keep(part.slice(from));
    return part.length;
  }

  private endScalar(): void {
    if (this.scalar === "") return;
    const text = LONG_INTEGER.exec(this.scalar)?.[1];
    if (text !== undefined) this.left.push({ kind: "number", text, context: this.structure.context });
    this.structure.scalar(this.scalar);
    this.scalar = "";
    this.units = 0;
  }

  private count(units: number): void {
    this.units += units;
    if (this.units > limits.recordUnits) throw this.structure.invalid("a value is too long");
  }

  /** Returns where the text ends, if it ends in this part. */
  private endOfString(part: string, from: number): number | undefined {
    STRING_MARK.lastIndex = this.escapes ? from + 1 : from;
    this.escapes = false;
    for (let match = STRING_MARK.exec(part); match !== null; match = STRING_MARK.exec(part)) {
      if (match[0] === '"') return match.index;
      if (match[0] === "\n") throw this.structure.invalid("a text contains a line break");
      if (match.index + 1 >= part.length) {
        this.escapes = true;
        return undefined;
      }
      STRING_MARK.lastIndex = match.index + 2;
    }
    return undefined;
  }

  private *closed(raw: string): Generator<Block> {
    this.string = undefined;
    this.units = 0;
    const text = this.decoded(raw);
    if (this.isKey) {
      this.tellKey(text);
      this.structure.key(wordsOfName(text));
      this.keep(raw);
      return;
    }
    const { pieces, left } = this.taken();
    const piece: TextPiece = { kind: "text", raw, text, encode: encoded };
    yield { pieces: [...pieces, piece], left, context: this.structure.context, isProse: true };
  }

  private tellKey(text: string): void {
    if (this.keys.has(text)) return;
    if (this.keys.size >= MOST_KEYS) this.keys.clear();
    this.keys.add(text);
    this.left.push({ kind: "key", text, context: "" });
  }

  private decoded(raw: string): string {
    if (!raw.includes("\\")) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      throw this.structure.invalid("a text has an unknown escape");
    }
  }
}

const encoded = (text: string): string => JSON.stringify(text).slice(1, -1);
