import { readdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Sentence } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import { attemptRead, fileEmpty, fileIsFolder, noSentences, shapesMixed } from "../errors.js";
import type { Content, Format, FormatOptions } from "../formats/format.js";
import { formatNamed, formats } from "../formats/index.js";
import { recognised } from "./recognise.js";
import { again, fileSource, type Source } from "./source.js";

export interface OpenOptions extends FormatOptions {
  /** Name of the format. By default, it is detected. */
  readonly format?: string;
}

/** A file or folder that is open for reading. */
export interface Opened {
  readonly content: Content;
  /** For a folder, the format of its first file. */
  readonly format: Format;
  readonly files: readonly string[];
}

/**
 * Opens a data file, or the data files of a folder, in the order of their names. Text files are only read at
 * their beginning, and as far as detecting the unit of offsets requires. Parquet, Arrow and DocBin files are
 * read completely.
 *
 * @throws NeriumError DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_EMPTY, DATA_SHAPES_MIXED, …, and
 *   DATA_NO_SENTENCES when the content is iterated
 */
export async function openPath(path: string, options: OpenOptions = {}): Promise<Opened> {
  const files = dataFilesAt(path);
  if (files.length === 1 && files[0] === path)
    return { ...(await openContent(fileSource(path), options)), files };
  const opened = [];
  for (const file of files) opened.push(await openContent(fileSource(file), options));
  const contents = opened.map(({ content }) => content);
  return { content: chained(contents, files), format: opened[0]!.format, files };
}

/**
 * Returns the path of a file, or the data files in a folder.
 *
 * @throws NeriumError DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_UNREADABLE
 */
export function dataFilesAt(path: string): readonly string[] {
  if (!attemptRead(path, () => statSync(path)).isDirectory()) return [path];
  const files = dataFiles(path);
  if (files.length === 0) throw fileIsFolder(path);
  return files;
}

/** Opens one source. */
export async function openContent(source: Source, options: OpenOptions): Promise<Omit<Opened, "files">> {
  const { format: name, delimiter } = options;
  const format = name === undefined ? recognised(source, delimiter) : formatNamed(name);
  if (!format.mayBeEmpty && !hasContent(source.start(4))) throw fileEmpty(source.file);
  const content = await format.read(source, options);
  return { content: neverEmpty(content, source.file), format };
}

/** True if there are bytes other than a byte order mark. */
const hasContent = (start: Uint8Array): boolean =>
  start.length > 0 && !(start.length === 3 && start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf);

function neverEmpty(content: Content, file: string): Content {
  const filled = <T>(items: Iterable<T>): Iterable<T> =>
    again(function* () {
      let isEmpty = true;
      for (const item of items) {
        isEmpty = false;
        yield item;
      }
      if (isEmpty) throw noSentences(file);
    });
  return content.shape === "words"
    ? { ...content, sentences: filled(content.sentences) }
    : { ...content, documents: filled(content.documents) };
}

const EXTENSIONS = new Set(formats.flatMap(({ extensions }) => extensions));

/** Files that `save_to_disk` of Hugging Face's datasets writes beside the data. */
const ABOUT = new Set(["dataset_info.json", "dataset_dict.json", "state.json"]);

/** Extensions of annotations whose text is in a file of its own. */
const STANDOFF = [".ann", ".con"];

/**
 * Returns the files in a folder and its subfolders that have a data file's extension. Of a pair of stand-off
 * files, only the one with the annotations.
 */
function dataFiles(folder: string): string[] {
  const names = attemptRead(folder, () => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter(
      (entry) =>
        entry.isFile() &&
        !entry.name.startsWith(".") &&
        !ABOUT.has(entry.name) &&
        EXTENSIONS.has(extname(entry.name).toLowerCase()),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const annotated = new Set(
    names.filter((name) => STANDOFF.includes(extname(name))).map((name) => `${name.slice(0, -4)}.txt`),
  );
  return names.filter((name) => !annotated.has(name) && basename(name).toLowerCase() !== "readme.txt");
}

/** Joins the contents of several files. Document numbers continue from file to file. */
function chained(contents: readonly Content[], files: readonly string[]): Content {
  const [first] = contents;
  const other = contents.findIndex(({ shape }) => shape !== first!.shape);
  if (other >= 0) throw shapesMixed(files[other]!, files[0]!);
  if (first!.shape === "words")
    return { shape: "words", sentences: again(() => numberedOn(contents, files)) };
  const offsets = contents.map((content) => (content.shape === "texts" ? content.offsets : undefined));
  const told = offsets.find((choice) => choice !== undefined && choice.why !== "no difference") ?? offsets[0];
  return {
    shape: "texts",
    ...(told === undefined ? {} : { offsets: told }),
    documents: again(() => oneByOne(contents, files)),
  };
}

function* numberedOn(contents: readonly Content[], files: readonly string[]): Generator<Sentence> {
  let before = 0;
  for (const [index, content] of contents.entries()) {
    if (content.shape !== "words") continue;
    let last = -1;
    for (const sentence of content.sentences) {
      last = sentence.document;
      yield { ...sentence, document: before + last, file: files[index]! };
    }
    before += last + 1;
  }
}

function* oneByOne(contents: readonly Content[], files: readonly string[]): Generator<TextDocument> {
  for (const [index, content] of contents.entries())
    if (content.shape === "texts")
      for (const document of content.documents) yield { ...document, file: document.file ?? files[index]! };
}
