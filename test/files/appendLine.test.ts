import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openAtEnd } from "../../src/files/appendLine.js";
import { type AppendedFile, appendLine } from "../../src/files/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-append-"));
const file = join(scratch, "results.jsonl");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => rmSync(file, { force: true }));
const text = () => readFileSync(file, "utf8");

/** A disk on which each write takes a few bytes, and only so many bytes fit. */
const disk =
  ({ most = Number.POSITIVE_INFINITY, atOnce = 3, truncates = true }) =>
  async (path: string): Promise<AppendedFile> => {
    const opened = await openAtEnd(path);
    let left = most;
    const full = () => Object.assign(new Error("full"), { code: "ENOSPC" });
    return {
      ...opened,
      async write(data) {
        const taken = await opened.write(data.subarray(0, Math.min(atOnce, left)));
        if (taken === 0) throw full();
        left -= taken;
        return taken;
      },
      truncate: (size) => (truncates ? opened.truncate(size) : Promise.reject(full())),
    };
  };

it("lines are appended whole, however few bytes a write takes", async () => {
  for (const line of ["one", "zwölf", ""]) await appendLine(file, line, disk({ atOnce: 1 }));
  await appendLine(file, "four");
  expect(text()).toBe("one\nzwölf\n\nfour\n");
});

it("a line does not continue half a line", async () => {
  writeFileSync(file, 'whole\n{"half');
  await appendLine(file, "next");
  expect(text()).toBe('whole\n{"half\nnext\n');
});

describe("on a disk that gets full, whichever byte does not fit,", () => {
  const line = '{"seed":1}';

  it("nothing of the line is left", async () => {
    for (const before of ["", "one\n", "half"])
      for (let most = 0; most <= line.length; most++) {
        writeFileSync(file, before);
        await expect(appendLine(file, line, disk({ most }))).rejects.toMatchObject({
          code: "FILES_DISK_FULL",
        });
        expect(text()).toBe(before);
      }
  });

  it("the next line begins anew if that is impossible too", async () => {
    for (let most = 1; most <= line.length; most++) {
      writeFileSync(file, "one\n");
      const full = disk({ most, truncates: false });
      await expect(appendLine(file, line, full)).rejects.toMatchObject({ code: "FILES_DISK_FULL" });
      await appendLine(file, "next");
      expect(text()).toBe(`one\n${line.slice(0, most)}\nnext\n`);
    }
  });

  it("what another process has appended since stays", async () => {
    const opened = async (path: string): Promise<AppendedFile> => {
      const own = await disk({ most: 5 })(path);
      return {
        ...own,
        write: (data) =>
          own.write(data).catch((error) => {
            writeFileSync(file, `${text()}other\n`);
            throw error;
          }),
      };
    };
    await expect(appendLine(file, line, opened)).rejects.toMatchObject({ code: "FILES_DISK_FULL" });
    expect(text()).toBe(`${line.slice(0, 5)}other\n`);
  });
});
