import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { bytesOf, findInputs } from "../../src/annotate/inputFiles.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-inputs-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer };

/** Parts of many sizes: some larger than what is read at once, some that do not compress. */
const parts = [10, 3_000_000, 1, 70_000, 1_500_000, 2 ** 20].map((size, index) =>
  index % 2 === 0 ? randomBytes(size) : Buffer.alloc(size, `part ${index}\n`),
);
const whole = Buffer.concat(parts);

async function read(path: string, compression: "gzip" | "zstd", start = 0, end?: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytesOf({ path, format: "text", compression }, start, end)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each([
  ["gzip", ".gz", zlib.gzipSync],
  ["zstd", ".zst", zstdCompressSync],
] as const)("a file compressed with %s", (compression, extension, compress) => {
  it.skipIf(compress === undefined)("is read to its end, also if it has several parts", async () => {
    const path = join(scratch, `parts.txt${extension}`);
    writeFileSync(path, Buffer.concat(parts.map((part) => compress!(part))));
    expect((await read(path, compression)).equals(whole)).toBe(true);
    const middle = await read(path, compression, 2_999_000, 3_100_000);
    expect(middle.subarray(0, 101_000).equals(whole.subarray(2_999_000, 3_100_000))).toBe(true);
  });

  it.skipIf(compress === undefined)("is an error if it is cut off", async () => {
    const path = join(scratch, `cut.txt${extension}`);
    const bytes = Buffer.concat(parts.map((part) => compress!(part)));
    for (const length of [bytes.length - 1, bytes.length >> 1, 20]) {
      writeFileSync(path, bytes.subarray(0, length));
      await expect(read(path, compression)).rejects.toMatchObject({ code: "ANNOTATE_INPUT_DAMAGED" });
    }
  });
});

it("a file that is given twice is an error, under another name too", () => {
  const folder = join(scratch, "twice");
  mkdirSync(folder);
  const [file, link] = [join(folder, "1.txt"), join(folder, "newest.txt")];
  writeFileSync(file, "a text\n");
  expect(() => findInputs([file, file])).toThrow("The file is given twice");
  expect(() => findInputs([folder, file])).toThrow("The file is given twice");
  symlinkSync(file, link);
  expect(() => findInputs([folder])).toThrow(`The file is the same as ${file}, and both are given`);
});

it("the files of a folder are those with known extensions, sorted, without those of the output", () => {
  const folder = join(scratch, "corpus");
  for (const name of ["b", "a/deep", "out"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ["b/2.txt", "a/deep/1.jsonl.gz", "out/shard.jsonl", "c.TSV", "notes.md", "d.parquet"])
    writeFileSync(join(folder, name), "");
  expect(
    findInputs([folder], { output: join(folder, "out") }).map(({ path, format, compression }) => [
      ...[path.slice(folder.length + 1).replaceAll("\\", "/"), format, compression],
    ]),
  ).toEqual([
    ["a/deep/1.jsonl.gz", "jsonl", "gzip"],
    ["b/2.txt", "text", null],
    ["c.TSV", "tsv", null],
    ["d.parquet", "parquet", null],
  ]);
});

it.skipIf(process.platform === "win32")("names a link in a folder that leads to itself", () => {
  const folder = join(scratch, "links");
  mkdirSync(folder);
  symlinkSync("loop.txt", join(folder, "loop.txt"));
  expect(() => findInputs([folder])).toThrow(
    expect.objectContaining({ code: "DATA_FILE_UNREADABLE", where: join(folder, "loop.txt") }),
  );
});
