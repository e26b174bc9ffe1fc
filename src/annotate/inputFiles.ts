import { createReadStream, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { extname, join, resolve, sep } from "node:path";
import type { Duplex } from "node:stream";
import { createGunzip } from "node:zlib";
import { fileUnreadable } from "../data/errors.js";
import { isDataFile } from "../data/texts/texts.js";
import { ZSTD_MISSING, zstdStream } from "../node20.js";
import { inputDamaged, inputFormat, inputMissing, inputTwice, noInputs } from "./errors.js";

export const inputFormats = ["text", "jsonl", "csv", "tsv", "parquet"] as const;

/** How the files of an annotation store their texts. */
export type InputFormat = (typeof inputFormats)[number];

const BY_EXTENSION: Readonly<Record<string, InputFormat>> = {
  ".txt": "text",
  ".text": "text",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".csv": "csv",
  ".tsv": "tsv",
  ".parquet": "parquet",
};

const COMPRESSIONS: Readonly<Record<string, "gzip" | "zstd">> = {
  ".gz": "gzip",
  ".zst": "zstd",
  ".zstd": "zstd",
};

/** Extensions of the files that are read in folders, without those of compression. */
export const inputExtensions: readonly string[] = Object.keys(BY_EXTENSION);

/** A file of texts. */
export interface InputFile {
  /** As it was given, or found in a folder that was given. */
  readonly path: string;
  readonly format: InputFormat;
  readonly compression: "gzip" | "zstd" | null;
}

/**
 * Finds the files that the arguments name, in the order of the arguments; the files of a folder are sorted by path.
 *
 * @param choices `from`: format of all of them; otherwise the extension tells, and other files are plain text. `output`: a
 *   folder whose files are left out
 * @throws NeriumError ANNOTATE_INPUT_MISSING, ANNOTATE_INPUT_TWICE, ANNOTATE_NO_INPUT, ANNOTATE_INPUT_FORMAT
 */
export function findInputs(
  paths: readonly string[],
  { from, output }: { readonly from?: InputFormat | undefined; readonly output?: string | undefined } = {},
): InputFile[] {
  const outputs = output === undefined ? undefined : `${resolve(output)}${sep}`;
  const found = paths.flatMap((path) => {
    if (!factsOf(path).isDirectory()) return [inputFile(path, from)];
    const files = namesBelow(path)
      .map((name) => join(path, name))
      .filter((file) => outputs === undefined || !resolve(file).startsWith(outputs))
      .filter((file) => BY_EXTENSION[extensionsOf(file).inner] !== undefined && factsOf(file).isFile())
      .sort();
    if (files.length === 0) throw noInputs(path, inputExtensions);
    return files.map((file) => inputFile(file, from));
  });
  if (found.length === 0) throw noInputs("inputs", inputExtensions);
  requireOnce(found);
  return found;
}

/** Throws if a file is there twice, under one name or under two. */
function requireOnce(files: readonly InputFile[]): void {
  const seen = new Map<string, string>();
  for (const { path } of files) {
    const file = realpathSync(path);
    const first = seen.get(file);
    if (first !== undefined) throw inputTwice(path, first);
    seen.set(file, path);
  }
}

function namesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (error) {
    throw fileUnreadable((error as NodeJS.ErrnoException).path ?? folder, error);
  }
}

/** @throws NeriumError ANNOTATE_INPUT_MISSING, DATA_FILE_UNREADABLE */
export function factsOf(path: string): Stats {
  let facts: Stats | undefined;
  try {
    facts = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileUnreadable(path, error);
  }
  if (facts === undefined) throw inputMissing(path);
  return facts;
}

function extensionsOf(path: string): { readonly inner: string; readonly outer: string } {
  const outer = extname(path).toLowerCase();
  if (!Object.hasOwn(COMPRESSIONS, outer)) return { inner: outer, outer: "" };
  return { inner: extname(path.slice(0, -outer.length)).toLowerCase(), outer };
}

function inputFile(path: string, from: InputFormat | undefined): InputFile {
  const { inner, outer } = extensionsOf(path);
  const compression = COMPRESSIONS[outer] ?? null;
  if (!factsOf(path).isFile())
    throw inputFormat(path, "Only regular files can be cut into shards", "Save the texts to a file first.");
  const format = from ?? BY_EXTENSION[inner] ?? "text";
  if (from === undefined && (inner === ".json" || (isDataFile(inner) && inner !== ".parquet")))
    throw inputFormat(
      path,
      `Files that end in ${inner} cannot be cut into shards`,
      "Write one JSON object per line in a .jsonl file. If each line of the file is a text, add --from text.",
    );
  if (compression !== null && format === "parquet")
    throw inputFormat(path, "A Parquet file must not be compressed as a whole", "Decompress it first.");
  if (compression === "zstd" && zstdStream === undefined) throw inputDamaged(path, ZSTD_MISSING);
  return { path, format, compression };
}

const CHUNK = 2 ** 20;

/**
 * Yields the bytes of a file, decompressed, from a position in them.
 *
 * @param end position before which reading may stop; chunks may go on behind it
 * @throws NeriumError ANNOTATE_INPUT_DAMAGED, DATA_FILE_UNREADABLE
 */
export async function* bytesOf(
  { path, compression }: InputFile,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, void, undefined> {
  if (compression === null) {
    if (end <= start) return;
    const last = Number.isFinite(end) ? { end: end - 1 } : {};
    try {
      yield* createReadStream(path, { start, ...last, highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
    } catch (error) {
      throw fileUnreadable(path, error);
    }
    return;
  }
  let at = 0;
  for await (const chunk of decompressed(path, compression)) {
    const from = Math.max(0, start - at);
    at += chunk.length;
    if (from < chunk.length) yield chunk.subarray(from);
    if (at >= end) return;
  }
}

async function* decompressed(
  path: string,
  compression: "gzip" | "zstd",
): AsyncGenerator<Buffer, void, undefined> {
  if (compression === "gzip") return yield* through(path, 0, createGunzip({ chunkSize: CHUNK }));
  // A file can have several frames, one after the other. The stream ends after the first.
  const { size } = statSync(path);
  for (let at = 0; at < size; ) {
    const frame = zstdStream!({ chunkSize: CHUNK });
    yield* through(path, at, frame);
    if (!(frame.bytesWritten > 0)) throw inputDamaged(path, `there is no frame at byte ${at}`);
    at += frame.bytesWritten;
  }
}

/** Yields what a stream makes of a file from a position on. */
async function* through(
  path: string,
  start: number,
  stream: Duplex,
): AsyncGenerator<Buffer, void, undefined> {
  const file = createReadStream(path, { start, highWaterMark: CHUNK });
  let failure: unknown;
  file.on("error", (error) => {
    failure = fileUnreadable(path, error);
    stream.destroy(error);
  });
  // What comes behind the end of a frame is an error of the stream, after everything was read from it.
  stream.on("error", () => {});
  try {
    yield* file.pipe(stream) as AsyncIterable<Buffer>;
  } catch (error) {
    throw failure ?? inputDamaged(path, error instanceof Error ? error.message : String(error), error);
  } finally {
    file.destroy();
    stream.destroy();
  }
}
