import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NeriumWarning } from "../errors.js";
import type { FsPort } from "../files/index.js";
import { isDeep, sha256 } from "../files/index.js";
import { checkedDocument, vocabularySize } from "./document.js";
import { tokenizerInvalid, tokenizerMissing, vocabularyBeyondModel } from "./errors.js";
import { bytesIfThere, type JsonObject, jsonObject, textIfThere } from "./files.js";
import { wordEncoder } from "./library.js";
import { lowercaseWarnings } from "./lowercase.js";
import { tokenizerFiles, writeTokenizer } from "./saveTokenizer.js";
import { type SpecialIds, specialIds } from "./specialTokens.js";
import { TextTokenizer } from "./textTokenizer.js";
import { unknownTokens } from "./unknownTokens.js";
import { byteLevelJson, wordPieceJson } from "./vocabularyFiles.js";
import { forTextInput, forWordInput, GENERIC_CLASS } from "./wordInput.js";
import { type EncodedWords, WordTokens } from "./wordTokens.js";

/** Splits words into the tokens that an encoder was trained with. */
export interface Tokenizer {
  readonly folder: string;
  /**
   * Longest sequence that tokenizer_config.json allows, including special tokens. Infinity if it gives no
   * limit.
   */
  readonly modelMaxLength: number;
  /** The largest id plus one. */
  readonly vocabSize: number;
  readonly specialIds: SpecialIds;
  /** Returns the ids of tokens that stand for characters which the vocabulary does not have. */
  unknownTokens(): ReadonlySet<number>;
  /** What is odd about the tokenizer's files, for the user. */
  readonly warnings: readonly NeriumWarning[];
  /** The sha256 of everything that decides how words are tokenized: equal digests mean equal tokens. */
  digest(): string;
  /**
   * Returns the tokens of each sentence, the same as Python's `tokenizer(words, is_split_into_words=True,
   * add_special_tokens=False)`.
   *
   * @throws NeriumError TOKENIZE_ENCODING_FAILED
   */
  encodeWords(sentences: readonly (readonly string[])[]): Promise<EncodedWords[]>;
  /**
   * Returns the tokenizer for texts that are not split into words. It is made on the first call.
   *
   * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_LIBRARY_MISSING
   */
  forText(): TextTokenizer;
  /** Writes tokenizer.json and its companions into a folder. */
  save(folder: string, fs?: FsPort): Promise<void>;
}

export interface TokenizerOptions {
  /** Replaces the length in tokenizer_config.json. */
  readonly maxLength?: number;
  /**
   * Number of rows of the model's word embeddings: a vocabulary with larger ids is an error. Not checked by
   * default.
   */
  readonly embeddings?: number;
}

/** transformers writes 1e30 if there is no limit. */
const NO_LIMIT = 1e9;

/**
 * Loads the tokenizer of a model folder: tokenizer.json, or else vocab.json with merges.txt (byte-level BPE),
 * or else vocab.txt (WordPiece), or else a SentencePiece model (Unigram). The files may come from anywhere; a defect in them throws an error.
 *
 * @throws NeriumError TOKENIZE_FILES_MISSING, TOKENIZE_SENTENCEPIECE_ONLY, TOKENIZE_FILE_UNREADABLE,
 *   TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED, TOKENIZE_SPECIAL_TOKEN_MISSING, TOKENIZE_LIBRARY_MISSING,
 *   TOKENIZE_VOCABULARY_BEYOND_MODEL
 */
