import { quoted } from "./errors.js";

/**
 * A number that is not written as a plain count: with a sign, a fraction or an exponent, or beyond 2^53.
 * Kept apart, because `1e3` and `9007199254740993` must not pass for offsets.
 */
export class OtherNumber {
  constructor(readonly literal: string) {}
}

export type Json = string | number | boolean | null | OtherNumber | Json[] | Map<string, Json>;

/** Deeper than any header or index needs, shallow enough for the stack. */
const DEEPEST = 32;
/** Twice what 100,000 tensors take: a hostile text of brackets would otherwise grow to 40 times its size in memory. */
const MOST_VALUES = 2_000_000;
const MOST_CONTAINERS = 600_000;
// Bounded, because a loop over millions of characters overflows the stack of V8's regular expressions.
const NUMBER = /-?(?:0|[1-9][0-9]{0,400})(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,400})?/y;
const COUNT = /^[0-9]+$/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITESPACE = " \t\n\r";

/**
 * JSON (RFC 8259) with what `JSON.parse` lets through refused: duplicate keys, lone surrogates and deep nesting. Objects
 * are Maps, so that `__proto__` is a key like any other.
 *
 * @throws SyntaxError saying what stands at which character
 */
export function parseStrictJson(text: string): Json {
  let at = 0;
  let values = 0;
  let containers = 0;

  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at character ${at}`);
  };
  const skipWhitespace = (): void => {
    while (at < text.length && WHITESPACE.includes(text[at]!)) at++;
  };
  /** Skips white space, and the character when it is next. */
  const takes = (character: string): boolean => {
    skipWhitespace();
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const string = (): string => {
    if (text.charCodeAt(at) !== QUOTE) fail("no string");
    let end = at + 1;
    let escaped = false;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(++end)) {
      // NaN, past the end of the text, fails here too.
      if (!(code >= 0x20)) fail("a broken string");
      if (code !== BACKSLASH) continue;
      escaped = true;
      end++;
    }
    const value = escaped ? unescaped(text.slice(at, end + 1)) : text.slice(at + 1, end);
    if (/\p{Surrogate}/u.test(value)) fail("a lone surrogate");
    at = end + 1;
    return value;
  };
  const unescaped = (token: string): string => {
    try {
      return JSON.parse(token) as string;
    } catch {
      return fail("a broken escape");
    }
  };
  const number = (): number | OtherNumber => {
    NUMBER.lastIndex = at;
    const literal = NUMBER.exec(text)?.[0] ?? fail("no JSON value");
    at += literal.length;
    const value = Number(literal);
    return COUNT.test(literal) && Number.isSafeInteger(value) ? value : new OtherNumber(literal);
  };
  const object = (depth: number): Map<string, Json> => {
    if (++containers > MOST_CONTAINERS) fail("too many objects and lists");
    const entries = new Map<string, Json>();
    if (takes("}")) return entries;
    do {
      skipWhitespace();
      const key = string();
      if (entries.has(key)) fail(`the key ${quoted(key)} for the second time`);
      if (!takes(":")) fail("no colon");
      entries.set(key, value(depth + 1));
    } while (takes(","));
    return takes("}") ? entries : fail("neither comma nor closing brace");
  };
  const array = (depth: number): Json[] => {
    if (++containers > MOST_CONTAINERS) fail("too many objects and lists");
    const items: Json[] = [];
    if (takes("]")) return items;
    do items.push(value(depth + 1));
    while (takes(","));
    return takes("]") ? items : fail("neither comma nor closing bracket");
  };
  function value(depth: number): Json {
    if (depth > DEEPEST) fail("values nested too deeply");
    if (++values > MOST_VALUES) fail("too many values");
    if (takes("{")) return object(depth);
    if (takes("[")) return array(depth);
    if (text[at] === '"') return string();
    for (const [word, meaning] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const)
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    return number();
  }

  const result = value(0);
  skipWhitespace();
  return at === text.length ? result : fail("more text after the end");
}
