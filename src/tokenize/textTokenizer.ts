import type { TokenizerDocument } from "./document.js";
import { encodingFailed } from "./errors.js";
import { type NativeTokenizer, nativeTokenizer } from "./library.js";

/** Tokens of a text, in order, without special tokens. Each array has the shape `[tokens]`. */
export interface TextTokens {
  readonly ids: Int32Array;
  /**
   * Where each token begins and ends in the text, in UTF-16 units. Tokens of the same character have the same
   * place.
   */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** UTF-16 units that the native library gets in one call. Its result takes some hundred bytes per token. */
const UNITS_AT_ONCE = 16_384;

/** A space between two letters or digits: no tokenizer makes one token of the text before and after it. */
const CUT = /(?<=[\p{L}\p{N}]) (?=[\p{L}\p{N}])/gu;

/**
 * Tokenizes whole texts, as Python's `tokenizer(text)` does: the tokenizer itself handles white space and
 * punctuation, and every token has a place in the text.
 */
export class TextTokenizer {
  /** True if the vocabulary marks tokens that continue a word, as WordPiece does with `##`. */
  readonly marksContinuations: boolean;
  /** Id of the unknown token. */
  readonly unknown: number;
  readonly #tokenizer: NativeTokenizer;
  readonly #decoder: ReturnType<NativeTokenizer["getDecoder"]>;
  readonly #file: string;
  readonly #tokens = new Map<number, string>();

  constructor({ json, kind, model, addedTokens }: TokenizerDocument, unknown: number, file: string) {
    this.unknown = unknown;
    const { continuing_subword_prefix: prefix = kind === "WordPiece" ? "##" : "" } = model;
    this.marksContinuations = Boolean(prefix);
    const whole = kind === "BPE" ? { ...(json.model as object), dropout: null } : json.model;
    const document = { ...json, model: whole, truncation: null, padding: null };
    this.#tokenizer = nativeTokenizer(document, addedTokens, file);
    this.#decoder = this.#tokenizer.getDecoder();
    this.#file = file;
  }

  /** @throws NeriumError TOKENIZE_ENCODING_FAILED */
  async encode(text: string): Promise<TextTokens> {
    const parts: TextTokens[] = [];
    for (const [start, end] of blocksOf(text)) {
      // The block includes the letter before the cut, so that the library sees the space as one inside a
      // text.
      const context = start === 0 ? 0 : 1;
      const block = text.slice(start - context, end);
      parts.push(placed(await this.#encoded(block), block, start - context, context));
    }
    return joined(parts);
  }

  /**
   * Tokenizes words, each on its own.
   *
   * @param starts where each word begins in the text to which the places refer, in UTF-16 units
   * @throws NeriumError TOKENIZE_ENCODING_FAILED
   */
  async encodeWords(words: readonly string[], starts: readonly number[]): Promise<TextTokens> {
    const parts: TextTokens[] = [];
    for (const [index, word] of words.entries())
      parts.push(placed(await this.#encoded(word), word, starts[index]!, 0));
    return joined(parts);
  }

  /** Returns a token as it is in the vocabulary, or an empty string for an unknown id. */
  token(id: number): string {
    let token = this.#tokens.get(id);
    if (token === undefined) {
      token = this.#tokenizer.idToToken(id) ?? "";
      this.#tokens.set(id, token);
    }
    return token;
  }

  /** Joins tokens into text, as Python's `convert_tokens_to_string` does. */
  textOf(tokens: readonly string[]): string {
    return this.#decoder === null ? tokens.join(" ") : this.#decoder.decode([...tokens]);
  }

  async #encoded(text: string): Promise<NativeTokens> {
    try {
      const encoding = await this.#tokenizer.encode(text, undefined, { addSpecialTokens: false });
      return { ids: encoding.getIds(), offsets: encoding.getOffsets() as [number, number][] };
    } catch (cause) {
      throw encodingFailed(this.#file, text, cause);
    }
  }
}

interface NativeTokens {
  readonly ids: readonly number[];
  /** In code points. */
  readonly offsets: readonly (readonly [number, number])[];
}

function* blocksOf(text: string): Generator<readonly [start: number, end: number]> {
  let start = 0;
  while (text.length - start > UNITS_AT_ONCE) {
    CUT.lastIndex = start + UNITS_AT_ONCE;
    const end = CUT.exec(text)?.index;
    if (end === undefined) break;
    yield [start, end];
    start = end;
  }
  yield [start, text.length];
}

/** @param context characters at the beginning of the block whose tokens are dropped */
function placed(
  { ids, offsets }: NativeTokens,
  block: string,
  blockStart: number,
  context: number,
): TextTokens {
  const units = unitsOf(block);
  const first = offsets.findIndex(([, end]) => end > context);
  const from = context === 0 ? 0 : first < 0 ? ids.length : first;
  const place = (side: 0 | 1) =>
    Int32Array.from(
      { length: ids.length - from },
      (_, token) => blockStart + units(offsets[from + token]![side]),
    );
  return { ids: Int32Array.from(ids.slice(from)), starts: place(0), ends: place(1) };
}

/** Returns a function from an index in code points to the index in UTF-16 units. */
function unitsOf(text: string): (codePoint: number) => number {
  // Without surrogates the two are the same.
  if (!/[\ud800-\udfff]/.test(text)) return (codePoint) => codePoint;
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return (codePoint) => units[codePoint]!;
}

function joined(parts: readonly TextTokens[]): TextTokens {
  if (parts.length === 1) return parts[0]!;
  const of = (key: keyof TextTokens): Int32Array => {
    const all = new Int32Array(parts.reduce((length, part) => length + part[key].length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part[key], at);
      at += part[key].length;
    }
    return all;
  };
  return { ids: of("ids"), starts: of("starts"), ends: of("ends") };
}
