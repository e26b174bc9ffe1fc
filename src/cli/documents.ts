import { createReadStream, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { counted } from "../counted.js";
import { fileUnreadable } from "../data/errors.js";
import { textParts } from "../data/read/textParts.js";
import {
  attempt,
  claimFiles,
  type FileContent,
  isTaken,
  listed,
  lockFolder,
  makeFolders,
  outputIsInput,
  prepareOutputFile,
  readWholeFile,
  refuseInputs,
  writeFileAtomically,
} from "../files/index.js";
import type { FormatName } from "../redact/formats/names.js";
import { badUsage, emptyDocumentFolder, noText, noTextFile, outputIsThere } from "./errors.js";
import { type Io, writeText } from "./io.js";
import { kindOfPath, looksLikeFile } from "./texts.js";

/** A text that is read and written as a whole: an argument, a file, or standard input. */
export interface Document {
  readonly name: string;
  /** Undefined for texts and standard input. */
  readonly file: string | undefined;
  /** Where it stands below the folder that was given; its name alone for single files. */
  readonly path: string | undefined;
  readonly format: FormatName;
  /** Bytes, if they are known. */
  readonly bytes: number | undefined;
  parts(): AsyncIterable<string>;
}

const BY_EXTENSION: Readonly<Record<string, FormatName>> = {
  ".txt": "text",
  ".text": "text",
  ".log": "text",
  ".md": "markdown",
  ".markdown": "markdown",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".csv": "csv",
  ".tsv": "tsv",
  ".json": "json",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
};

/** Extensions of the files that are read in folders. */
export const documentExtensions: readonly string[] = Object.keys(BY_EXTENSION);

export interface Documents {
  readonly all: readonly Document[];
  /** Files of the folders that have other extensions. They are not read. */
  readonly others: number;
  /** Files of the folders that an earlier call has written to the output folder. They are not read. */
  readonly results: number;
  /** Symbolic links in the folders. They are not followed. */
  readonly links: number;
  /** True if an argument is a folder: then the output is one too, however many files are in it. */
  readonly inFolders: boolean;
}

/** What decides which documents there are. */
interface DocumentsEdge extends Pick<DocumentOutput, "output" | "writer"> {
  /** Format of all of them. Otherwise the extension tells, and texts are plain. */
  readonly from: FormatName | undefined;
  /** The beginning of the command line, for errors. */
  readonly command: string;
}

/**
 * Finds the documents that the arguments name. Without arguments, reads standard input. What an earlier call has written into
 * the output folder is none of them, also if that folder lies inside one of the arguments.
 *
 * @throws NeriumError CLI_NO_TEXT, CLI_NO_TEXT_FILE, CLI_NO_TEXT_FILES
 */
export async function documentsOf(
  args: readonly string[],
  { from, command, output, writer }: DocumentsEdge,
  io: Io,
): Promise<Documents> {
  if (args.length === 0 && io.stdin.isTTY) throw noText(command);
  const written = output === undefined ? [] : await listed(output, writer);
  const ours = new Set(written.map((name) => join(realpathSync(output!), name)));
  let others = 0;
  let results = 0;
  let links = 0;
  let inFolders = false;
  const all = (args.length === 0 ? ["-"] : args).flatMap((arg): Document[] => {
    if (arg === "-") return [streamDocument(io, from)];
    const kind = kindOfPath(arg);
    if (kind === "folder") {
      inFolders = true;
      const { files, linked } = entriesIn(arg);
      links += linked;
      const isInside = ours.size > 0 && isBelow(realpathSync(arg), realpathSync(output!));
      const found = isInside ? files.filter((file) => !ours.has(realpathSync(file))) : files;
      results += files.length - found.length;
      const readable = found.filter((file) => from !== undefined || formatOf(file) !== undefined);
      others += found.length - readable.length;
      if (readable.length === 0) throw emptyDocumentFolder(arg, documentExtensions);
      return readable.map((file) => fileDocument(file, relative(arg, file), from));
    }
    if (kind === "file") return [fileDocument(arg, arg.split(/[\\/]/).at(-1)!, from)];
    if (looksLikeFile(arg)) throw noTextFile(arg, command);
    return [textDocument(arg, from)];
  });
  return { all, others, results, links, inFolders };
}

const formatOf = (file: string): FormatName | undefined => BY_EXTENSION[extname(file).toLowerCase()];

/** Returns what to say about the files of the folders that are not read. */
export const leftOut = ({ others, results, links }: Documents): readonly string[] => [
  ...(others === 0 ? [] : [`${counted(others, "file")} with other extensions: not read and not copied`]),
  ...(links === 0 ? [] : [`${counted(links, "symbolic link")} in the folder: not followed`]),
  ...(results === 0 ? [] : [`${counted(results, "result")} of an earlier call inside the folder: not read`]),
];

/** True if a path lies inside a folder, and is not that folder. Neither contains links. */
function isBelow(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== "" && below.split(sep)[0] !== ".." && !isAbsolute(below);
}

/** The files below a folder, and the number of links there. */
function entriesIn(folder: string): { readonly files: readonly string[]; readonly linked: number } {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !isList(entry.name));
  return {
    files: files.map((entry) => join(entry.parentPath, entry.name)).sort(),
    linked: entries.filter((entry) => entry.isSymbolicLink()).length,
  };
}

/** The list of files that these commands write into their output folder. */
const isList = (name: string): boolean => /^\.nerium-[a-z-]+\.json$/.test(name);

const fileDocument = (file: string, path: string, from: FormatName | undefined): Document => ({
  ...{ name: file, file, path },
  format: from ?? formatOf(file) ?? "text",
  bytes: statSync(file).size,
  parts: () => textParts(readable(file), file),
});

