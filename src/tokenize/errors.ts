import { NeriumError } from "../errors.js";

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const COMPLETE_FOLDER =
  "Give a Hugging Face model folder with tokenizer.json, or with vocab.txt, or with vocab.json and merges.txt.";

/** A model folder has no tokenizer, or the folder does not exist. */
export const tokenizerMissing = (folder: string, isThere: boolean) =>
  new NeriumError(
    "TOKENIZE_FILES_MISSING",
    isThere ? "The folder has no tokenizer" : "There is no such folder",
    { where: folder, remedy: COMPLETE_FOLDER },
  );

/** A model folder has a SentencePiece model but no tokenizer.json. */
export const sentencePieceOnly = (file: string) =>
  new NeriumError(
    "TOKENIZE_SENTENCEPIECE_ONLY",
    "The tokenizer is there as a SentencePiece model alone, which is not read",
    {
      where: file,
      remedy:
        "Convert it once in Python: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes the tokenizer.json that is needed.",
    },
  );

/** A file of the tokenizer cannot be read from the disk. */
export const tokenizerFileUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "TOKENIZE_FILE_UNREADABLE",
    `The file can't be read: ${cause instanceof Error ? cause.message : cause}`,
    {
      where: file,
      remedy: "Check its permissions, and that it is a file.",
      cause,
    },
  );

/** A file of the tokenizer is broken or has content from which no tokenizer can be made. */
export const tokenizerInvalid = (file: string, what: string, cause?: unknown) =>
  new NeriumError("TOKENIZE_FILE_INVALID", `The tokenizer can't be used: ${what}`, {
    where: file,
    remedy: "The file is damaged or of another program: download or convert the tokenizer again.",
    ...(cause === undefined ? {} : { cause }),
  });

/** A tokenizer has a part that BERT- and RoBERTa-like encoders do not use. */
export const tokenizerUnsupported = (file: string, what: string) =>
  new NeriumError("TOKENIZE_UNSUPPORTED", `The tokenizer has ${what}, which is not supported`, {
    where: file,
    remedy: "Supported are WordPiece (BERT), byte-level BPE (RoBERTa) and Unigram (XLM-RoBERTa, CamemBERT).",
  });

/** The vocabulary has no token that begins or ends a sequence. */
export const specialTokenMissing = (file: string, role: string) =>
  new NeriumError("TOKENIZE_SPECIAL_TOKEN_MISSING", `The tokenizer does not say which token is ${role}`, {
    where: file,
    remedy:
      "Add it to tokenizer_config.json, for example as cls_token and sep_token, with tokens of the vocabulary.",
  });

/** The native tokenizers library cannot be loaded on this machine. */
export const tokenizerLibraryMissing = (cause: unknown) =>
  new NeriumError("TOKENIZE_LIBRARY_MISSING", "The library of the tokenizers can't be loaded", {
    remedy: `It has no build for ${process.platform} on ${process.arch}, or node_modules is incomplete: install the package again.`,
    cause,
  });

/** The tokenizer fails on a word. */
export const encodingFailed = (folder: string, word: string, cause: unknown) =>
  new NeriumError(
    "TOKENIZE_ENCODING_FAILED",
    `The word ${shown(word)} can't be tokenized: ${cause instanceof Error ? cause.message : cause}`,
    {
      where: folder,
      remedy: "The tokenizer's vocabulary is incomplete: download the tokenizer again.",
      cause,
    },
  );

/** A token has no row in the model's embedding table. */
export const idBeyondModel = (id: number, vocabularySize: number, sentence: number | undefined) =>
  new NeriumError(
    "TOKENIZE_ID_BEYOND_MODEL",
    `The tokenizer gives the id ${id}, and the model has embeddings for 0 to ${vocabularySize - 1}`,
    {
      ...(sentence === undefined ? {} : { where: `sentence ${sentence + 1}` }),
      remedy: "Tokenizer and model do not belong together: give both from the same folder.",
    },
  );

/** A tokenizer has more tokens than its model has embeddings. */
export const vocabularyBeyondModel = (file: string, tokens: number, embeddings: number) =>
  new NeriumError(
    "TOKENIZE_VOCABULARY_BEYOND_MODEL",
    `The tokenizer has ids up to ${tokens - 1}, and the model's vocab_size is ${embeddings}`,
    {
      where: file,
      remedy: "Tokenizer and model do not belong together: give both from the same folder.",
    },
  );

/** The window length leaves no room beside the special tokens, or the overlap is not a whole number. */
export const windowInvalid = (option: "maxLength" | "overlap", value: number) =>
  new NeriumError(
    "TOKENIZE_WINDOW_INVALID",
    option === "maxLength"
      ? `A window of ${value} tokens has no room beside the two special ones`
      : `${value} tokens can't be shared by neighbouring windows`,
    {
      where: option,
      remedy:
        option === "maxLength"
          ? "Give a whole number of at least 3."
          : "Give a whole number of tokens, 0 or more.",
    },
  );

/** The place of a sentence in the data. */
interface Place {
  /** Counted from 0. */
  readonly sentence: number;
  /** Line of its first word, from 1; 0 if there is no file. */
  readonly line: number;
}

const placed = ({ sentence, line }: Place): string =>
  `sentence ${sentence + 1}${line > 0 ? `, line ${line}` : ""}`;

/** A sentence has more or fewer tags than words. */
export const tagCount = (place: Place, words: number, tags: number) =>
  new NeriumError("TOKENIZE_TAG_COUNT", `The sentence has ${words} words and ${tags} tags`, {
    where: placed(place),
    remedy: "Give one tag for each word.",
  });

/** A tag of the data is not one of the labels. */
export const tagUnknown = (place: Place, word: string, tag: string, labels: readonly string[]) =>
  new NeriumError(
    "TOKENIZE_TAG_UNKNOWN",
    `The tag ${shown(tag)} of ${shown(word)} is none of the labels: ${labels.slice(0, 20).join(", ")}${labels.length > 20 ? " …" : ""}`,
    { where: placed(place), remedy: "Correct the tag, or add it to the labels." },
  );
