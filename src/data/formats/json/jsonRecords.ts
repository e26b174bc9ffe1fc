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
 * Yields the objects of JSON Lines, of one JSON array, or objects one after the other, on any number of lines. Only
 * one object is in memory at a time.
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
  for (const { text } of lines) {
    if (text.trim() === "") continue;
    if (text.trimStart().startsWith("[")) yield* elements(lines, file);
    else yield* isUnfinished(text) ? objects(lines, file) : lineValues(lines, file);
    return;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "an array" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}

/** True for the first line of an object that goes on in the next lines. */
export function isUnfinished(line: string): boolean {
  if (!line.trimStart().startsWith("{")) return false;
  const brackets = new Brackets();
  return brackets.closesIn(line) < 0;
}

/** Follows the brackets of objects and lists outside of strings, from line to line. */
class Brackets {
  #depth = 0;
  #inString = false;

  /** Returns where in a line the outermost bracket closes, from a place on; -1 if it does not. */
  closesIn(line: string, from = 0): number {
    for (let at = from; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      if (this.#inString) {
        if (unit === BACKSLASH) at++;
        else if (unit === QUOTE) this.#inString = false;
      } else if (unit === QUOTE) this.#inString = true;
      else if (unit === OPEN_LIST || unit === OPEN_OBJECT) this.#depth++;
      else if ((unit === CLOSE_LIST || unit === CLOSE_OBJECT) && --this.#depth <= 0) return at;
    }
    return -1;
  }
}

/** Yields objects that stand one after the other, each on any number of lines. */
function* objects(lines: Iterable<Line>, file: string): Generator<JsonValue> {
  let brackets = new Brackets();
  let parts: string[] = [];
  let begun = 1;
  for (const { text, number } of lines) {
    for (let start = 0; text.slice(start).trim() !== ""; ) {
      if (parts.length === 0) begun = number;
      const end = brackets.closesIn(text, start);
      parts.push(text.slice(start, end < 0 ? text.length : end + 1));
      if (end < 0) break;
      yield { value: parsed(parts.join("\n"), file, begun), line: begun };
      parts = [];
      brackets = new Brackets();
      start = end + 1;
    }
  }
  if (parts.length > 0) throw jsonInvalid(file, begun, "the object does not end");
}

function* lineValues(lines: Iterable<Line>, file: string): Generator<JsonValue> {
  for (const { text, number } of lines)
    if (text.trim() !== "") yield { value: parsed(text, file, number), line: number };
}

function parsed(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw jsonInvalid(file, line, cause);
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const BEHIND = "unexpected text after the array";

/**
 * Yields the elements of an array. Finds them by the brackets and commas outside of strings, and parses them
 * one by one.
 */
function* elements(lines: Iterable<Line>, file: string): Generator<JsonValue> {
  let depth = 0;
  let inString = false;
  let hasEnded = false;
  let parts: string[] = [];
  let begun: number | undefined;
  let last = 1;
  const element = (line: number): JsonValue => {
    const value = { value: parsed(parts.join("\n"), file, begun ?? line), line: begun ?? line };
    parts = [];
    begun = undefined;
    return value;
  };
  for (const { text, number } of lines) {
    last = number;
    if (hasEnded && text.trim() !== "") throw jsonInvalid(file, number, BEHIND);
    let start = 0;
    const take = (end: number) => {
      const part = text.slice(start, end);
      if (begun === undefined && part.trim() !== "") begun = number;
      parts.push(part);
      start = end + 1;
    };
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (inString) {
        if (unit === BACKSLASH) at++;
        else if (unit === QUOTE) inString = false;
      } else if (unit === QUOTE) inString = true;
      else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
        if (depth++ === 0) start = at + 1;
      } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) {
        if (--depth > 0) continue;
        take(at);
        hasEnded = true;
        if (parts.some((part) => part.trim() !== "")) yield element(number);
        parts = [];
        if (text.slice(at + 1).trim() !== "") throw jsonInvalid(file, number, BEHIND);
        break;
      } else if (unit === COMMA && depth === 1) {
        take(at);
        yield element(number);
      }
    }
    if (!hasEnded) take(text.length);
  }
  if (!hasEnded) throw jsonInvalid(file, last, "the array does not end");
}
