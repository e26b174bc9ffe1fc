import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { commands, nerium } from "../../src/cli/nerium.js";
import { recipeFields } from "../../src/recipe/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

/** A colour that Nerium uses too, a window title, C1's erasure of the screen, and a change of direction. */
const ESCAPES = "\u001b[31mEVIL\u001b]0;title\u0007\u009b2J\u202e";
const SECRET = "S3CRETpassword";
const ADDRESS = `https://user:${SECRET}@hub.example.org/x`;

const scratch = mkdtempSync(join(tmpdir(), "nerium-untrusted-"));
const at = (name: string) => join(scratch, name);
const conll = (type: string) => `Ada B-${type}\nb${ESCAPES} I-${type}\nlives O\n\n`.repeat(4);

beforeAll(async () => {
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  vi.stubEnv("HF_HOME", at("hf"));
  vi.stubEnv("HF_TOKEN", SECRET);
  vi.stubEnv("HTTPS_PROXY", `http://user:${SECRET}@127.0.0.1:9`);
  const labels = ["O", `B-${ESCAPES}`, `I-${ESCAPES}`];
  await writeTinyModel(at("model"), { labels, reads: ["o", "b", "i"] });
  await writeTinyModel(at("encoder"), { head: false });
  const data = at(`data${ESCAPES}`);
  mkdirSync(data);
  writeFileSync(join(data, "train.conll"), conll(ESCAPES));
  writeFileSync(join(data, "validation.conll"), conll(`OTHER${ESCAPES}`));
  writeFileSync(at("texts.txt"), `o b i ${ESCAPES}\n`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs a command once for a pipe and once for a terminal with colours. Returns what it wrote. */
async function written(args: readonly string[], again: () => void = () => {}): Promise<string> {
  const pipe = testIo();
  await nerium(args, pipe.io);
  again();
  const terminal = testIo({ columns: 100, env: { FORCE_COLOR: "1" } });
  await nerium(args, terminal.io);
  const piped = pipe.stdout.text + pipe.stderr.text;
  const shown = terminal.stdout.text + terminal.stderr.text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be there
  const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  expect(obeyed.exec(piped)?.[0], `in the pipe: ${JSON.stringify(piped)}`).toBeUndefined();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const foreign = shown.replace(/\r\u001b\[2K|\u001b\[\d+m(?!EVIL)/g, "");
  expect(obeyed.exec(foreign)?.[0], `on the terminal: ${JSON.stringify(shown)}`).toBeUndefined();
  expect(piped + shown).not.toContain(SECRET);
  return piped + shown;
}

/** All commands with their options: `data` has subcommands. */
const defined: readonly (readonly [string, Command])[] = (
  await Promise.all(
    Object.entries(commands).map(async ([name, { load }]) => {
      const command = (await load()).define(testIo().io);
      return command.commands.length === 0
        ? [[name, command] as const]
        : command.commands.map((each) => [`${name} ${each.name()}`, each] as const);
    }),
  )
).flat();

describe.each(defined)("nerium %s", (name, command) => {
  const hostile = `${ADDRESS}${ESCAPES}`;
  const operands = command.registeredArguments.map(() => at("missing"));

  it("shows no escapes and no secrets of its arguments", async () => {
    const all = await written([...name.split(" "), ...operands.map(() => hostile), hostile]);
    expect(all).not.toBe("");
  });

  // The quickstart would train a model in the folder of this name; nerium train has the same options.
  const valued = command.options.filter(({ required }) => required && name !== "quickstart");
  it.runIf(valued.length > 0)("shows none of its options", async () => {
    for (const { long } of valued) await written([...name.split(" "), ...operands, `${long}=${hostile}`]);
  });
});

describe("files", () => {
  const data = at(`data${ESCAPES}`);
  const train = join(data, "train.conll");
  const validation = join(data, "validation.conll");

  it.each(["text", "jsonl", "json", "conll", "html"])("texts and labels in --format %s", async (format) => {
    const all = await written([
      "predict",
      at("model"),
      at("texts.txt"),
      "o b i",
      "--threads",
      "1",
      "--format",
      format,
    ]);
    expect(all).toContain("EVIL");
  });

  it("JSON keeps every character", async () => {
    const { io, stdout } = testIo();
    await nerium(["predict", at("model"), "b", "--threads", "1"], io);
    expect(JSON.parse(stdout.text).entities[0].type).toBe(ESCAPES);
  });

  it.each([
    ["evaluate", at("model"), train, "--threads", "1"],
    ["evaluate", at("model"), validation, "--threads", "1", "--json"],
    ["data", "inspect", data],
    ["data", "inspect", train, validation],
    ["data", "split", train, at("split"), "--force"],
    ["convert", train, at("converted.jsonl"), "--force"],
    ["compare", train, validation],
    ["export", at("model"), "--dtype", "fp32", "--threads", "1"],
    ["push", at("model"), `me/${ESCAPES}`],
  ])("nerium %s %s %s", async (...args) => {
    const all = await written(args);
    expect(all).not.toContain("bug in Nerium");
  });

  it("nerium train", async () => {
    const args = ["train", "--model", at("encoder"), "--train", train, "--validation", validation];
    const output = at(`output${ESCAPES}`);
    const all = await written(
      [...args, "--output", output, "--num-train-epochs", "1", "--threads", "1"],
      () => rmSync(output, { recursive: true }),
    );
    expect(all).toContain("seqeval");
    expect(all).toContain("EVIL");
    cpSync(join(output, "README.md"), at("card.md"));
    await written(["recipe", output]);
    await written(["recipe", at("card.md")]);
  });

  it("a value of a recipe", async () => {
    for (const { kebab } of recipeFields) {
      writeFileSync(
        at("recipe.yaml"),
        `${kebab.replaceAll("-", "_")}: ${JSON.stringify(`${ADDRESS}${ESCAPES}`)}\n`,
      );
      await written(["train", at("recipe.yaml")]);
    }
  });

  it("a value of a configuration or a tokenizer", async () => {
    for (const file of ["config.json", "tokenizer_config.json"]) {
      const json = JSON.parse(readFileSync(join(at("model"), file), "utf8"));
      for (const key of [...Object.keys(json), ESCAPES]) {
        cpSync(at("model"), at("broken"), { recursive: true });
        writeFileSync(join(at("broken"), file), JSON.stringify({ ...json, [key]: `${ADDRESS}${ESCAPES}` }));
        await written(["predict", at("broken"), "b", "--threads", "1"]);
        rmSync(at("broken"), { recursive: true });
      }
    }
  });
});

describe("the environment", () => {
  it.each([
    ["HF_ENDPOINT", ADDRESS],
    ["HF_ENDPOINT", `ftp://user:${SECRET}@hub.example.org`],
    ["HF_ENDPOINT", `http://user:${SECRET}@hub.example.org`],
    ["HF_ENDPOINT", `user:${SECRET}@hub.example.org`],
    ["HTTPS_PROXY", `socks5://user:${SECRET}@127.0.0.1:9`],
    ["HTTPS_PROXY", `user:${SECRET}@127.0.0.1:9`],
    ["HTTPS_PROXY", `http://user:${SECRET}@127.0.0.1:9`],
    ["ALL_PROXY", `http://user:a@b${SECRET}@127.0.0.1:9`],
    ["HF_TOKEN", `${SECRET}\nsecond`],
    ["HF_TOKEN", `${SECRET}\u001b[31m`],
    ["HF_HUB_CACHE", `/dev/null/${ESCAPES}`],
  ])("%s=%j is not shown", async (name, value) => {
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    vi.stubEnv("HF_HUB_OFFLINE", "0");
    vi.stubEnv(name, value);
    await written(["push", at("model"), "me/model"]);
    await written(["predict", "me/model", "b"]);
  });
});
