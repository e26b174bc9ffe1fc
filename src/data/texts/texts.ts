import { extname } from "node:path";
import { checkTextLength } from "../../text/index.js";
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
  if (options.format === "data" || (options.format === undefined && isDataFile(extensionOf(file))))
    return yield* (await import("./dataTexts.js")).dataTexts(source, options);
  const { first, all } = await peeked(blocks);
  const format = options.format ?? formatOf(file, first?.text ?? "", options.column);
  if (format === "text") yield* plainTexts(all, options.per, name);
  else if (format === "csv" || format === "tsv")
    yield* (await import("./tableTexts.js")).tableTexts(all, first?.text ?? "", name, format, options);
  else yield* jsonTexts(all, name, options);
}

const extensionOf = (file = ""): string => extname(file).toLowerCase();

/** Extensions of data files that cannot be taken for plain text, tables or JSON records of texts. */
const DATA_EXTENSIONS = new Set([
  ...[".conll", ".conllu", ".conllup", ".bio", ".bioes", ".bilou", ".iob", ".iob2"],
  ...[".parquet", ".arrow", ".spacy"],
]);

const isDataFile = (extension: string): boolean => DATA_EXTENSIONS.has(extension);

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
