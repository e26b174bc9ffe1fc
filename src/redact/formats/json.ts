import { limits } from "../../limits.js";
import { wordsOfName } from "../recognisers/surroundings.js";
import { type Block, fixed, type TextPiece } from "./block.js";
import { type JsonSource, JsonStructure } from "./jsonStructure.js";

const TOKEN = /[ \t\r]+|[\n"{}[\],:]|[^ \t\r\n"{}[\],:]+/g;
const STRING_MARK = /["\\\n]/g;
const BYTE_ORDER_MARK = "\ufeff";

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
      if (this.string === undefined) at = this.readStructure(part, at);
      else {
        const end = this.endOfString(part, at);
        this.string.push(part.slice(at, end ?? part.length));
        this.count((end ?? part.length) - at);
        if (end === undefined) return;
        yield* this.closed(this.string.join(""));
        this.before.push('"');
        at = end + 1;
      }
    }
  }

  *end(): Generator<Block> {
    if (this.string !== undefined) throw this.structure.invalid("a text does not end");
    this.endScalar();
    this.structure.end();
    if (this.before.length > 0) yield { pieces: [fixed(this.before.join(""))], context: "", isProse: false };
  }

  /** Returns where the JSON begins. */
  private start(part: string): number {
    if (!this.isStart || part === "") return 0;
    this.isStart = false;
    if (!part.startsWith(BYTE_ORDER_MARK)) return 0;
    this.before.push(BYTE_ORDER_MARK);
    return BYTE_ORDER_MARK.length;
  }

  /** Reads until a text begins. Returns where. */
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
        this.before.push(part.slice(from, TOKEN.lastIndex));
        this.string = [];
        this.units = 0;
        return TOKEN.lastIndex;
      } else if (isMark) this.structure.mark(token);
    }
    this.before.push(part.slice(from));
    return part.length;
  }

  private endScalar(): void {
    if (this.scalar !== "") this.structure.scalar(this.scalar);
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
      this.structure.key(wordsOfName(text));
      this.before.push(raw);
      return;
    }
    const before = fixed(this.before.join(""));
    this.before = [];
    const piece: TextPiece = { kind: "text", raw, text, encode: encoded };
    yield { pieces: [before, piece], context: this.structure.context, isProse: true };
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
