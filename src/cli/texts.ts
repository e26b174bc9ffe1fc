import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { emptyTextFolder, noText, noTextFile } from "./errors.js";
import type { Io } from "./io.js";
import { textLines } from "./textLines.js";

/** How files and standard input are split into texts. */
export type TextPer = "line" | "paragraph" | "file";

/** Where texts come from: an argument that is the text itself, or a stream of bytes. */
type TextSource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly file?: string; readonly chunks: () => AsyncIterable<Buffer | string> };

/** A text to read, and where it comes from. */
export interface SourcedText {
  readonly text: string;
  readonly file?: string;
  /** Line where the text begins, from 1. */
  readonly line?: number;
}

export interface TextSources {
  /** Bytes of all files; undefined if a text comes from elsewhere, because the total size is then unknown. */
  readonly bytes: number | undefined;
  /** Yields the texts in the order of the arguments. They are read only when needed. */
  texts(unit: TextPer): AsyncGenerator<SourcedText, void, undefined>;
}

/**
 * Finds the texts that the arguments name: texts, files, folders with .txt files, or `-` for standard input.
 * Without arguments, reads standard input.
 *
 * @throws NeriumError CLI_NO_TEXT, CLI_NO_TEXT_FILE, CLI_NO_TEXT_FILES
 */
export function textSources(folder: string, args: readonly string[], io: Io): TextSources {
  if (args.length === 0 && io.stdin.isTTY) throw noText(folder);
  const sources = (args.length === 0 ? ["-"] : args).flatMap((arg) => sourcesOf(arg, io));
  const files = sources.flatMap((source) => (source.kind === "bytes" && source.file) || []);
  return {
    bytes:
      files.length === sources.length ? files.reduce((sum, file) => sum + statSync(file).size, 0) : undefined,
    async *texts(unit) {
      for (const source of sources) {
        if (source.kind === "text") yield { text: source.text };
        else yield* textsIn(source.chunks(), unit, source.file);
      }
    },
  };
}

function sourcesOf(arg: string, io: Io): TextSource[] {
  if (arg === "-") return [{ kind: "bytes", chunks: () => io.stdin }];
  // A text longer than any file name cannot be one, and looking for such a file would cause a system error.
  const isThere = arg.length < 4096 && !arg.includes("\0") && existsSync(arg);
  if (isThere && statSync(arg).isDirectory()) {
    const files = textFilesIn(arg);
    if (files.length === 0) throw emptyTextFolder(arg);
    return files.map(fileSource);
  }
  if (isThere) return [fileSource(arg)];
  if (looksLikeFile(arg)) throw noTextFile(arg);
  return [{ kind: "text", text: arg }];
}

const fileSource = (file: string): TextSource => ({
  kind: "bytes",
  file,
  chunks: () => createReadStream(file),
});

/** Returns true for one word that ends like a text file, or that looks like a path. */
const looksLikeFile = (text: string): boolean =>
  /^\S+\.(txt|md|csv|tsv|json|jsonl|conll|html?|ya?ml|pdf|docx?)$/i.test(text) ||
  /^\.{0,2}\/\S+$|^\S+\/$/.test(text);

/** Returns the .txt files of a folder and its subfolders, sorted by path. */
const textFilesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => /\.txt$/i.test(file) && statSync(file).isFile())
    .sort();

async function* textsIn(
  chunks: AsyncIterable<Buffer | string>,
  unit: TextPer,
  file: string | undefined,
): AsyncGenerator<SourcedText, void, undefined> {
  const from = file === undefined ? {} : { file };
  if (unit === "file") yield { ...from, line: 1, text: await wholeText(chunks) };
  else if (unit === "paragraph")
    for await (const each of paragraphs(textLines(chunks))) yield { ...from, ...each };
  else {
    let line = 0;
    for await (const text of textLines(chunks)) yield { ...from, line: ++line, text };
  }
}

/** Yields each group of lines between empty lines as one text. */
async function* paragraphs(source: AsyncIterable<string>): AsyncGenerator<{ line: number; text: string }> {
  let line = 0;
  let lines: string[] = [];
  for await (const text of source) {
    line++;
    if (text.trim() !== "") lines.push(text);
    else if (lines.length > 0) {
      yield { line: line - lines.length, text: lines.join("\n") };
      lines = [];
    }
  }
  if (lines.length > 0) yield { line: line - lines.length + 1, text: lines.join("\n") };
}

/** Returns the whole text as it is in its file, so that offsets match the file. */
async function wholeText(chunks: AsyncIterable<Buffer | string>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks)
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
