import { existsSync, readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { blocksFrom } from "../data/read/lines.js";
import type { SourcedText, TextOptions, TextSource } from "../data/texts/sourcedText.js";
import { fileTexts, isDataFile, textsOf } from "../data/texts/texts.js";
import { emptyTextFolder, noText, noTextFile } from "./errors.js";
import type { Io } from "./io.js";

export interface TextSources {
  /** Bytes of all files; undefined if a text comes from elsewhere, because the total size is then unknown. */
  readonly bytes: number | undefined;
  /** Yields the texts in the order of the arguments. They are read only when needed. */
  texts(options: TextOptions): AsyncGenerator<SourcedText, void, undefined>;
}

/**
 * Finds the texts that the arguments name: texts, files, folders with .txt or data files, or `-` for standard input.
 * Without arguments, reads standard input.
 *
 * @throws NeriumError CLI_NO_TEXT, CLI_NO_TEXT_FILE, CLI_NO_TEXT_FILES
 */
export function textSources(folder: string, args: readonly string[], io: Io): TextSources {
  if (args.length === 0 && io.stdin.isTTY) throw noText(`nerium predict ${folder}`);
  const sources = (args.length === 0 ? ["-"] : args).flatMap((arg) => sourcesOf(arg, io));
  const files = sources.flatMap((source) => (typeof source === "string" ? [] : (source.file ?? [])));
  return {
    bytes:
      files.length === sources.length ? files.reduce((sum, file) => sum + statSync(file).size, 0) : undefined,
    async *texts(options) {
      for (const source of sources) {
        if (typeof source === "string") yield { text: source };
        else yield* textsOf(source, options);
      }
    },
  };
}

/** An argument that is the text itself, or where its texts are. */
function sourcesOf(arg: string, { stdin }: Io): (string | TextSource)[] {
  if (arg === "-") return [{ name: STDIN, blocks: blocksFrom(stdin, STDIN), bytes: stdin }];
  const kind = kindOfPath(arg);
  if (kind === "folder") {
    const files = textFilesIn(arg);
    if (files.length === 0) throw emptyTextFolder(arg);
    return files.map(fileTexts);
  }
  if (kind === "file") return [fileTexts(arg)];
  if (looksLikeFile(arg)) throw noTextFile(arg);
  return [arg];
}

/** Returns whether an argument is the path of a file or a folder. `undefined` if there is neither. */
export function kindOfPath(arg: string): "file" | "folder" | undefined {
  // A text longer than any file name cannot be one, and looking for such a file would cause a system error.
  if (arg.length >= 4096 || arg.includes("\0") || !existsSync(arg)) return undefined;
  return statSync(arg).isDirectory() ? "folder" : "file";
}

const STDIN = "standard input";

/** Returns true for one word that ends like a text file, or that looks like a path. */
export const looksLikeFile = (text: string): boolean =>
  /^\S+\.(txt|md|csv|tsv|json|jsonl|ndjson|conll|html?|ya?ml|pdf|docx?)$/i.test(text) ||
  /^\.{0,2}\/\S+$|^\S+\/$/.test(text);

/** Returns the .txt files and the data files, such as .conll, of a folder and its subfolders, sorted by path. */
const textFilesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.txt$/i.test(name) || isDataFile(extname(name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .sort();
