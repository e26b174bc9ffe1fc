import { limits } from "../limits.js";
import { jsonInvalid } from "./errors.js";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses JSON from a client.
 *
 * @throws NeriumError SERVE_JSON_INVALID for bytes that are not UTF-8 or not JSON, for a key that appears twice in an object, for
 *   the key `__proto__`, and for more than 1,000 lists and objects inside each other
 */
export function parsedJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw jsonInvalid("it is not encoded in UTF-8");
  }
  if (text.trim() === "") throw jsonInvalid("it is empty");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw jsonInvalid(whereOf(error as Error));
  }
  if (checkedKeys(value) !== keysIn(text)) throw jsonInvalid("a key appears twice in an object");
  return value;
}

/** Returns where JSON ends to be valid, without a part of the text, which an error of V8 shows. */
function whereOf({ message }: Error): string {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? "it ends too early" : `unexpected character at position ${position}`;
}

/** Returns the number of keys of all objects in a value, and refuses what no request needs. */
function checkedKeys(value: unknown): number {
  let keys = 0;
  const pending: [object, number][] = [];
  const look = (each: unknown, depth: number) => {
    if (typeof each === "object" && each !== null) pending.push([each, depth]);
  };
  look(value, 1);
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [outer, depth] = entry;
    if (depth > limits.jsonDepth)
      throw jsonInvalid(`it has more than ${limits.jsonDepth} lists or objects inside each other`);
    if (Array.isArray(outer)) {
      for (const item of outer) look(item, depth + 1);
      continue;
    }
    for (const [key, item] of Object.entries(outer)) {
      if (key === "__proto__") throw jsonInvalid("__proto__ is not allowed as a key");
      keys++;
      look(item, depth + 1);
    }
  }
  return keys;
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];

/** Returns the number of keys in valid JSON: of colons that are not in strings. */
function keysIn(text: string): number {
  let keys = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COLON) keys++;
    else if (unit === QUOTE) at = endOfString(text, at);
  }
  return keys;
}

/** Returns the index of the quotation mark that ends a string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
}
