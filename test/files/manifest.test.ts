import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type FsPort,
  folderDamage,
  MANIFEST,
  nodeFs,
  recoverInside,
  writeFileAtomically,
  writeFolderWithManifest,
} from "../../src/files/index.js";
import { full, stride } from "../breadth.js";
import { faultyFs } from "./faultyFs.js";
import { quickFolder } from "./scratch.js";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = quickFolder("manifest");
  folder = join(parent, "checkpoint");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const contents: Record<string, Uint8Array> = {
  "config.json": Buffer.from("{}"),
  empty: new Uint8Array(0),
  "größe 🌿": Buffer.from("ü"),
  "model.safetensors": Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 251),
  "runs/log": Buffer.from("first line\n"),
};

const write = (files: Record<string, Uint8Array>, port: FsPort = nodeFs) =>
  writeFolderWithManifest(
    folder,
    async (temporary, fs) => {
      await fs.makeFolder(join(temporary, "runs"));
      for (const [name, bytes] of Object.entries(files))
        await writeFileAtomically(join(temporary, name), bytes, fs);
    },
    { replace: true },
    port,
  );

test("the manifest has every file by its name, size and sha256, also where writes are short", async () => {
  await write(contents, faultyFs());
  expect(JSON.parse(readFileSync(join(folder, MANIFEST), "utf8"))).toEqual({
    schema_version: 1,
    files: Object.fromEntries(
      Object.entries(contents).map(([name, bytes]) => [
        name,
        { size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") },
      ]),
    ),
  });
  expect(await folderDamage(folder)).toBeUndefined();
});

test("the manifest is the last file that is written", async () => {
  const renamed: string[] = [];
  await write(contents, {
    ...nodeFs,
    rename: async (from, to) => {
      renamed.push(to.split("/").at(-1)!);
      await nodeFs.rename(from, to);
    },
  });
  expect(renamed.slice(-2)).toEqual([MANIFEST, "checkpoint"]);
});

test("a file that is written twice is in the manifest as it was last", async () => {
  await writeFolderWithManifest(
    folder,
    async (temporary, fs) => {
      await writeFileAtomically(join(temporary, "a"), "first, and longer", fs);
      await writeFileAtomically(join(temporary, "a"), "second", fs);
    },
    {},
    nodeFs,
  );
  expect(await folderDamage(folder)).toBeUndefined();
});

describe("folderDamage", () => {
  test("finds any change of any byte, any other length, and a file that is gone", async () => {
    await write(contents);
    const names = Object.keys(contents).filter((name) => name !== "empty");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.constantFrom("flip", "cut", "add", "remove"),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(7),
        async (name, harm, where, bit) => {
          const path = join(folder, name);
          const bytes = Buffer.from(contents[name]!);
          const at = Math.floor(where * bytes.length);
          if (harm === "flip") {
            bytes[at]! ^= 1 << bit;
            writeFileSync(path, bytes);
          }
          if (harm === "cut") truncateSync(path, at);
          if (harm === "add") appendFileSync(path, "\0");
          if (harm === "remove") rmSync(path);
          expect(await folderDamage(folder)).toContain(name);
          writeFileSync(path, contents[name]!);
          expect(await folderDamage(folder)).toBeUndefined();
        },
      ),
      { numRuns: full ? 200 : 60 },
    );
  });

  test.each([
    ["nothing", ""],
    ["half of it", '{"schema_version": 1, "files": {"a": {'],
    ["another version", '{"schema_version": 2, "files": {}}'],
    ["no sizes", '{"schema_version": 1, "files": {"a": 3}}'],
    [
      "a size that is none",
      `{"schema_version": 1, "files": {"a": {"size": -1, "sha256": "${"0".repeat(64)}"}}}`,
    ],
    ["a list", "[]"],
  ])("a manifest with %s is told of, whatever else is there", async (_, text) => {
    await write(contents);
    writeFileSync(join(folder, MANIFEST), text);
    expect(await folderDamage(folder)).toBe(`could not read ${MANIFEST}`);
  });

  test("no manifest, no folder, and a folder in a file's place are damage and no failure", async () => {
    expect(await folderDamage(folder)).toBe(`${MANIFEST} is missing`);
    await write(contents);
    rmSync(join(folder, MANIFEST));
    expect(await folderDamage(folder)).toBe(`${MANIFEST} is missing`);
    await write({ "model.safetensors": contents["model.safetensors"]!, runs2: new Uint8Array(0) });
    rmSync(join(folder, "runs2"));
    await nodeFs.makeFolder(join(folder, "runs2"));
    expect(await folderDamage(folder)).toContain("runs2");
  });
});

test("a fault in any call leaves the former folder or the new one, whole", async () => {
  const changed = { ...contents, "config.json": Buffer.from("{ }") };
  let faults = 0;
  for (const code of ["ENOSPC", "EIO", "SHORT"])
    for (let at = 1; ; at += stride(3)) {
      await write(contents);
      const fs = faultyFs({ at, code, persistent: true }, { shortWrites: false });
      const failed = await write(changed, fs).then(
        () => false,
        () => true,
      );
      // Where renaming fails for good, the former folder stands aside until then.
      await recoverInside(parent, { isOwn: true });
      expect(readdirSync(parent)).toEqual(["checkpoint"]);
      expect(await folderDamage(folder)).toBeUndefined();
      const is = readFileSync(join(folder, "config.json"), "utf8");
      expect(failed ? ["{}", "{ }"] : ["{ }"]).toContain(is);
      if (!fs.struck) break;
      faults++;
    }
  expect(faults).toBeGreaterThan(100 / stride(3));
});
