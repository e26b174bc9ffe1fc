import { createRequire } from "node:module";
import type { Tokenizer } from "tokenizers";
import type { AddedToken, TokenizerDocument } from "./document.js";
import { encodingFailed, tokenizerInvalid, tokenizerLibraryMissing } from "./errors.js";
import type { JsonObject } from "./files.js";

/** Words that go to the native library at once, and their characters: its answers are objects that take memory. */
const WORDS_AT_ONCE = 4096;
const CHARACTERS_AT_ONCE = 2 ** 20;

/** Cuts single words into the ids of their pieces, without special tokens. */
export type WordEncoder = (words: readonly string[]) => Promise<Int32Array[]>;

/**
 * Hugging Face's own library, the one beneath Python's tokenizers, with the rules of a tokenizer.json. It is loaded on the
 * first call, so that nothing native is loaded with the package.
 *
 * What surrounds and shortens sequences is left out: this is about words. So is the dropout of merges, a device of training.
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
    const pieces: Int32Array[] = [];
    for (const group of groupsOf(words)) {
      try {
        const encodings = await tokenizer.encodeBatch(group, { addSpecialTokens: false });
        for (const encoding of encodings) pieces.push(Int32Array.from(encoding.getIds()));
      } catch (cause) {
        throw encodingFailed(folder, await firstFailure(tokenizer, group), cause);
      }
    }
    return pieces;
  };
}

/** The word for which the library refused a group. */
async function firstFailure(tokenizer: Tokenizer, words: readonly string[]): Promise<string> {
  for (const word of words) {
    try {
      await tokenizer.encode(word);
    } catch {
      return word;
    }
  }
  return words[0]!;
}

/** The native library's tokenizer for a tokenizer.json that was checked. */
export function nativeTokenizer(
  json: JsonObject,
  addedTokens: readonly AddedToken[],
  file: string,
): Tokenizer {
  let library: typeof import("tokenizers");
  try {
    library = createRequire(import.meta.url)("tokenizers") as typeof import("tokenizers");
  } catch (cause) {
    throw tokenizerLibraryMissing(cause);
  }
  let tokenizer: Tokenizer;
  try {
    tokenizer = library.Tokenizer.fromString(JSON.stringify(json));
  } catch (cause) {
    throw tokenizerInvalid(file, (cause as Error).message.slice(0, 200), cause);
  }
  // The library gives tokens that the vocabulary has not ids of its own, whatever the file says.
  for (const { content, id } of addedTokens) {
    const given = tokenizer.tokenToId(content);
    if (given !== id)
      throw tokenizerInvalid(
        file,
        `its added token ${JSON.stringify(content.slice(0, 40))} has the id ${id}, where ${given ?? "none"} is left for it`,
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
