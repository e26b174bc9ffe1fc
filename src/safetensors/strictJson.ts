import { quoted } from "./errors.js";

/** Deeper than any header or index needs, and shallow enough for the stack. */
const DEEPEST = 32;
/** Limit of values that are skipped. A few of them say who wrote the file; many would only cost time. */
const MOST_SKIPPED = 100_000;
// The repetitions are bounded: V8's regular expressions overflow the stack on millions of characters.
const NUMBER = /-?(?:0|[1-9][0-9]{0,400})(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,400})?/y;
const WORDS = ["true", "false", "null"];

const code = (character: string): number => character.charCodeAt(0);
const QUOTE = code('"');
const BACKSLASH = code("\\");
const [ZERO, NINE] = [code("0"), code("9")];
const isDigit = (unit: number): boolean => unit >= ZERO && unit <= NINE;

/**
 * Reads JSON (RFC 8259) value by value, as the caller expects it, and stores nothing. A hostile text can only
 * use the memory that the caller uses to store values. Refuses lone surrogates and deep nesting, which
 * `JSON.parse` accepts.
 */
export class StrictJson {
  #at = 0;
  #skipped = 0;

  /**
   * @param refuse must throw; it gets what is wrong with the text, such as `a broken string at character 7`
   */
  constructor(
    private readonly text: string,
    private readonly refuse: (what: string) => never,
  ) {}

  /**
   * Reads an object. `value` must read or skip the value of each key. Returns false and reads nothing if the
   * next value is not an object.
   */
  object(value: (key: string) => void): boolean {
    if (!this.#takes("{")) return false;
    if (this.#takes("}")) return true;
    do {
      const key = this.string() ?? this.#fail("no key");
      if (!this.#takes(":")) this.#fail("no colon");
      value(key);
    } while (this.#takes(","));
    return this.#takes("}") || this.#fail("no comma or closing brace");
  }

  /**
   * Reads an array. `item` must read or skip each item. Returns false and reads nothing if the next value is
   * not an array.
   */
  array(item: () => void): boolean {
    if (!this.#takes("[")) return false;
    if (this.#takes("]")) return true;
    do item();
    while (this.#takes(","));
    return this.#takes("]") || this.#fail("no comma or closing bracket");
  }

  /** Reads a string. Returns `undefined` and reads nothing if the next value is not a string. */
  string(): string | undefined {
    this.#skipWhitespace();
    const { text } = this;
    const start = this.#at;
    if (text.charCodeAt(start) !== QUOTE) return undefined;
    let end = start + 1;
    let escaped = false;
    for (let unit = text.charCodeAt(end); unit !== QUOTE; unit = text.charCodeAt(++end)) {
      // NaN, read past the end of the text, fails here too.
      if (!(unit >= 0x20)) this.#fail("an invalid string");
      if (unit !== BACKSLASH) continue;
      escaped = true;
      end++;
    }
    const value = escaped ? this.#unescaped(text.slice(start, end + 1)) : text.slice(start + 1, end);
    if (/\p{Surrogate}/u.test(value)) this.#fail("a lone surrogate");
    this.#at = end + 1;
    return value;
  }

  /**
   * Reads a number that is written as a plain count below 2^53: `1e3`, `4.0` and `9007199254740993` must not
   * be accepted as offsets. Returns `undefined` and reads nothing if the next value is anything else.
   */
  count(): number | undefined {
    this.#skipWhitespace();
    const start = this.#at;
    let end = start;
    while (isDigit(this.text.charCodeAt(end))) end++;
    if (end === start || end - start > 16 || ".eE".includes(this.text[end] ?? " ")) return undefined;
    if (end - start > 1 && this.text.charCodeAt(start) === ZERO) return undefined;
    const value = Number(this.text.slice(start, end));
    if (!Number.isSafeInteger(value)) return undefined;
    this.#at = end;
    return value;
  }

  /** Reads a value of any kind and ignores it. */
  skip(depth = 1): void {
    if (depth > DEEPEST) this.#fail("values nested too deeply");
    if (++this.#skipped > MOST_SKIPPED) this.#fail("too many unknown values");
    const below = () => this.skip(depth + 1);
    if (this.object(below) || this.array(below) || this.string() !== undefined) return;
    NUMBER.lastIndex = this.#at;
    const literal = WORDS.find((word) => this.text.startsWith(word, this.#at)) ?? NUMBER.exec(this.text)?.[0];
    this.#at += (literal ?? this.#fail("no valid JSON value")).length;
  }

  /** Refuses a key that appears twice in an object. */
  twice(key: string): never {
    return this.#fail(`the duplicate key ${quoted(key)}`);
  }

  /** Refuses any text after the end. */
  end(): void {
    this.#skipWhitespace();
    if (this.#at < this.text.length) this.#fail("more text after the end");
  }

  #skipWhitespace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  /** Skips white space, and also the given character if it comes next. */
  #takes(character: string): boolean {
    this.#skipWhitespace();
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #unescaped(token: string): string {
    try {
      return JSON.parse(token) as string;
    } catch {
      return this.#fail("an invalid escape sequence");
    }
  }

  #fail(what: string): never {
    return this.refuse(`${what} at character ${this.#at}`);
  }
}

/** Decodes UTF-8. A byte-order mark is kept. */
export function utf8(bytes: Uint8Array, refuse: (what: string) => never): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("not UTF-8");
  }
}
