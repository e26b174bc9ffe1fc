import { counted } from "../counted.js";
import { NeriumError } from "../errors.js";

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const COMPLETE_FOLDER =
  "Give a Hugging Face model folder with tokenizer.json, vocab.txt, vocab.json and merges.txt, or a SentencePiece model.";

/** A model folder has no tokenizer, or the folder does not exist. */
export const tokenizerMissing = (folder: string, isThere: boolean) =>
  new NeriumError(
    "TOKENIZE_FILES_MISSING",
    isThere ? "The folder contains no tokenizer" : "Folder not found",
    { where: folder, remedy: COMPLETE_FOLDER },
  );

/** A model folder has only a SentencePiece model, of a class that is not converted or not named. */
export const sentencePieceOnly = (file: string, tokenizerClass: string | undefined) =>
  new NeriumError(
    "TOKENIZE_SENTENCEPIECE_ONLY",
    tokenizerClass === undefined
      ? "The folder has no tokenizer.json, and tokenizer_config.json does not say which tokenizer_class the SentencePiece model is for"
      : `The folder has no tokenizer.json, and Nerium cannot convert the SentencePiece model of a ${shown(tokenizerClass)}`,
    {
      where: file,
      remedy: `${tokenizerClass === undefined ? "Set tokenizer_class to DebertaV2Tokenizer, XLMRobertaTokenizer or CamembertTokenizer, or create" : "Create"} tokenizer.json in Python: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER).`,
    },
  );

/** A file of the tokenizer cannot be read from the disk. */
export const tokenizerFileUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "TOKENIZE_FILE_UNREADABLE",
    `Could not read the file: ${cause instanceof Error ? cause.message : cause}`,
    {
      where: file,
      remedy: "Check its permissions, and that it is a file.",
      cause,
    },
  );

/** A file of the tokenizer is broken or has content from which no tokenizer can be made. */
export const tokenizerInvalid = (file: string, what: string, cause?: unknown) =>
  new NeriumError("TOKENIZE_FILE_INVALID", `Invalid tokenizer: ${what}`, {
    where: file,
    remedy: "The file is damaged or was written by another program. Download or convert the tokenizer again.",
    ...(cause === undefined ? {} : { cause }),
  });

/** A tokenizer has a part that BERT- and RoBERTa-like encoders do not use. */
export const tokenizerUnsupported = (file: string, what: string) =>
  new NeriumError("TOKENIZE_UNSUPPORTED", `The tokenizer has ${what}, which is not supported`, {
    where: file,
    remedy:
      "Use a model with WordPiece (BERT), byte-level BPE (RoBERTa) or Unigram (XLM-RoBERTa, CamemBERT).",
  });

/** The vocabulary has no token that begins or ends a sequence. */
export const specialTokenMissing = (file: string, role: string) =>
  new NeriumError("TOKENIZE_SPECIAL_TOKEN_MISSING", `The tokenizer does not define ${role}`, {
    where: file,
    remedy: "Set cls_token and sep_token in tokenizer_config.json to tokens of the vocabulary.",
  });

/** The native tokenizers library cannot be loaded on this machine. */
export const tokenizerLibraryMissing = (cause: unknown) =>
  new NeriumError("TOKENIZE_LIBRARY_MISSING", "Could not load the tokenizers library", {
    remedy: `Install the package again. If that does not help, there is no build for ${process.platform} on ${process.arch}.`,
    cause,
  });

/** The tokenizer fails on a word. */
export const encodingFailed = (folder: string, word: string, cause: unknown) =>
  new NeriumError(
    "TOKENIZE_ENCODING_FAILED",
    `Could not tokenize the word ${shown(word)}: ${cause instanceof Error ? cause.message : cause}`,
    {
      where: folder,
      remedy: "The vocabulary is incomplete. Download the tokenizer again.",
      cause,
    },
  );

/** A token has no row in the model's embedding table. */
export const idBeyondModel = (id: number, vocabularySize: number, sentence: number | undefined) =>
  new NeriumError(
    "TOKENIZE_ID_BEYOND_MODEL",
    `The tokenizer returns the id ${id}, but the model only has embeddings for 0 to ${vocabularySize - 1}`,
    {
      ...(sentence === undefined ? {} : { where: `sentence ${sentence + 1}` }),
      remedy: "Use the tokenizer and the model from the same folder.",
    },
  );

/** A tokenizer has more tokens than its model has embeddings. */
export const vocabularyBeyondModel = (file: string, tokens: number, embeddings: number) =>
  new NeriumError(
    "TOKENIZE_VOCABULARY_BEYOND_MODEL",
    `The tokenizer has ids up to ${tokens - 1}, but the vocab_size of the model is ${embeddings}`,
    {
      where: file,
      remedy: "Use the tokenizer and the model from the same folder.",
    },
  );

/** The window length leaves no room beside the special tokens, or the overlap is not a whole number. */
export const windowInvalid = (option: "maxLength" | "overlap", value: number) =>
  new NeriumError(
    "TOKENIZE_WINDOW_INVALID",
    option === "maxLength"
      ? `A window of ${counted(value, "token")} is too short: two of them are special tokens`
      : `The overlap of windows cannot be ${counted(value, "token")}`,
    {
      where: option,
      remedy:
        option === "maxLength" ? "Use a whole number of at least 3." : "Use a whole number of at least 0.",
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
  new NeriumError(
    "TOKENIZE_TAG_COUNT",
    `The sentence has ${counted(words, "word")} and ${counted(tags, "tag")}`,
    {
      where: placed(place),
      remedy: "Give one tag for each word.",
    },
  );

/** A tag of the data is not one of the labels. */
export const tagUnknown = (place: Place, word: string, tag: string, labels: readonly string[]) =>
  new NeriumError(
    "TOKENIZE_TAG_UNKNOWN",
    `The tag ${shown(tag)} of the word ${shown(word)} is not one of the labels ${labels.slice(0, 20).join(", ")}${labels.length > 20 ? " …" : ""}`,
    { where: placed(place), remedy: "Correct the tag, or add it to the labels." },
  );
