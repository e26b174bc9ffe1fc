import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolders } from "../../src/files/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nerium-folders-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("makes a folder with its parents, and returns the first one that was missing", async () => {
  mkdirSync(join(folder, "a"));
  expect(await makeFolders(join(folder, "a", "b", "c"))).toBe(join(folder, "a", "b"));
  expect(existsSync(join(folder, "a", "b", "c"))).toBe(true);
  expect(await makeFolders(join(folder, "a", "b", "c"))).toBeUndefined();
});

test("makes one folder in several calls at once", async () => {
  const path = join(folder, "a", "b", "c", "d");
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolders(path)));
  expect(made).toHaveLength(8);
  expect(existsSync(path)).toBe(true);
});

test("refuses a file, a link that leads nowhere, and what is below them", async () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync("missing", join(folder, "nowhere"));
  await expect(makeFolders(join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolders(join(folder, "nowhere"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolders(join(folder, "file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.skipIf(process.platform !== "linux")("ends where the system makes no folders", async () => {
  await expect(makeFolders("/proc/nerium/below")).rejects.toMatchObject({ code: "ENOENT" });
});
