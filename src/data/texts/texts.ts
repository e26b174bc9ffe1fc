import { extname } from "node:path";
import { isNeriumError } from "../../errors.js";
import { checkTextLength } from "../../text/index.js";
import { DOCUMENT_START } from "../read/documents.js";
import { fileSource } from "../read/source.js";
import { isJson, jsonTexts } from "./jsonTexts.js";
import { plainTexts } from "./plainTexts.js";
import type { SourcedText, TextFormat, TextOptions, TextSource } from "./sourcedText.js";

/** Returns the texts of a file. */
export const fileTexts = (file: string): TextSource => ({
  name: file,
  file,
  blocks: fileSource(file).blocks,
});

/**
 * Yields the texts of a file or stream: lines, paragraphs or all of plain text; a column of a table; a field of
 * JSON records; the sentences of data with words.
 *
 * @throws NeriumError DATA_FILE_BINARY, DATA_ENCODING_INVALID, DATA_TEXT_COLUMN_MISSING, DATA_LINE_INVALID,
 *   DATA_JSON_INVALID, DATA_JSON_SHAPE, TEXT_TOO_LONG
 */
export async function* textsOf(
  source: TextSource,
  options: TextOptions,
): AsyncGenerator<SourcedText, void, undefined> {
  const { name, file } = source;
  for await (const text of unchecked(source, options)) {
    checkTextLength(text.text, `${name}:${text.line}`);
    yield file === undefined ? text : { file, ...text };
  }
}

async function* unchecked(
  source: TextSource,
  options: TextOptions,
): AsyncGenerator<SourcedText, void, undefined> {
  const { name, file, blocks } = source;
  const isGuessed = options.format === undefined && options.column === undefined;
  if (options.format === "data" || (isGuessed && isDataFile(extensionOf(file))))
    return yield* await data(source, options);
  const { first, all } = await peeked(blocks);
  const start = first?.text.slice(0, START) ?? "";
  const format = options.format ?? formatOf(file, start, options.column);
  if (format === "text" && isGuessed && hasTaggedWords(start)) {
    options.onNote?.(`${name}: read as words and their tags (--from text reads each line as a text)`);
    return yield* await data({ ...source, blocks: all, bytes: undefined }, options);
  }
  if (format === "text") return yield* plainTexts(all, options.per, name);
  const records =
    format === "csv" || format === "tsv"
      ? (await import("./tableTexts.js")).tableTexts(all, start, name, format, options)
      : jsonTexts(all, name, options);
  if (!isGuessed || file === undefined) return yield* records;
  yield* orData(records, source, options);
}

const data = async (source: TextSource, options: TextOptions) =>
  (await import("./dataTexts.js")).dataTexts(source, options);

/** Yields the texts of records or, if they have none but words, reads them as data. */
async function* orData(
  records: AsyncGenerator<SourcedText, void, undefined>,
  source: TextSource,
  options: TextOptions,
): AsyncGenerator<SourcedText, void, undefined> {
  let first: IteratorResult<SourcedText, void>;
  try {
    first = await records.next();
  } catch (missing) {
    if (!isNeriumError(missing) || missing.code !== "DATA_TEXT_COLUMN_MISSING") throw missing;
    const words = await data(source, options);
    const begin = await words.next().catch(() => {
      throw missing;
    });
    options.onNote?.(`${source.name}: has no texts, so its words are read (--from data)`);
    if (!begin.done) yield begin.value;
    return yield* words;
  }
  if (!first.done) yield first.value;
  yield* records;
}

const extensionOf = (file = ""): string => extname(file).toLowerCase();

/** Extensions of data files that cannot be taken for plain text, tables or JSON records of texts. */
const DATA_EXTENSIONS = new Set([
  ...[".conll", ".conllu", ".conllup", ".bio", ".bioes", ".bilou", ".iob", ".iob2"],
  ...[".parquet", ".arrow", ".spacy"],
]);

/** Whether a file with this extension is read as data with words. */
export const isDataFile = (extension: string): boolean => DATA_EXTENSIONS.has(extension);

/** How many UTF-16 units of a file are looked at to find out its format: more than its first lines, unless one is very long. */
const START = 2 ** 20;

/** How many lines show whether a text has a word and its tags on each line. */
const LINES = 200;

/**
 * True if a text is in CoNLL columns: it begins with `-DOCSTART-`, or all its lines have equally many columns of which the
 * last is a tag, and some word is in an entity.
 */
function hasTaggedWords(start: string): boolean {
  const lines = start
    .split("\n", LINES)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines[0]?.startsWith(DOCUMENT_START)) return true;
  const rows = lines.map((line) => line.split(/[ \t]+/));
  const columns = rows[0]?.length ?? 0;
  return (
    rows.length > 1 &&
    columns > 1 &&
    rows.every((cells) => cells.length === columns && /^(?:O|[BIESLUMW]-\S+)$/.test(cells.at(-1)!)) &&
    rows.some((cells) => cells.at(-1) !== "O")
  );
}

const BY_EXTENSION: Readonly<Record<string, TextFormat>> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "json",
};

/** Files say with their names what they are. A stream, or a file of which a column is wanted, is looked at. */
function formatOf(file: string | undefined, start: string, column: TextOptions["column"]): TextFormat {
  const named = BY_EXTENSION[extensionOf(file)];
  if (named !== undefined) return named;
  if ((file === undefined || column !== undefined) && isJson(start)) return "jsonl";
  if (column === undefined) return "text";
  return start.split("\n", 1)[0]!.includes("\t") ? "tsv" : "csv";
}

/** Reads the first item of a source. `all` yields every item, and closes the source at the end. */
async function peeked<T>(
  source: Iterable<T> | AsyncIterable<T>,
): Promise<{ readonly first: T | undefined; readonly all: AsyncIterable<T> }> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const first = await iterator.next();
  async function* all() {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { first: first.done ? undefined : first.value, all: all() };
}
