import { runtimeRequire } from "../installed.js";
import type { AddedToken, TokenizerDocument } from "./document.js";
import { encodingFailed, tokenizerInvalid, tokenizerLibraryMissing } from "./errors.js";
import type { JsonObject } from "./files.js";

/**
 * Words that the native library gets in one call, and their UTF-16 units. Its results are objects that take
 * memory.
 */
const WORDS_AT_ONCE = 4096;
const CHARACTERS_AT_ONCE = 2 ** 20;

/** Tokenizes single words. Returns the token ids of each word, without special tokens. */
export type WordEncoder = (words: readonly string[]) => Promise<Int32Array[]>;

/**
 * Makes an encoder for single words from a tokenizer.json, with Hugging Face's own native library (the one
 * that Python's tokenizers use). The library is loaded on the first call, so importing Nerium loads nothing
 * native.
 *
 * Encoding single words needs no post-processor, truncation, padding or decoder, so they are left out. BPE
 * dropout is left out too, because it is meant for training the tokenizer's model only.
 */
export function wordEncoder(
  { json, kind, addedTokens }: TokenizerDocument,
  folder: string,
  file: string,
): WordEncoder {
  const model = kind === "BPE" ? { ...(json.model as object), dropout: null } : json.model;
  const wordsOnly = {
    ...json,
    model,
    truncation: null,
    padding: null,
    post_processor: null,
    decoder: null,
  };
  const tokenizer = nativeTokenizer(wordsOnly, addedTokens, file);
  return async (words) => {
    const tokens: Int32Array[] = [];
    for (const group of groupsOf(words)) {
      try {
        const encodings = await tokenizer.encodeBatch(group, { addSpecialTokens: false });
        for (const encoding of encodings) tokens.push(Int32Array.from(encoding.getIds()));
      } catch (cause) {
        throw encodingFailed(folder, await firstFailure(tokenizer, group), cause);
      }
    }
    return tokens;
  };
}

/** Returns the first word of a group that the library cannot encode. */
async function firstFailure(tokenizer: NativeTokenizer, words: readonly string[]): Promise<string> {
  for (const word of words) {
    try {
      await tokenizer.encode(word);
    } catch {
      return word;
    }
  }
  return words[0]!;
}

/** Tokens of one text. Offsets are in code points. */
interface NativeEncoding {
  getIds(): number[];
  getOffsets(): number[][];
}

/**
 * What Nerium uses of the native library's tokenizer. The library's own types are not valid TypeScript, so they must
 * not reach the types of the package.
 */
export interface NativeTokenizer {
  encode(
    text: string,
    pair?: undefined,
    options?: { readonly addSpecialTokens: boolean },
  ): Promise<NativeEncoding>;
  encodeBatch(texts: string[], options: { readonly addSpecialTokens: boolean }): Promise<NativeEncoding[]>;
  idToToken(id: number): string | null;
  tokenToId(token: string): number | null;
  getDecoder(): { decode(tokens: string[]): string } | null;
}

/** Makes the native library's tokenizer from a tokenizer.json that was checked. */
export function nativeTokenizer(
  json: JsonObject,
  addedTokens: readonly AddedToken[],
  file: string,
): NativeTokenizer {
  const require = runtimeRequire();
  let library: typeof import("tokenizers");
  try {
    library = require("tokenizers") as typeof import("tokenizers");
  } catch (cause) {
    throw tokenizerLibraryMissing(cause);
  }
  let tokenizer: NativeTokenizer;
  try {
    tokenizer = library.Tokenizer.fromString(JSON.stringify(json));
  } catch (cause) {
    throw tokenizerInvalid(file, (cause as Error).message.slice(0, 200), cause);
  }
  // The library assigns its own ids to added tokens that are not in the vocabulary, whatever the file says.
  for (const { content, id } of addedTokens) {
    const given = tokenizer.tokenToId(content);
    if (given !== id)
      throw tokenizerInvalid(
        file,
        `the added token ${JSON.stringify(content.slice(0, 40))} has the id ${id} instead of ${given ?? "none"}`,
      );
  }
  return tokenizer;
}

function* groupsOf(words: readonly string[]): Generator<string[]> {
  let group: string[] = [];
  let characters = 0;
  for (const word of words) {
    group.push(word);
    characters += word.length;
    if (group.length < WORDS_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}
