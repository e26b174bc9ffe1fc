import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { BulkFile } from "../../src/files/bulkFile.js";

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
      for (const piece of [777_777, 5 * MIB, 30 * MIB]) {
        const path = await fileIn(place);
        const file = await BulkFile.create(path);
        for (let at = 0; at < length; at += piece) {
          const given = content.slice(at, at + piece);
          expect(await file.write(given)).toBe(given.length);
          given.fill(0); // Its memory is the caller's again.
        }
        await file.sync();
        await file.close();
        expect(Buffer.compare(await readFile(path), content)).toBe(0);
      }
    },
  );

  test("goes on after a sync", async () => {
    const path = await fileIn(place);
    const file = await BulkFile.create(path);
    await file.write(bytes(5 * MIB));
    await file.sync();
    expect((await readFile(path)).length).toBe(5 * MIB);
    await file.write(bytes(9 * MIB));
    await file.close();
    expect(Buffer.compare(await readFile(path), Buffer.concat([bytes(5 * MIB), bytes(9 * MIB)]))).toBe(0);
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
  const file = await BulkFile.create(path);
  await file.write(bytes(6 * MIB));
  // Whoever closes the file behind its back stands for a device that fails.
  const { handle } = file as unknown as { handle: { close(): Promise<void> } };
  await handle.close();
  await expect(file.sync()).rejects.toMatchObject({ code: "EBADF" });
  await file.close().catch(() => {});
});
