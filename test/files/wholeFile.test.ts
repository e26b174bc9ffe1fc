import { execFileSync } from "node:child_process";
import { closeSync, cpSync, ftruncateSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { readWholeFile } from "../../src/files/index.js";
import { limits } from "../../src/limits.js";
import { testIo } from "../cli/testIo.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { quickFolder } from "./scratch.js";

const folder = quickFolder("whole");
const model = join(folder, "model");
beforeAll(() => writeTinyModel(model));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ran(...args: string[]) {
  const { io, stderr } = testIo();
  return { code: await nerium(args, io), err: stderr.text };
}

it("a file over the limit is not read", async () => {
  const file = join(folder, "large.json");
  const handle = openSync(file, "w");
  ftruncateSync(handle, limits.wholeFileBytes + 1);
  closeSync(handle);
  await expect(readWholeFile(file)).rejects.toMatchObject({ code: "FILES_OVER_LIMIT" });
});

describe.skipIf(process.platform === "win32").each(["a device", "a pipe"])("%s", (kind) => {
  const special = (file: string) => {
    rmSync(file, { force: true });
    if (kind === "a device") symlinkSync("/dev/zero", file);
    else execFileSync("mkfifo", [file]);
    return file;
  };

  it.each(["config.json", "tokenizer_config.json", "vocab.txt", "tokenizer.json", "model.safetensors"])(
    "as %s of a model is an error",
    async (name) => {
      const odd = join(folder, "odd");
      cpSync(model, odd, { recursive: true });
      special(join(odd, name));
      const { code, err } = await ran("predict", odd, "Anna", "--threads", "1");
      expect(code, err).toBe(1);
      expect(err).toContain("regular file");
      rmSync(odd, { recursive: true });
    },
  );

  it("as data, recipe or card is an error", async () => {
    const file = special(join(folder, "special.conll"));
    for (const args of [
      ["data", "inspect", file],
      ["data", "split", file, join(folder, "split")],
      ["convert", file, join(folder, "out.jsonl")],
      ["compare", file, file],
      ["evaluate", model, file, "--threads", "1"],
      ["train", file],
      ["recipe", file],
      ["train", "--model", model, "--train", file, "--output", join(folder, "run")],
    ])
      expect((await ran(...args)).err, args.join(" ")).toContain("not a regular file");
  });

  it("beside the text of an annotation is an error", async () => {
    writeFileSync(join(folder, "a.ann"), "T1\tPER 0 4\tAnna\n");
    special(join(folder, "a.txt"));
    expect((await ran("data", "inspect", join(folder, "a.ann"))).err).toContain("not a regular file");
  });
});
