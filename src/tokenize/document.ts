import { isDeep } from "../files/index.js";
import { limits } from "../limits.js";
import { requireSafeComponents } from "./components.js";
import { tokenizerInvalid, tokenizerUnsupported } from "./errors.js";
import { isObject, type JsonObject } from "./files.js";

export type ModelKind = "WordPiece" | "BPE" | "Unigram";

/**
 * The content of a tokenizer.json. Everything that could crash or mislead the native library has been
 * checked.
 */
export interface TokenizerDocument {
  readonly json: JsonObject;
  readonly kind: ModelKind;
  readonly model: JsonObject;
  /** Tokens outside of the model's own vocabulary, and tokens of it that are matched before all others. */
  readonly addedTokens: readonly AddedToken[];
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
}

/**
 * Checks a tokenizer.json, which may come from anywhere. The native library aborts the whole process if some
 * indices point to nothing, so everything that encoding looks up is looked up here first.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED
 */
export function checkedDocument(json: JsonObject, file: string): TokenizerDocument {
  const { model } = json;
  if (!isObject(model)) throw tokenizerInvalid(file, "it has no model");
  const { vocab: _, merges: __, ...settings } = model;
  if (isDeep(settings)) throw tokenizerInvalid(file, "the model is nested too deeply");
  const kind = modelKind(model, file);
  if (kind === "Unigram") requireUnigram(model, file);
  else requireVocabulary(model, kind, file);
  if (kind === "BPE") requireMerges(model, file);
  requireSafeComponents(json, file);
  return { json, kind, model, addedTokens: addedTokensOf(json, file) };
}

function modelKind(model: JsonObject, file: string): ModelKind {
  const { type } = model;
  if (type === "WordPiece" || type === "BPE" || type === "Unigram") return type;
  if (type !== undefined) throw tokenizerUnsupported(file, `a model of the type ${JSON.stringify(type)}`);
  // Old files do not name the type.
  if (Array.isArray(model.vocab)) return "Unigram";
  return Array.isArray(model.merges) ? "BPE" : "WordPiece";
}

/** Characters of the longest word that WordPiece tries to split; 100 in BERT's own files. */
const LONGEST_WORD = 256;

const isId = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;

function requireVocabulary(model: JsonObject, kind: ModelKind, file: string): void {
  const { vocab, unk_token: unknown, max_input_chars_per_word: longest } = model;
  if (!isObject(vocab)) throw tokenizerInvalid(file, "the vocabulary is not an object");
  let size = 0;
  for (const token in vocab) {
    requireShort(token, file);
    if (!isId(vocab[token]))
      throw tokenizerInvalid(file, `the token ${JSON.stringify(token.slice(0, 40))} has no valid id`);
    size++;
  }
  if (size === 0) throw tokenizerInvalid(file, "the vocabulary is empty");
  // The library's time grows at least with the square of a word's length.
  if (typeof longest === "number" && longest > LONGEST_WORD)
    throw tokenizerUnsupported(file, `a maximum word length of ${longest} characters`);
  if (kind === "BPE" && unknown == null) return;
  if (typeof unknown !== "string" || !Object.hasOwn(vocab, unknown))
    throw tokenizerInvalid(file, "the unknown token is not in the vocabulary");
}

/** The library looks up both sides of a merge and their result, in a buffer as long as the longest token. */
function requireMerges({ vocab, merges, continuing_subword_prefix: prefix }: JsonObject, file: string): void {
  if (!Array.isArray(merges)) throw tokenizerInvalid(file, "merges is not a list");
  const cut = typeof prefix === "string" ? prefix : "";
  const isToken = (token: string) => Object.hasOwn(vocab as JsonObject, token);
  const wrong = merges.findIndex((merge: unknown) => {
    const pair: unknown[] = typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [];
    const [left, right] = pair;
    if (pair.length !== 2 || typeof left !== "string" || typeof right !== "string") return true;
    // The library cuts that many bytes off the right side, even if it does not begin with the prefix.
    if (!right.startsWith(cut)) return true;
    return !isToken(left) || !isToken(right) || !isToken(left + right.slice(cut.length));
  });
  if (wrong >= 0)
    throw tokenizerInvalid(file, `merge ${wrong} is not a pair of tokens whose combination is a token`);
}

function requireUnigram({ vocab, unk_id: unknown }: JsonObject, file: string): void {
  if (!Array.isArray(vocab) || vocab.length === 0)
    throw tokenizerInvalid(file, "the vocabulary is not a list");
  const wrong = vocab.findIndex(
    (entry: unknown) =>
      !Array.isArray(entry) ||
      entry.length !== 2 ||
      typeof entry[0] !== "string" ||
      typeof entry[1] !== "number",
  );
  if (wrong >= 0)
    throw tokenizerInvalid(file, `entry ${wrong} of the vocabulary is not a token with a score`);
  for (const [token] of vocab as [string][]) requireShort(token, file);
  if (!isId(unknown) || unknown >= vocab.length)
    throw tokenizerInvalid(file, "the unknown token is not in the vocabulary");
}

function requireShort(token: string, file: string): void {
  if (token.length > limits.tokenUnits)
    throw tokenizerUnsupported(file, `a token of ${token.length.toLocaleString("en-US")} characters`);
}

function addedTokensOf({ added_tokens: tokens }: JsonObject, file: string): readonly AddedToken[] {
  if (tokens === undefined || tokens === null) return [];
  if (!Array.isArray(tokens)) throw tokenizerInvalid(file, "added_tokens is not a list");
  return tokens.map((token: unknown, index) => {
    if (!isObject(token) || !isId(token.id) || typeof token.content !== "string")
      throw tokenizerInvalid(file, `added token ${index} has no id or no content`);
    requireShort(token.content, file);
    return { id: token.id, content: token.content };
  });
}

/**
 * Returns pairs of token and id of the model's own vocabulary, in the order of the file (JavaScript puts
 * tokens that are integers first).
 */
export function vocabularyOf({ model }: TokenizerDocument): readonly (readonly [string, number])[] {
  if (Array.isArray(model.vocab)) return model.vocab.map((entry, id) => [entry[0] as string, id]);
  return Object.entries(model.vocab as Record<string, number>);
}

/** Returns the largest id plus one. */
export function vocabularySize(document: TokenizerDocument): number {
  let largest = -1;
  for (const [, id] of vocabularyOf(document)) if (id > largest) largest = id;
  for (const { id } of document.addedTokens) if (id > largest) largest = id;
  return largest + 1;
}

/** Returns the id of a token, or `undefined` if the tokenizer does not have it. */
export function tokenId({ model, addedTokens }: TokenizerDocument, token: string): number | undefined {
  const added = addedTokens.find(({ content }) => content === token);
  if (added !== undefined) return added.id;
  if (Array.isArray(model.vocab)) {
    const id = model.vocab.findIndex((entry) => entry[0] === token);
    return id < 0 ? undefined : id;
  }
  const vocabulary = model.vocab as Record<string, number>;
  return Object.hasOwn(vocabulary, token) ? vocabulary[token] : undefined;
}