async function* readable(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw fileUnreadable(file, error);
  }
}

const streamDocument = (io: Io, from: FormatName | undefined): Document => ({
  ...{ name: "standard input", file: undefined, path: undefined, bytes: undefined },
  format: from ?? "text",
  parts: () => textParts(io.stdin, "standard input"),
});

const textDocument = (text: string, from: FormatName | undefined): Document => ({
  ...{ name: "the text", file: undefined, path: undefined, bytes: undefined },
  format: from ?? "text",
  parts: async function* () {
    yield `${text}\n`;
  },
});

export interface DocumentOutput {
  readonly output: string | undefined;
  readonly force: boolean;
  /** Further files that the command reads or writes, such as its key: the output must be none of them. */
  readonly others: readonly (string | undefined)[];
  readonly writer: "redact" | "restore";
}

/** Where the documents go. */
export interface DocumentWriter {
  write(document: Document, parts: AsyncIterable<string>): Promise<void>;
  /** Call at the end, also after an error. */
  release(): Promise<void>;
}

const nothing = async () => {};

/**
 * Returns what writes a document: to standard output, to the file of --output, or below the folder of --output if there
 * are several documents. Files appear whole or not at all. In a folder, `force` replaces only files that an earlier call
 * has written.
 *
 * @throws NeriumError CLI_USAGE, CLI_OUTPUT_EXISTS, FILES_OUTPUT_IS_INPUT, FILES_NOT_OURS, FILES_FOLDER_LOCKED, `FILES_…`
 */
export async function documentWriter(
  { all, inFolders }: Documents,
  { output, force, others, writer }: DocumentOutput,
  io: Io,
): Promise<DocumentWriter> {
  if (output === undefined) {
    if (all.length > 1 && all.some(({ path }) => path !== undefined))
      throw badUsage({
        what: "Several files need --output",
        hint: "Give a folder for the results: --output FOLDER.",
        command: `nerium ${writer}`,
      });
    const stdout = io.documents ?? io.stdout;
    return {
      async write(_, parts) {
        for await (const part of parts) await writeText(stdout, part);
      },
      release: nothing,
    };
  }
  const inputs = [...all.map(({ file }) => file), ...others].filter((file) => file !== undefined);
  const isFolder = inFolders || all.length > 1 || (all[0]!.path !== undefined && isFolderAt(output));
  if (!isFolder) {
    await checkFile(output, inputs, force);
    return { write: (_, parts) => written(output, parts), release: nothing };
  }
  const names = namesOf(all, output, writer);
  await isTaken(output, "folder");
  const targets = [...names.values()].map((name) => join(output, name));
  if (!force) for (const target of targets) if (await isTaken(target, "file")) throw outputIsThere(target);
  await refuseInputs(targets, inputs);
  const lock = await lockFolder(output);
  let claimed: Promise<void> | undefined;
  return {
    async write(document, parts) {
      claimed ??= claimFiles(output, writer, [...names.values()], force);
      await claimed;
      await written(join(output, names.get(document)!), parts);
    },
    release: () => lock.release(),
  };
}

/**
 * Checks a file that a command is going to write, before anything is read.
 *
 * @throws NeriumError CLI_OUTPUT_EXISTS, FILES_OUTPUT_IS_INPUT, `FILES_…`
 */
export async function checkFile(path: string, inputs: readonly string[], force: boolean): Promise<void> {
  if ((await isTaken(path, "file")) && !force) throw outputIsThere(path);
  if (inputs.some((input) => resolve(input) === resolve(path))) throw outputIsInput(path);
  await prepareOutputFile(path, inputs);
  await attempt(path, "create", () => makeFolders(dirname(path)));
}

/**
 * Reads a key, a list or a map: a regular file, because a device has no end.
 *
 * @throws NeriumError FILES_NOT_REGULAR, FILES_OVER_LIMIT, `FILES_…`
 */
export const wholeFile = (file: string): Promise<Buffer> => attempt(file, "read", () => readWholeFile(file));

/** Where each document goes below the folder, with `/` between the parts. */
function namesOf(
  all: readonly Document[],
  output: string,
  writer: DocumentOutput["writer"],
): Map<Document, string> {
  const names = new Map<Document, string>();
  const taken = new Set<string>();
  for (const document of all) {
    const name = (document.path ?? `text-${names.size + 1}.txt`).replaceAll(sep, "/");
    if (taken.has(name))
      throw badUsage({
        what: `Two files would become ${join(output, name)}`,
        hint: `${writer === "redact" ? "Redact" : "Restore"} them one after another, each into a folder of its own.`,
        command: `nerium ${writer}`,
      });
    taken.add(name);
    names.set(document, name);
  }
  return names;
}

async function written(target: string, parts: AsyncIterable<string>): Promise<void> {
  await writeWhole(target, encoded(parts));
}

/** Writes a file completely or not at all, with the folders above it. */
export async function writeWhole(target: string, content: FileContent): Promise<void> {
  await attempt(target, "create", () => makeFolders(dirname(target)));
  await writeFileAtomically(target, content);
}

const isFolderAt = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new Utf8Encoder();
  for await (const part of parts) yield encoder.encode(part);
}

/** Encodes a text in parts, of which one may end in the middle of a character. */
class Utf8Encoder {
  private rest = "";

  encode(part: string): Uint8Array {
    const text = this.rest + part;
    const isHalf = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
    this.rest = isHalf ? text.slice(-1) : "";
    return Buffer.from(isHalf ? text.slice(0, -1) : text);
  }
}
