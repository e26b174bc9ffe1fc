import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { replaceFile } from "../../src/files/index.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-replace-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(process.platform === "win32")("a replaced file keeps its rights, behind a link too", async () => {
  const [file, link] = [join(folder, "private.txt"), join(folder, "link.txt")];
  writeFileSync(file, "old", { mode: 0o600 });
  symlinkSync(file, link);
  await replaceFile(link, Buffer.from("new"));
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["link.txt", "private.txt"]);
});

test("a file that cannot be replaced stays, and nothing is left beside it", async () => {
  const name = "n".repeat(250);
  writeFileSync(join(folder, name), "old");
  // There is no room for the name of the new file.
  await expect(replaceFile(join(folder, name), Buffer.from("new"))).rejects.toMatchObject({
    code: expect.stringMatching(/^FILES_/),
  });
  expect(readFileSync(join(folder, name), "utf8")).toBe("old");
  await expect(replaceFile(join(folder, "none"), Buffer.from("new"))).rejects.toThrow();
  expect(readdirSync(folder)).not.toContain("none");
});
