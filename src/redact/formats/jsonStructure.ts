import type { NeriumError } from "../../errors.js";
import { limits } from "../../limits.js";
import { formatInvalid } from "../errors.js";

/** Where JSON comes from. */
export interface JsonSource {
  /** For errors. */
  readonly file?: string | undefined;
  /** Whether each value has a line of its own, as in JSONL. Then errors name the line where the value begins. */
  readonly isLines?: boolean;
}

/** An object or a list that is open. */
interface Container {
  readonly isObject: boolean;
  readonly line: number;
  /** The words of the last key, or of the key that the list belongs to. */
  context: string;
}

type Expected = "value" | "first value" | "key" | "first key" | "colon" | "comma";

const SCALAR = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

/**
 * Follows the structure of JSON token by token, and refuses whatever is not JSON: what is taken for structure is not
 * redacted. There can be any number of values one after another.
 */
export class JsonStructure {
  /** The line of the next token. */
  line = 1;
  private readonly open: Container[] = [];
  private expected: Expected = "value";
  /** The line of the last token, and the line where the last value outside of all others begins. */
  private lastLine = 0;
  private valueLine = 1;

  constructor(private readonly source: JsonSource) {}

  /** What is known about the next value. */
  get context(): string {
    return this.open.at(-1)?.context ?? "";
  }

  /** A text begins. Returns whether it is a key. */
  text(): boolean {
    if (this.expected !== "key" && this.expected !== "first key") {
      this.value();
      return false;
    }
    this.expected = "colon";
    this.lastLine = this.line;
    return true;
  }

  /** The last text was a key with these words. */
  key(words: string): void {
    this.open.at(-1)!.context = words;
  }

  /** A number, true, false or null; or what stands in their place. */
  scalar(raw: string): void {
    if (this.expected === "key" || this.expected === "first key")
      throw this.invalid("a key is not in double quotes");
    const isJson = SCALAR.test(raw);
    if (this.open.length === 0 && isJson && this.lastLine === this.line)
      throw this.invalid("there are several values in the line");
    if (!isJson && (this.expected === "value" || this.expected === "first value"))
      throw this.invalid("there is text outside of double quotes that is not a number, true, false or null");
    this.value();
  }

  /** One of `{}[],:` */
  mark(mark: string): void {
    if (mark === "{" || mark === "[") this.begin(mark === "{");
    else if (mark === "}" || mark === "]") this.close(mark);
    else this.separate(mark);
    this.lastLine = this.line;
  }

  end(): void {
    const last = this.open.at(-1);
    if (last === undefined) return;
    const line = this.source.isLines ? this.valueLine : last.line;
    throw this.invalid(`${last.isObject ? "an object" : "a list"} does not end`, line);
  }

  invalid(what: string, line = this.line): NeriumError {
    return formatInvalid("JSON", { file: this.source.file, line }, what);
  }

  private begin(isObject: boolean): void {
    const { context } = this;
    this.value();
    if (this.open.length >= limits.jsonDepth) throw this.invalid("it is nested too deeply");
    this.open.push({ isObject, line: this.line, context });
    this.expected = isObject ? "first key" : "first value";
  }

  private close(mark: string): void {
    const last = this.open.at(-1);
    if (last === undefined || last.isObject !== (mark === "}")) throw this.invalid(`${mark} closes nothing`);
    if (this.expected !== "comma" && !this.expected.startsWith("first")) throw this.missing();
    this.open.pop();
    this.expected = this.afterValue;
  }

  private separate(mark: string): void {
    const last = this.open.at(-1);
    if (last === undefined) throw this.invalid(`${mark} is outside of an object or a list`);
    if (this.expected !== (mark === "," ? "comma" : "colon")) throw this.missing();
    this.expected = mark === "," && last.isObject ? "key" : "value";
  }

  private value(): void {
    if (this.expected !== "value" && this.expected !== "first value") throw this.missing();
    if (this.open.length === 0) this.valueLine = this.line;
    this.lastLine = this.line;
    this.expected = this.afterValue;
  }

  private get afterValue(): Expected {
    return this.open.length === 0 ? "value" : "comma";
  }

  /** Something else stands where a token must be: the mistake is where the token before it ends. */
  private missing(): NeriumError {
    const what = {
      ...{ value: "a value", "first value": "a value", key: "a key", "first key": "a key", colon: "a colon" },
      comma: this.open.at(-1)?.isObject ? "a comma or }" : "a comma or ]",
    };
    return this.invalid(
      `${what[this.expected]} is missing`,
      this.source.isLines ? this.valueLine : this.lastLine,
    );
  }
}