export async function loadTokenizer(folder: string, options: TokenizerOptions = {}): Promise<Tokenizer> {
  const configFile = join(folder, "tokenizer_config.json");
  const configText = await textIfThere(configFile);
  const stated = configText === undefined ? {} : jsonObject(configText, configFile);
  if (isDeep(stated)) throw tokenizerInvalid(configFile, "values are nested too deeply");
  const { json, config = stated, file } = await tokenizerJson(folder, stated, options.embeddings);
  const checked = checkedDocument(json, file);
  const vocabSize = vocabularySize(checked);
  if (options.embeddings !== undefined && vocabSize > options.embeddings)
    throw vocabularyBeyondModel(file, vocabSize, options.embeddings);
  const document = { ...checked, json: forWordInput(json, config) };
  const ids = specialIds(document, config, file);
  const tokens = new WordTokens(wordEncoder(document, folder, file));
  let forText: TextTokenizer | undefined;
  // Made once, because a run saves them with every checkpoint.
  let files: ReturnType<typeof tokenizerFiles> | undefined;
  return {
    folder,
    modelMaxLength: options.maxLength ?? maxLengthOf(config, configFile),
    vocabSize,
    specialIds: ids,
    unknownTokens: () => unknownTokens(document, ids.unk),
    warnings: lowercaseWarnings(document, { config, configFile, file }),
    digest: () => sha256(JSON.stringify([document.json, ids])),
    encodeWords: (sentences) => tokens.encodeWords(sentences),
    forText: () =>
      (forText ??= new TextTokenizer({ ...checked, json: forTextInput(json, config) }, ids.unk, file)),
    save: (target, fs) => {
      files ??= tokenizerFiles(document, config, ids);
      return writeTokenizer(target, files, fs);
    },
  };
}

interface Found {
  readonly json: JsonObject;
  /** tokenizer_config.json, if it must change with the file. */
  readonly config?: JsonObject;
  /** The file that error messages name. */
  readonly file: string;
}

/** Names of SentencePiece models: DeBERTa-v2 and v3, XLM-RoBERTa and CamemBERT, others. */
const SENTENCEPIECE_FILES = ["spm.model", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model"];

async function tokenizerJson(
  folder: string,
  config: JsonObject,
  embeddings: number | undefined,
): Promise<Found> {
  const [file, vocabulary, merges, lines] = ["tokenizer.json", "vocab.json", "merges.txt", "vocab.txt"].map(
    (name) => join(folder, name),
  ) as [string, string, string, string];
  const text = await textIfThere(file);
  if (text !== undefined) return { json: jsonObject(text, file), file };
  const [vocabularyText, mergesText] = [await textIfThere(vocabulary), await textIfThere(merges)];
  if (vocabularyText !== undefined && mergesText !== undefined)
    return {
      json: byteLevelJson(vocabularyText, mergesText, config, { vocabulary, merges }),
      file: vocabulary,
    };
  const linesText = await textIfThere(lines);
  if (linesText !== undefined) return { json: wordPieceJson(linesText, config, lines), file: lines };
  for (const name of SENTENCEPIECE_FILES) {
    const bytes = await bytesIfThere(join(folder, name));
    if (bytes !== undefined) return fromSentencePiece(bytes, join(folder, name), config, embeddings);
  }
  throw tokenizerMissing(folder, await isFolder(folder));
}

async function fromSentencePiece(
  bytes: Uint8Array,
  file: string,
  config: JsonObject,
  embeddings: number | undefined,
): Promise<Found> {
  const addedFile = join(dirname(file), "added_tokens.json");
  const addedText = await textIfThere(addedFile);
  const added = addedText === undefined ? {} : jsonObject(addedText, addedFile);
  // Few folders need it, and loading it takes as long as all else of this room.
  const { sentencePieceJson } = await import("./sentencepiece/convert.js");
  const json = sentencePieceJson(bytes, { config, added, embeddings }, file);
  // With this class every version of transformers uses the saved tokenizer.json as it is.
  return { json, file, config: { ...config, tokenizer_class: GENERIC_CLASS } };
}

function maxLengthOf({ model_max_length: length }: JsonObject, file: string): number {
  if (length === undefined || length === null) return Number.POSITIVE_INFINITY;
  if (typeof length !== "number" || !(length >= 1))
    throw tokenizerInvalid(file, "model_max_length is not a valid length");
  return length > NO_LIMIT ? Number.POSITIVE_INFINITY : Math.floor(length);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
