import { parseJson, TOO_DEEP } from "../../../files/json.js";
import { limits } from "../../../limits.js";
import { jsonInvalid, jsonShape } from "../../errors.js";
import type { Line } from "../../read/lines.js";

/** An object of a JSON file, and the line where it begins. */
export interface JsonRecord {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** A value of a JSON file, and the line where it begins. */
export interface JsonValue {
  readonly value: unknown;
  readonly line: number;
}

/**
 * Yields the objects of JSON Lines, of one JSON array, or of objects one after the other, which may stand on any number of lines.
 * Only one object is in memory at a time.
 *
 * @throws NeriumError DATA_JSON_INVALID, DATA_JSON_SHAPE
 */
export function* jsonRecords(lines: Iterable<Line>, file: string, remedy?: string): Generator<JsonRecord> {
  for (const { value, line } of jsonValues(lines, file))
    if (isRecord(value)) yield { value, line };
    else throw jsonShape(file, line, `Expected an object, found ${kindOf(value)}`, remedy);
}

/** Like {@link jsonRecords}, but for values of any kind. */
export function* jsonValues(lines: Iterable<Line>, file: string): Generator<JsonValue> {
  const reader = new ValueReader(file);
  for (const line of lines) yield* reader.line(line);
  reader.end();
}

/** Like {@link jsonValues}, for lines that arrive one after the other. */
export async function* jsonValuesIn(
  lines: AsyncIterable<Line>,
  file: string,
): AsyncGenerator<JsonValue, void, undefined> {
  const reader = new ValueReader(file);
  for await (const line of lines) yield* reader.line(line);
  reader.end();
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "an array" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const BEHIND = "unexpected text after the array";
const TOO_LONG = `a record is longer than ${limits.recordUnits.toLocaleString("en-US")} UTF-16 units`;

/** Gets the lines of a file one by one, and yields the values that end in them. */
interface LineReader {
  line(line: Line): Generator<JsonValue>;
  end(): void;
}

/** Reads one array, objects over several lines, or one value per line: the first line that is not blank shows which. */
class ValueReader implements LineReader {
  #reader: LineReader | undefined;

  constructor(private readonly file: string) {}

  *line(line: Line): Generator<JsonValue> {
    const { text } = line;
    if (this.#reader === undefined && text.trim() === "") return;
    this.#reader ??= text.trimStart().startsWith("[")
      ? new ArrayElements(this.file)
      : isUnfinished(text)
        ? new Objects(this.file)
        : new LineValues(this.file);
    yield* this.#reader.line(line);
  }

  end(): void {
    this.#reader?.end();
  }
}

class LineValues implements LineReader {
  constructor(private readonly file: string) {}

  *line({ text, number }: Line): Generator<JsonValue> {
    if (text.trim() !== "") yield { value: parsed(text, this.file, number), line: number };
  }

  end(): void {}
}

/** True for the first line of an object that goes on in the next lines. */
export function isUnfinished(line: string): boolean {
  if (!line.trimStart().startsWith("{")) return false;
  return new Outline().closesIn(line) < 0;
}

/** Follows the brackets and commas outside of strings, from line to line. */
class Outline {
  #depth = 0;
  #inString = false;

  /** The number of open brackets. */
  get depth(): number {
    return this.#depth;
  }

  get isTooDeep(): boolean {
    return this.#depth > limits.jsonDepth;
  }

  /**
   * Returns the next place, from a place on, where the outermost bracket opens or closes, a comma is directly inside of it, or the
   * brackets are too deep; -1 if there is none in the line.
   */
  next(line: string, from: number): number {
    let depth = this.#depth;
    let inString = this.#inString;
    let at = from;
    for (; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      if (inString) {
        if (unit === BACKSLASH) at++;
        else if (unit === QUOTE) inString = false;
      } else if (unit === QUOTE) inString = true;
      else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
        depth++;
        if (depth === 1 || depth > limits.jsonDepth) break;
      } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) {
        depth--;
        if (depth <= 0) break;
      } else if (unit === COMMA && depth === 1) break;
    }
    this.#depth = depth;
    this.#inString = inString;
    return at < line.length ? at : -1;
  }

  /** Returns where the outermost bracket closes, or the brackets are too deep; -1 if neither happens in the line. */
  closesIn(line: string, from = 0): number {
    for (let at = from - 1; ; ) {
      at = this.next(line, at + 1);
      if (at < 0 || this.#depth <= 0 || this.isTooDeep) return at;
    }
  }
}

/** Reads objects that stand one after the other, each on any number of lines. */
class Objects implements LineReader {
  #outline = new Outline();
  #parts: string[] = [];
  #units = 0;
  #begun = 1;

  constructor(private readonly file: string) {}

  *line({ text, number }: Line): Generator<JsonValue> {
    for (let start = 0; text.slice(start).trim() !== ""; ) {
      if (this.#parts.length === 0) this.#begun = number;
      const end = this.#outline.closesIn(text, start);
      if (this.#outline.isTooDeep) throw jsonInvalid(this.file, number, TOO_DEEP);
      const part = text.slice(start, end < 0 ? text.length : end + 1);
      this.#parts.push(part);
      this.#units += part.length;
      if (this.#units > limits.recordUnits) throw jsonInvalid(this.file, this.#begun, TOO_LONG);
      if (end < 0) break;
      yield { value: parsed(this.#parts.join("\n"), this.file, this.#begun), line: this.#begun };
      this.#parts = [];
      this.#units = 0;
      this.#outline = new Outline();
      start = end + 1;
    }
  }

  end(): void {
    if (this.#parts.length > 0) throw jsonInvalid(this.file, this.#begun, "the object does not end");
  }
}

function parsed(text: string, file: string, line: number): unknown {
  if (text.length > limits.recordUnits) throw jsonInvalid(file, line, TOO_LONG);
  try {
    return parseJson(text);
  } catch (cause) {
    throw jsonInvalid(file, line, cause);
  }
}

/** Finds the elements of an array, and parses them one by one. */
class ArrayElements implements LineReader {
  readonly #outline = new Outline();
  #hasEnded = false;
  /** The element so far: where it begins, its parts and their length. */
  #begun: number | undefined;
  #parts: string[] = [];
  #units = 0;
  #last = 1;

  constructor(private readonly file: string) {}

  *line({ text, number }: Line): Generator<JsonValue> {
    const { file } = this;
    this.#last = number;
    if (this.#hasEnded && text.trim() !== "") throw jsonInvalid(file, number, BEHIND);
    const outline = this.#outline;
    let start = 0;
    for (let at = outline.next(text, 0); at >= 0; at = outline.next(text, at + 1)) {
      if (outline.isTooDeep) throw jsonInvalid(file, number, TOO_DEEP);
      if (text.charCodeAt(at) === COMMA) {
        this.#take(text.slice(start, at), number);
        yield this.#element(number);
      } else if (outline.depth <= 0) {
        this.#take(text.slice(start, at), number);
        this.#hasEnded = true;
        if (this.#parts.some((part) => part.trim() !== "")) yield this.#element(number);
        this.#parts = [];
        if (text.slice(at + 1).trim() !== "") throw jsonInvalid(file, number, BEHIND);
        break;
      }
      start = at + 1;
    }
    if (!this.#hasEnded) this.#take(text.slice(start), number);
  }

  end(): void {
    if (!this.#hasEnded) throw jsonInvalid(this.file, this.#last, "the array does not end");
  }

  #take(part: string, line: number): void {
    if (this.#begun === undefined && part.trim() !== "") this.#begun = line;
    this.#parts.push(part);
    this.#units += part.length;
    if (this.#units > limits.recordUnits) throw jsonInvalid(this.file, this.#begun ?? line, TOO_LONG);
  }

  #element(at: number): JsonValue {
    const line = this.#begun ?? at;
    const text = this.#parts.join("\n");
    this.#parts = [];
    this.#units = 0;
    this.#begun = undefined;
    return { value: parsed(text, this.file, line), line };
  }
}
