import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import { writeFileAtomically } from "../../src/files/index.js";
import { faultyFs } from "./faultyFs.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerium files ä-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeFileAtomically", () => {
  test("writes text, bytes and chunks from both kinds of iterable", async () => {
    const path = join(folder, "a");
    const chunks = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];
    await writeFileAtomically(path, "grün");
    expect(await readFile(path, "utf8")).toBe("grün");
    await writeFileAtomically(path, Uint8Array.of(7));
    expect([...(await readFile(path))]).toEqual([7]);
    await writeFileAtomically(path, chunks);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    async function* later() {
      yield* chunks;
    }
    await writeFileAtomically(path, later());
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  });

  test("short writes lose no bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 })), async (chunks) => {
        const path = join(folder, "short");
        await writeFileAtomically(path, chunks, faultyFs());
        expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(Buffer.concat(chunks)));
      }),
      { numRuns: 30 },
    );
  });

  test("a failure at any call leaves the old file or the whole new one, a named error and no debris", async () => {
    const path = join(folder, "model.bin");
    const counting = faultyFs();
    await writeFileAtomically(path, "new content", counting);
    for (const code of ["ENOSPC", "EIO", "EACCES", "EMFILE", "EXDEV"])
      for (const persistent of [false, true])
        for (let at = 1; at <= counting.calls; at++) {
          await writeFile(path, "old");
          const error = await writeFileAtomically(
            path,
            "new content",
            faultyFs({ at, code, persistent }),
          ).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          expect(isNeriumError(error) && error.code).toMatch(/^FILES_/);
          expect((error as Error).message).toContain(folder);
          expect(["old", "new content"]).toContain(await readFile(path, "utf8"));
          expect(await readdir(folder)).toEqual(["model.bin"]);
        }
  });

  test("an error of the content's own comes through and the old file stays", async () => {
    const path = join(folder, "a");
    await writeFile(path, "old");
    function* broken() {
      yield Uint8Array.of(1);
      throw new RangeError("no more");
    }
    await expect(writeFileAtomically(path, broken())).rejects.toThrow(RangeError);
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["a"]);
  });

  test("a missing folder and a file in a folder's place are named", async () => {
    await expect(writeFileAtomically(join(folder, "no", "a"), "x")).rejects.toMatchObject({
      code: "FILES_NOT_FOUND",
    });
    await writeFile(join(folder, "file"), "");
    await expect(writeFileAtomically(join(folder, "file", "a"), "x")).rejects.toMatchObject({
      code: "FILES_NOT_A_FOLDER",
    });
  });

  test("many writers of one path leave one of their contents whole", async () => {
    const path = join(folder, "contested");
    const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(contents.map((content) => writeFileAtomically(path, content)));
    expect(contents).toContain(await readFile(path, "utf8"));
    expect(await readdir(folder)).toEqual(["contested"]);
  });
});
