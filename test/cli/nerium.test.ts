import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { recipeFields } from "../../src/recipe/index.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ran(args: readonly string[], options: Parameters<typeof testIo>[0] = {}) {
  const { io, stdout, stderr } = testIo(options);
  const code = await nerium(args, io);
  return { code, out: stdout.text, err: stderr.text };
}

describe("help", () => {
  it.each([
    [["--help"]],
    [["evaluate", "--help"]],
    [["dashboard", "--help"]],
    [["report", "--help"]],
    [["predict", "--help"]],
    [["annotate", "--help"]],
    [["models", "--help"]],
    [["devices", "--help"]],
    [["quickstart", "--help"]],
    [["convert", "--help"]],
    [["compare", "--help"]],
    [["sweep", "--help"]],
    [["redact", "--help"]],
    [["restore", "--help"]],
    [["export", "--help"]],
    [["push", "--help"]],
    [["recipe", "--help"]],
    [["completion", "--help"]],
    [["data", "--help"]],
    [["data", "inspect", "--help"]],
    [["data", "split", "--help"]],
    [["data", "suspects", "--help"]],
  ])("of %j", async (args) => {
    const { code, out, err } = await ran(args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchSnapshot();
  });

  it("of train begins with usage and examples and ends with general options and exit codes", async () => {
    const { code, out } = await ran(["train", "--help"]);
    expect(code).toBe(0);
    const begin = out.slice(0, out.indexOf("Model and data:"));
    expect(begin + out.slice(out.indexOf("General:"))).toMatchSnapshot();
  });

  it.each([["train"], ["evaluate"], ["predict"], ["data", "inspect"], ["convert"], ["export"], ["push"]])(
    "of %s %s has one order: usage, examples, arguments, groups of options, exit codes",
    async (...args) => {
      const { out } = await ran([...args, "--help"]);
      expect(out).toMatch(/^Usage: nerium /);
      const titles = [...out.matchAll(/^([A-Z][\w ]*:)$/gm)].map(([, title]) => title!);
      expect(titles.slice(0, 2)).toEqual(["Examples:", "Arguments:"]);
      expect(titles).toContain("General:");
      expect(titles.at(-1)).toBe("Exit codes:");
      expect(titles).not.toContain("Options:");
    },
  );

  it.each([40, 60, 80])(
    "fits %i cells, and descriptions have the same column in every command",
    async (columns) => {
      for (const name of ["train", "evaluate", "predict", "data", "convert", "export"]) {
        const { out } = await ran([name, "--help"], { columns, env: { NO_COLOR: "1" } });
        const options = out.slice(out.indexOf("General:"), out.indexOf("Exit codes:"));
        const begin =
          columns < 72 ? /\n {2}-h, --help\n {6}Show this help\./ : /\n {2}-h, --help +Show this help\./;
        if (name !== "data") expect(options).toMatch(begin);
        // Terms, single words and the usage line are not broken.
        const wide = out
          .split("\n")
          .filter((line) => line.length > columns && !/^ *(-|nerium|Usage:|\S+( \\)?$)/.test(line));
        expect(wide).toEqual([]);
      }
    },
  );

  it("of train has every field of a recipe but the card, in groups", async () => {
    const { out } = await ran(["train", "--help"]);
    for (const { kebab, type } of recipeFields)
      expect(new RegExp(`\n  --${kebab}(?![\\w-])`).test(out), kebab).toBe(type !== "section");
    const groups = [...new Set(recipeFields.map(({ group }) => group))].filter((group) => group !== "Card");
    const places = groups.map((group) => out.indexOf(`\n${group}:\n`));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("is also `nerium help COMMAND`, and what no command at all shows, as an error", async () => {
    expect((await ran(["help", "evaluate"])).out).toBe((await ran(["evaluate", "--help"])).out);
    const none = await ran([]);
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain("Usage: nerium");
  });
});

describe("the version", () => {
  it("is the package's", async () => {
    expect((await ran(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("what is wrong on the command line", () => {
  it.each([
    [["--nope"], "Unknown option '--nope'"],
    [["nope"], "Unknown command 'nope'"],
    [["constructor"], "Unknown command 'constructor'"],
    [["evaluate", "model"], "No data given: give FILE or --dataset"],
    [["evaluate", "model", "file", "--dataset", "name"], "FILE cannot be combined with --dataset"],
    [["evaluate", "model", "file", "--split", "test"], "--dataset-config and --split need --dataset"],
    [["evaluate", "model", "file", "more"], "Too many arguments"],
    [["evaluate", "model", "file", "--batch-size", "0"], "--batch-size must be a whole number of 1 or more"],
    [
      ["evaluate", "model", "file", "--long-sentences", "cut"],
      '--long-sentences must be one of window, truncate, not "cut"',
    ],
    [["predict"], "Missing required argument 'MODEL'"],
    [["predict", "model", "x", "--threshold", "2"], "--threshold must be a number from 0 to 1"],
    [["quickstart"], "Required option '--output <folder>' not specified"],
    [["train", "a.yaml", "b.yaml"], "Too many arguments"],
    [["train", "--model"], "--model needs a value"],
    [["train", "-x"], "Unknown option '-x'"],
    [["nope", "--help"], "Unknown command 'nope'"],
    [["help", "nope"], "Unknown command 'nope'"],
    [["data", "nope", "--help"], "Unknown command 'nope'"],
    [["completion", "powershell"], "Allowed choices are bash, zsh, fish"],
  ])("%j is usage: exit code 2 and a line that says so", async (args, what) => {
    const { code, out, err } = await ran(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^error: .* \[CLI_[A-Z_]+\]\n/);
    expect(err).toContain(what);
  });

  it.each([
    [["trian"], "Did you mean train?"],
    [["inspect", "a.conll"], "Did you mean nerium data inspect?"],
    [["predict", "model", "--json"], "Did you mean --format json?"],
    [["data", "inspect"], "Run nerium data inspect --help"],
    [["data", "nope"], "Run nerium data --help"],
    [["convert", "a", "b", "--offsets", "letters"], "--offsets must be one of utf-16, code-points"],
    [["predict", "model", "x", "--offsets", "utf16", "--format", "html"], "--offsets cannot be combined"],
    [["trian", "--help"], "Did you mean train?"],
    [["data", "inspekt", "--help"], "Did you mean inspect?"],
    [
      ["foo", "--help"],
      "The commands are train, evaluate, sweep, dashboard, report, compare, predict, annotate, serve, redact, restore, data, convert",
    ],
    [["evaluate", "m", "f", "--tag-colum", "3"], "Did you mean --tag-column?"],
    [["train", "--modle", "x"], "--model"],
    [["train", "--learning_rte", "2e-5"], "--learning-rate"],
    [["train", "--lr", "2e-5"], "--learning-rate?"],
    [["train", "--epochs=3"], "--num-train-epochs?"],
    [["train", "--batch-size", "16"], "--per-device-train-batch-size?"],
    [["train", "--bs", "16"], "--per-device-train-batch-size?"],
    [["train", "--wd", "0.01"], "--weight-decay?"],
    [["train", "--warmup", "0.1"], "--warmup-steps?"],
    [["train", "--data", "train.conll"], "--train?"],
    [["train", "--out", "my-model"], "--output?"],
  ])("%j is told what was probably meant", async (args, meant) => {
    const { code, err } = await ran(args);
    expect(code).toBe(2);
    expect(err).toContain(meant);
  });

  it("a text that nobody gives is asked for", async () => {
    const { io, stderr } = testIo({ columns: 80 });
    expect(
      await nerium(["predict", "model"], { ...io, stdin: Object.assign(io.stdin, { isTTY: true }) }),
    ).toBe(2);
    expect(stderr.text).toContain("No text given");
  });
});

describe("a recipe file", () => {
  it("that is wrong is usage, at file and line", async () => {
    const file = join(scratch, "recipe.yaml");
    writeFileSync(file, "model: m\nlearning_rat: 2e-5\n");
    const { code, err } = await ran(["train", file, "--train", "t", "--output", "o"]);
    expect(code).toBe(2);
    expect(err).toContain("RECIPE_UNKNOWN_FIELD");
    expect(err).toContain(`${file}:2`);
    expect(err).toContain("learning_rate");
  });
});

describe("a file or folder that is not there", () => {
  const model = join(scratch, "model");
  mkdirSync(model);
  writeFileSync(join(scratch, "texts.conll"), "Ada B-PER\n");
  const there = join(scratch, "texts.conll");
  const none = (name: string) => join(scratch, name);

  it.each([
    [["train", none("none.yaml")]],
    [["train", "--model", none("none"), "--train", there, "--output", none("o")], "Model folder not found"],
    [["evaluate", none("none"), there], "Model folder not found"],
    [["predict", none("none"), "Ada"], "Model folder not found"],
    [["predict", none("none"), none("none.txt")], "File not found"],
    [["predict", none("none"), `${none("none")}/`], "Folder not found"],
    [["predict", none("none"), none("none")], "File or folder not found"],
    [["compare", none("a.conll"), there], "File not found"],
    [["data", "inspect", none("none.conll")], "File not found"],
    [["data", "split", `${none("none")}/`, none("o")], "Folder not found"],
    [["convert", none("none"), none("o.jsonl")], "File or folder not found"],
    [["export", none("none")], "Model folder not found"],
    [["push", none("none"), "me/model"], "Could not read the folder"],
    [["recipe", none("none.md")]],
  ])("has exit code 1 and is called what it is: %j", async (args, what = none("none")) => {
    const { code, out, err } = await ran(args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(what);
  });

  it("is one sentence about folder and hub, where a model may be either", async () => {
    const { code, err } = await ran(["predict", "no-such-model", "Ada"]);
    expect(code).toBe(1);
    expect(err).toMatch(/no-such-model/);
    expect(err).toMatch(/folder/);
    expect(err).toMatch(/HF_HUB_OFFLINE|hub/);
  });
});
