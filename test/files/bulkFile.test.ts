import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { type FileHandle, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { BulkFile } from "../../src/files/bulkFile.js";
import type { NewFileFacts } from "../../src/files/port.js";

const MIB = 2 ** 20;
/** A disk, and a file system in memory, which may not write past the page cache. */
const places = [tmpdir(), "/dev/shm"].filter((place) => existsSync(place));
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function fileIn(place: string): Promise<string> {
  const folder = await mkdtemp(join(place, "nerium-bulk-"));
  folders.push(folder);
  return join(folder, "weights");
}

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Bytes that differ from one block to the next. */
function bytes(length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4)).map((_, at) => Math.imul(at, 2654435761));
  return new Uint8Array(words.buffer, 0, length);
}

describe.each(places)("a large file in %s", (place) => {
  test.each([0, 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 8 * MIB, 21 * MIB + 5])(
    "of %d bytes is what was written, in pieces of any size",
    async (length) => {
      const content = bytes(length);
      for (const token of [777_777, 5 * MIB, 30 * MIB]) {
        const path = await fileIn(place);
        let facts: NewFileFacts | undefined;
        const file = await BulkFile.create(path, (told) => {
          facts = told;
        });
        for (let at = 0; at < length; at += token) {
          const given = content.slice(at, at + token);
          expect(await file.write(given)).toBe(given.length);
          given.fill(0); // Its memory is the caller's again.
        }
        await file.sync();
        await file.close();
        expect(Buffer.compare(await readFile(path), content)).toBe(0);
        expect(facts).toEqual({ size: length, sha256: sha256(content) });
      }
    },
  );

  test("goes on after a sync", async () => {
    for (const first of [5 * MIB, 5]) {
      const path = await fileIn(place);
      let digest: string | undefined;
      const file = await BulkFile.create(path, (told) => {
        digest = told.sha256;
      });
      await file.write(bytes(first));
      await file.sync();
      expect((await readFile(path)).length).toBe(first);
      await file.write(bytes(9 * MIB));
      await file.close();
      const content = Buffer.concat([bytes(first), bytes(9 * MIB)]);
      expect(Buffer.compare(await readFile(path), content)).toBe(0);
      expect(digest).toBe(sha256(content));
    }
  });

  test("several at once, and one after the other, have their own bytes and their own sha256", async () => {
    for (let round = 0; round < 2; round++)
      await Promise.all(
        Array.from({ length: 5 }, async (_, index) => {
          const content = bytes(index * 3 * MIB + index + round).map((byte) => byte ^ index);
          const path = await fileIn(place);
          const told: NewFileFacts[] = [];
          const file = await BulkFile.create(path, (facts) => told.push(facts));
          await file.write(content);
          await file.close();
          expect(Buffer.compare(await readFile(path), content)).toBe(0);
          expect(told).toEqual([{ size: content.length, sha256: sha256(content) }]);
        }),
      );
  });
});

test("a path that exists is refused and stays as it was", async () => {
  const path = await fileIn(tmpdir());
  await writeFile(path, "old");
  await expect(BulkFile.create(path)).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(path, "utf8")).toBe("old");
});

test("what the device refuses is thrown, at the latest by sync", async () => {
  const path = await fileIn(tmpdir());
  const told: NewFileFacts[] = [];
  const file = await BulkFile.create(path, (facts) => told.push(facts));
  await file.write(bytes(6 * MIB));
  // Whoever closes the file behind its back stands for a device that fails.
  const { handle } = file as unknown as { handle: { close(): Promise<void> } };
  await handle.close();
  await expect(file.sync()).rejects.toMatchObject({ code: "EBADF" });
  await file.close().catch(() => {});
  expect(told).toEqual([]);
});

test("where the handle for the bulk can't be closed, the other one is all the same", async ({ skip }) => {
  const file = await BulkFile.create(await fileIn(tmpdir()));
  await file.write(bytes(6 * MIB));
  await file.sync();
  const { handle, bulk } = file as unknown as { handle: FileHandle; bulk: FileHandle };
  skip(bulk === handle, "this file system has no way past the page cache");
  const close = bulk.close.bind(bulk);
  bulk.close = () => Promise.reject(new Error("it stays"));
  await expect(file.close()).rejects.toThrow("it stays");
  expect(handle.fd).toBe(-1);
  await close();
});

test("the thread that hashes does not keep the process alive", async ({ signal }) => {
  const module = new URL("../../src/files/bulkFile.ts", import.meta.url).href;
  const path = await fileIn(tmpdir());
  const code = `
    const { BulkFile } = await import(${JSON.stringify(module)});
    const file = await BulkFile.create(${JSON.stringify(path)}, ({ sha256 }) => console.log(sha256));
    await file.write(new Uint8Array(${9 * MIB}));
    await file.close();
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
  expect(stdout.trim()).toBe(sha256(new Uint8Array(9 * MIB)));
});
