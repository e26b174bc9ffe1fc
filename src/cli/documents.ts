import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, extname, join, relative, resolve } from "node:path";
import { fileUnreadable } from "../data/errors.js";
import { textParts } from "../data/read/textParts.js";
import { prepareOutputFile, writeFileAtomically } from "../files/index.js";
import type { FormatName } from "../redact/formats/names.js";
import { badUsage, emptyDocumentFolder, noText, noTextFile, outputIsThere } from "./errors.js";
import { type Io, writeText } from "./io.js";
import { looksLikeFile } from "./texts.js";

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
}

/**
 * Finds the documents that the arguments name. Without arguments, reads standard input.
 *
 * @param from format of all of them; otherwise the extension tells, and texts are plain
 * @throws NeriumError CLI_NO_TEXT, CLI_NO_TEXT_FILE, CLI_NO_TEXT_FILES
 */
export function documentsOf(
  args: readonly string[],
  { from, command, io }: { from: FormatName | undefined; command: string; io: Io },
): Documents {
  if (args.length === 0 && io.stdin.isTTY) throw noText(command);
  let others = 0;
  const all = (args.length === 0 ? ["-"] : args).flatMap((arg): Document[] => {
    if (arg === "-") return [streamDocument(io, from)];
    const isThere = arg.length < 4096 && !arg.includes("\0") && existsSync(arg);
    if (isThere && statSync(arg).isDirectory()) {
      const found = filesIn(arg);
      const readable = found.filter((file) => from !== undefined || formatOf(file) !== undefined);
      others += found.length - readable.length;
      if (readable.length === 0) throw emptyDocumentFolder(arg, documentExtensions);
      return readable.map((file) => fileDocument(file, relative(arg, file), from));
    }
    if (isThere) return [fileDocument(arg, arg.split(/[\\/]/).at(-1)!, from)];
    if (looksLikeFile(arg)) throw noTextFile(arg, command);
    return [textDocument(arg, from)];
  });
  return { all, others };
}

const formatOf = (file: string): FormatName | undefined => BY_EXTENSION[extname(file).toLowerCase()];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

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
}

/**
 * Returns what writes a document: to standard output, to the file of --output, or below the folder of --output if there
 * are several documents. Files appear whole or not at all.
 *
 * @throws NeriumError CLI_USAGE, CLI_OUTPUT_EXISTS, FILES_OUTPUT_IS_INPUT
 */
export async function documentWriter(
  { all }: Documents,
  { output, force }: DocumentOutput,
  command: string,
  io: Io,
): Promise<(document: Document, parts: AsyncIterable<string>) => Promise<void>> {
  if (output === undefined) {
    if (all.length > 1 && all.some(({ path }) => path !== undefined))
      throw badUsage({
        what: "Several files need --output",
        hint: "Give a folder for the results: --output FOLDER.",
        command,
      });
    const stdout = io.documents ?? io.stdout;
    return async (_, parts) => {
      for await (const part of parts) await writeText(stdout, part);
    };
  }
  const isFolder =
    all.length > 1 ||
    (all[0]!.path !== undefined && (all[0]!.path !== nameOf(all[0]!) || isFolderAt(output)));
  const inputs = all.flatMap(({ file }) => file ?? []);
  const targets = new Map<Document, string>();
  for (const document of all) {
    const target = isFolder ? join(output, document.path ?? `text-${targets.size + 1}.txt`) : output;
    if ([...targets.values()].some((other) => resolve(other) === resolve(target)))
      throw badUsage({
        what: `Two files would become ${target}`,
        hint: "Redact them one after another.",
        command,
      });
    if (!force && existsSync(target)) throw outputIsThere(target);
    await prepareOutputFile(target, inputs);
    targets.set(document, target);
  }
  return async (document, parts) => {
    const target = targets.get(document)!;
    await mkdir(dirname(target), { recursive: true });
    await writeFileAtomically(target, encoded(parts));
  };
}

const nameOf = ({ file }: Document): string | undefined => file?.split(/[\\/]/).at(-1);

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
