import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimFiles, isTaken, prepareOutputFile, writeFilesInto } from "../../src/files/index.js";
import { placeTag } from "../../src/files/processes.js";
import { quickFolder } from "./scratch.js";

let parent: string;
let out: string;
beforeEach(() => {
  parent = quickFolder("output-files");
  out = join(parent, "out");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const write = (names: readonly string[], options: { inputs?: readonly string[]; replace?: boolean } = {}) =>
  writeFilesInto(
    out,
    async (folder) => {
      for (const name of names) await writeFile(join(folder, name), `new ${name}`);
    },
    { writer: "data-split", replace: true, ...options },
  );

describe("writeFilesInto", () => {
  test("replaces and removes only what it has listed; files, folders and links of the user stay", async () => {
    await write(["a", "b"]);
    writeFileSync(join(out, "mine"), "mine");
    mkdirSync(join(out, ".git"));
    symlinkSync("/etc/hostname", join(out, "link"));
    await write(["a", "c"]);
    expect(readdirSync(out).sort()).toEqual([".git", ".nerium-data-split.json", "a", "c", "link", "mine"]);
    expect(readFileSync(join(out, "mine"), "utf8")).toBe("mine");
    expect(readdirSync(parent)).toEqual(["out"]);
  });

  test.each<[string, (path: string) => void]>([
    ["file", (path) => writeFileSync(path, "mine")],
    ["folder", (path) => mkdirSync(path)],
    ["link", (path) => symlinkSync("/etc/hostname", path)],
  ])("refuses the place of a %s that it has not listed, and changes nothing", async (_, make) => {
    mkdirSync(out);
    make(join(out, "b"));
    await expect(write(["a", "b"])).rejects.toMatchObject({ code: "FILES_NOT_OURS", where: join(out, "b") });
    expect(readdirSync(out)).toEqual(["b"]);
  });

  test("refuses inputs by whatever name, and changes nothing", async () => {
    await write(["a"]);
    linkSync(join(out, "a"), join(parent, "other name"));
    await expect(write(["b"], { inputs: [join(parent, "other name")] })).rejects.toMatchObject({
      code: "FILES_OUTPUT_IS_INPUT",
    });
    expect(readdirSync(out).sort()).toEqual([".nerium-data-split.json", "a"]);
  });

  test("a list that names files outside of the folder is no list", async () => {
    mkdirSync(out);
    writeFileSync(join(parent, "precious"), "");
    const files = ["../precious", "a"];
    writeFileSync(join(out, ".nerium-data-split.json"), JSON.stringify({ schema_version: 1, files }));
    await write(["b"]);
    expect(existsSync(join(parent, "precious"))).toBe(true);
  });

  test("needs `replace` for a folder that is not empty, and lets one of two in", async () => {
    await write(["a"]);
    await expect(write(["a"], { replace: false })).rejects.toMatchObject({ code: "FILES_FOLDER_NOT_EMPTY" });
    const both = await Promise.allSettled([write(["a"]), write(["b"])]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("removes what dead processes left, and nothing recent of another place", async () => {
    const dead = `${out}.new-${2 ** 30}-${placeTag}00000000000000`;
    mkdirSync(dead);
    const elsewhere = `${out}.new-1-ffffffffffff00000000`;
    mkdirSync(elsewhere);
    await write(["a"]);
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(elsewhere)).toBe(true);
  });
});

test("prepareOutputFile refuses inputs", async () => {
  writeFileSync(join(parent, "in"), "");
  symlinkSync("in", join(parent, "link"));
  await expect(prepareOutputFile(join(parent, "link"), [join(parent, "in")])).rejects.toMatchObject({
    code: "FILES_OUTPUT_IS_INPUT",
  });
});

describe("isTaken", () => {
  test("tells a free path from a file, a folder and a link that leads nowhere", async () => {
    writeFileSync(join(parent, "file"), "");
    symlinkSync("missing", join(parent, "nowhere"));
    symlinkSync("itself", join(parent, "itself"));
    expect(await isTaken(join(parent, "free"), "file")).toBe(false);
    expect(await isTaken(`${join(parent, "free")}/`, "folder")).toBe(false);
    expect(await isTaken(parent, "folder")).toBe(true);
    for (const name of ["file", "nowhere", "itself"])
      expect(await isTaken(join(parent, name), "file")).toBe(true);
  });

  test.each([
    ["free/", "file", "FILES_IS_A_FOLDER"],
    ["free/.", "file", "FILES_IS_A_FOLDER"],
    ["..", "file", "FILES_IS_A_FOLDER"],
    [".", "file", "FILES_IS_A_FOLDER"],
    ["file", "folder", "FILES_NOT_A_FOLDER"],
    ["file/below", "file", "FILES_NOT_A_FOLDER"],
    ["nowhere", "folder", "FILES_NOT_A_FOLDER"],
    ["x".repeat(300), "file", "FILES_BAD_NAME"],
  ] as const)("refuses %s as a %s", async (name, kind, code) => {
    writeFileSync(join(parent, "file"), "");
    symlinkSync("missing", join(parent, "nowhere"));
    await expect(isTaken(`${parent}/${name}`, kind)).rejects.toMatchObject({ code });
  });

  test("refuses an empty path and devices", async () => {
    await expect(isTaken("", "folder")).rejects.toMatchObject({ code: "FILES_BAD_NAME" });
    symlinkSync("/dev/null", join(parent, "device"));
    for (const path of ["/dev/null", join(parent, "device")])
      await expect(isTaken(path, "file")).rejects.toMatchObject({ code: "FILES_NOT_A_REGULAR_FILE" });
  });
});

test("claimFiles refuses a user's file before it writes anything", async () => {
  mkdirSync(out);
  writeFileSync(join(out, "train.conll"), "mine");
  await expect(claimFiles(out, "quickstart", ["train.conll"], true)).rejects.toMatchObject({
    code: "FILES_NOT_OURS",
  });
  expect(readdirSync(out)).toEqual(["train.conll"]);
});

test("claimFiles removes what killed processes left beside the files", async () => {
  mkdirSync(join(out, "encoder"), { recursive: true });
  for (const name of ["train.conll", "encoder/vocab.txt", "encoder/other"])
    writeFileSync(join(out, `${name}.new-${2 ** 30}-${placeTag}00000000000000`), "");
  await claimFiles(out, "quickstart", ["train.conll", "encoder/vocab.txt"], false);
  expect(readdirSync(out).sort()).toEqual([".nerium-quickstart.json", "encoder"]);
  expect(readdirSync(join(out, "encoder"))).toEqual([]);
});
