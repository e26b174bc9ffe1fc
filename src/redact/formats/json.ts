import { limits } from "../../limits.js";
import { formatInvalid } from "../errors.js";
import { wordsOfName } from "../recognisers/surroundings.js";
import { type Block, fixed, type TextPiece } from "./block.js";

/** An object or a list that is open, and what is known about the values in it. */
interface Container {
  readonly isObject: boolean;
  /** The words of the last key, or of the key that the list belongs to. */
  context: string;
}

const MARK = /["{}[\],\n]/g;
const STRING_MARK = /["\\\n]/g;

/**
 * Reads JSON: one value, or any number of them. Each text value is a block of its own, with its key as context. Keys,
 * numbers and white space stay as they are.
 *
 * @throws NeriumError REDACT_FORMAT_INVALID
 */
export async function* jsonBlocks(parts: AsyncIterable<string>): AsyncGenerator<Block, void, undefined> {
  const reader = new JsonReader();
  for await (const part of parts) yield* reader.read(part);
  yield* reader.end();
}

class JsonReader {
  private readonly open: Container[] = [];
  /** Whether the next text is the key of an object. */
  private awaitsKey = false;
  /** What stands before the next text. */
  private structure: string[] = [];
  private string: string[] | undefined;
  private units = 0;
  private escapes = false;
  private line = 1;

  *read(part: string): Generator<Block> {
    for (let at = 0; at < part.length; ) {
      if (this.string === undefined) at = this.readStructure(part, at);
      else {
        const end = this.endOfString(part, at);
        this.string.push(part.slice(at, end ?? part.length));
        this.units += (end ?? part.length) - at;
        if (this.units > limits.recordUnits) throw formatInvalid("JSON", this.line, "a text is too long");
        if (end === undefined) return;
        yield* this.closed(this.string.join(""));
        this.structure.push('"');
        at = end + 1;
      }
    }
  }

  *end(): Generator<Block> {
    if (this.string !== undefined) throw formatInvalid("JSON", this.line, "a text does not end");
    if (this.open.length > 0) throw formatInvalid("JSON", this.line, "an object or a list does not end");
    if (this.structure.length > 0)
      yield { pieces: [fixed(this.structure.join(""))], context: "", isProse: false };
  }

  /** Reads until a text begins. Returns where. */
  private readStructure(part: string, from: number): number {
    MARK.lastIndex = from;
    for (let match = MARK.exec(part); match !== null; match = MARK.exec(part)) {
      if (match[0] !== '"') {
        this.mark(match[0]);
        continue;
      }
      const after = match.index + 1;
      this.structure.push(part.slice(from, after));
      this.string = [];
      this.units = 0;
      return after;
    }
    this.structure.push(part.slice(from));
    return part.length;
  }

  private mark(mark: string): void {
    if (mark === "\n") this.line++;
    else if (mark === ",") this.awaitsKey = this.open.at(-1)?.isObject ?? false;
    else if (mark === "{" || mark === "[") {
      if (this.open.length >= limits.jsonDepth)
        throw formatInvalid("JSON", this.line, "it is nested too deeply");
      this.open.push({ isObject: mark === "{", context: this.open.at(-1)?.context ?? "" });
      this.awaitsKey = mark === "{";
    } else {
      const closed = this.open.pop();
      if (closed === undefined || closed.isObject !== (mark === "}"))
        throw formatInvalid("JSON", this.line, `${mark} closes nothing`);
      this.awaitsKey = false;
    }
  }

  /** Returns where the text ends, if it ends in this part. */
  private endOfString(part: string, from: number): number | undefined {
    STRING_MARK.lastIndex = this.escapes ? from + 1 : from;
    this.escapes = false;
    for (let match = STRING_MARK.exec(part); match !== null; match = STRING_MARK.exec(part)) {
      if (match[0] === '"') return match.index;
      if (match[0] === "\n") throw formatInvalid("JSON", this.line, "a text contains a line break");
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
    const container = this.open.at(-1);
    const text = this.decoded(raw);
    if (this.awaitsKey && container !== undefined) {
      container.context = wordsOfName(text);
      this.awaitsKey = false;
      this.structure.push(raw);
      return;
    }
    const before = fixed(this.structure.join(""));
    this.structure = [];
    const piece: TextPiece = { kind: "text", raw, text, encode: encoded };
    yield { pieces: [before, piece], context: container?.context ?? "", isProse: true };
  }

  private decoded(raw: string): string {
    if (!raw.includes("\\")) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      throw formatInvalid("JSON", this.line, "a text has an unknown escape");
    }
  }
}

const encoded = (text: string): string => JSON.stringify(text).slice(1, -1);
