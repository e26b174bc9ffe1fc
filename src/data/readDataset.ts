import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { type ColumnOptions, columnSentences } from "./columns.js";
import {
  fileEmpty,
  fileIsFolder,
  fileMissing,
  fileUnreadable,
  formatUnsupported,
  jsonShape,
  noSentences,
} from "./errors.js";
import { jsonLinesSentences } from "./jsonLines.js";
import { linesOf } from "./lines.js";
import { recognisedScheme, toScheme } from "./schemes.js";
import type { Dataset, Sentence } from "./sentence.js";

export interface ReadOptions extends ColumnOptions {
  /** Where the words stand: a column number from 0, or a key of JSON Lines. Default: 0; `tokens`, or `words`. */
  readonly tokenColumn?: number | string;
  /** Where the tags stand. Default: the last column, none where there is one; `ner_tags`, or `tags`. */
  readonly tagColumn?: number | string;
  /** Names of integer tags in JSON Lines, in the order of the integers. */
  readonly labels?: readonly string[];
}

const JSON_LINES = new Set([".jsonl", ".ndjson", ".json"]);
const UNSUPPORTED = new Set([
  ...[".csv", ".xml", ".html", ".yaml", ".yml", ".md", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ods"],
  ...[".parquet", ".arrow", ".feather", ".avro", ".spacy", ".pkl", ".pickle", ".pt", ".bin", ".npy", ".npz"],
  ...[".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".safetensors", ".onnx"],
]);

/**
 * Reads a data file: JSON Lines where its name ends in `.jsonl`, `.ndjson` or `.json` or its first line begins with `{`,
 * else CoNLL columns. Tags come out in IOB2, whatever of IOB1, IOB2, IOBES and BILOU the file has; class labels without
 * prefixes stay as they are, with the scheme `IO`. A file without tags gives sentences with empty `tags`.
 *
 * @throws NeriumError DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_UNREADABLE, DATA_FORMAT_UNSUPPORTED,
 *   DATA_FILE_EMPTY, DATA_NO_SENTENCES, and those of `linesOf`, `columnSentences` and `jsonLinesSentences`
 */
export async function readDataset(file: string, options: ReadOptions = {}): Promise<Dataset> {
  const extension = extname(file).toLowerCase();
  const bytes = await bytesOf(file);
  if (UNSUPPORTED.has(extension) && !(extension === ".csv" && options.delimiter !== undefined))
    throw formatUnsupported(file, extension);
  return parseDataset(bytes, file, options);
}

/** The data set in the bytes of a file; `file` gives the format, and a name to errors. */
export function parseDataset(bytes: Uint8Array, file: string, options: ReadOptions = {}): Dataset {
  const lines = () => linesOf(bytes, file);
  const start = firstCharacter(bytes);
  if (start === undefined) throw fileEmpty(file);
  const json = JSON_LINES.has(extname(file).toLowerCase());
  if (json && start === "[") throw jsonShape(file, 1, "The file is one JSON array, not JSON Lines");
  const sentences =
    json || start === "{" ? jsonLinesSentences(lines, file, options) : columnSentences(lines, file, options);
  if (sentences.length === 0) throw noSentences(file);
  return inIob2(file, sentences);
}

function inIob2(file: string, sentences: readonly Sentence[]): Dataset {
  const found = recognisedScheme(sentences.map(({ tags }) => tags));
  if (found === "IO" || found === "IOB2") return { file, sentences, scheme: found };
  return {
    file,
    sentences: sentences.map((sentence) => ({ ...sentence, tags: toScheme(sentence.tags, found, "IOB2") })),
    scheme: "IOB2",
  };
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).isDirectory()) throw fileIsFolder(file);
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw fileMissing(file, error);
    throw code?.startsWith("E") ? fileUnreadable(file, error) : error;
  }
}

/** The first character that is neither white space nor a byte order mark; undefined in an empty file. */
function firstCharacter(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 4096))
    .toString("utf8")
    .replace(/^\ufeff/, "");
  return start === "" ? undefined : (start.trimStart()[0] ?? "");
}
