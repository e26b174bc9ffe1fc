import { readdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Sentence } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import { attemptRead, fileEmpty, fileIsFolder, noSentences, shapesMixed } from "../errors.js";
import { nothingCounts } from "../formats/errors.js";
import type { Content, Format, FormatOptions, TextsContent } from "../formats/format.js";
import { formatNamed, formats } from "../formats/index.js";
import { tellingOddTypes } from "../spans/oddTypes.js";
import { countingText } from "../spans/offsetUnit.js";
import { startText } from "./encoding.js";
import { LeftOut, lossesText } from "./leftOut.js";
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
  /** What the last iteration of the content left out. */
  readonly leftOut: LeftOut;
}

/**
 * Opens a data file, or the data files of a folder, in the order of their names. Text files are only read at
 * their beginning, and as far as detecting the unit of offsets requires. Parquet, Arrow and DocBin files are
 * read completely.
 *
 * @param formats names of the formats of some files, which are not detected then
 * @throws NeriumError DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_EMPTY, DATA_SHAPES_MIXED, …, and
 *   DATA_NO_SENTENCES or DATA_NOTHING_COUNTS when the content is iterated
 */
export async function openPath(
  path: string,
  options: OpenOptions = {},
  formats: Formats = {},
): Promise<Opened> {
  const optionsFor = (file: string) => withFormat(options, formats, file);
  if (!attemptRead(path, () => statSync(path)).isDirectory())
    return { ...(await openContent(fileSource(path), optionsFor(path))), files: [path] };
  const { files, unannotated } = filesIn(path);
  const opened: Omit<Opened, "files">[] = [];
  for (const file of files) opened.push(await openFile(fileSource(file), optionsFor(file)));
  const leftOut = new LeftOut();
  const content = chained(
    opened.map((file) => file.content),
    files,
  );
  const counted = onceRead(content, path, leftOut, options, () => {
    for (const _ of unannotated) leftOut.record("without an .ann file");
    for (const file of opened) leftOut.add(file.leftOut);
  });
  return { content: counted, format: opened[0]!.format, files, leftOut };
}

/**
 * Returns the path of a file, or the data files in a folder.
 *
 * @throws NeriumError DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_UNREADABLE
 */
export function dataFilesAt(path: string): readonly string[] {
  return attemptRead(path, () => statSync(path)).isDirectory() ? filesIn(path).files : [path];
}

/** Names of formats by the paths of their files. */
export type Formats = Readonly<Record<string, string>>;

/** Returns options with the format of a file, if it is known. */
export function withFormat<Options extends OpenOptions>(
  options: Options,
  formats: Formats,
  file: string,
): Options {
  const format = options.format ?? (Object.hasOwn(formats, file) ? formats[file] : undefined);
  return format === undefined ? options : { ...options, format };
}

/** Returns the format of a file: the one that the options name, or that is detected. */
export const formatOf = (file: string, { format, delimiter }: OpenOptions): string =>
  format ?? recognised(fileSource(file), delimiter).name;

/** Opens one source. */
export async function openContent(source: Source, options: OpenOptions): Promise<Omit<Opened, "files">> {
  const { content, format, leftOut } = await openFile(source, options);
  return { content: onceRead(content, source.file, leftOut, options), format, leftOut };
}

/** Opens one source, which may turn out to have nothing that counts. */
async function openFile(source: Source, options: OpenOptions): Promise<Omit<Opened, "files">> {
  const { format: name, delimiter } = options;
  const format = name === undefined ? recognised(source, delimiter) : formatNamed(name);
  if (!format.mayBeEmpty && !hasContent(source.start(4))) throw fileEmpty(source.file);
  const leftOut = new LeftOut();
  const content = await format.read(source, options, leftOut);
  if (content.shape === "texts" && content.offsets?.unusual)
    options.onNote?.(`${source.file}: offsets count ${countingText(content.offsets)}`);
  const told = content.shape === "texts" ? tellingContent(content, source.file, options) : content;
  return { content: iterated(told, (items) => countedAnew(items, source.file, leftOut)), format, leftOut };
}

/** Tells which types of spans look like tags. */
const tellingContent = (content: TextsContent, file: string, { onNote }: OpenOptions): Content =>
  onNote === undefined
    ? content
    : { ...content, documents: again(() => tellingOddTypes(content.documents, file, onNote)) };

/** True if there are bytes other than a byte order mark. */
const hasContent = (start: Uint8Array): boolean => start.length > 3 || startText(start) !== "";

/** Applies a function to the sentences or documents of a content. */
const iterated = (content: Content, wrap: <T>(items: Iterable<T>) => Iterable<T>): Content =>
  content.shape === "words"
    ? { ...content, sentences: wrap(content.sentences) }
    : { ...content, documents: wrap(content.documents) };

/** Each iteration counts anew what it leaves out. A file without anything that could count is an error. */
const countedAnew = <T>(items: Iterable<T>, file: string, leftOut: LeftOut): Iterable<T> =>
  again(function* () {
    leftOut.reset();
    let isEmpty = true;
    for (const item of items) {
      isEmpty = false;
      yield item;
    }
    if (isEmpty && leftOut.records.length === 0) throw noSentences(file);
  });

/**
 * At the end of each iteration, tells what was left out.
 *
 * @param collect adds what the files of a folder left out
 */
const onceRead = (
  content: Content,
  file: string,
  leftOut: LeftOut,
  { onNote }: OpenOptions,
  collect?: () => void,
): Content =>
  iterated(content, (items) =>
    again(function* () {
      let read = 0;
      for (const item of items) {
        read++;
        yield item;
      }
      if (collect !== undefined) {
        leftOut.reset();
        collect();
      }
      if (read === 0) throw nothingCounts(file, lossesText(leftOut.records));
      for (const note of leftOut.notes(file, read)) onNote?.(note);
    }),
  );

const EXTENSIONS = new Set(formats.flatMap(({ extensions }) => extensions));

/** Files that `save_to_disk` of Hugging Face's datasets writes beside the data. */
const ABOUT = new Set(["dataset_info.json", "dataset_dict.json", "state.json"]);

/** Extensions of annotations whose text is in a file of its own. */
const STANDOFF = [".ann", ".con"];

/**
 * Returns the files in a folder and its subfolders that have a data file's extension. Of a pair of stand-off
 * files, only the one with the annotations. In a folder with annotations, texts without them are `unannotated`.
 *
 * @throws NeriumError DATA_FILE_IS_FOLDER, DATA_FILE_UNREADABLE
 */
function filesIn(folder: string): {
  readonly files: readonly string[];
  readonly unannotated: readonly string[];
} {
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
  const data = names.filter((name) => !annotated.has(name) && basename(name).toLowerCase() !== "readme.txt");
  const isUnannotated = (name: string) => annotated.size > 0 && name.endsWith(".txt");
  const files = data.filter((name) => !isUnannotated(name));
  if (files.length === 0) throw fileIsFolder(folder);
  return { files, unannotated: data.filter(isUnannotated) };
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
