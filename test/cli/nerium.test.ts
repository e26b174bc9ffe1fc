import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
    [["predict", "--help"]],
    [["quickstart", "--help"]],
    [["convert", "--help"]],
    [["data", "--help"]],
    [["data", "inspect", "--help"]],
    [["data", "split", "--help"]],
  ])("of %j", async (args) => {
    const { code, out, err } = await ran(args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchSnapshot();
  });

  it("of train begins with usage and ends with examples and exit codes", async () => {
    const { code, out } = await ran(["train", "--help"]);
    expect(code).toBe(0);
    const begin = out.slice(0, out.indexOf("Model and data:"));
    expect(begin + out.slice(out.indexOf("Examples:"))).toMatchSnapshot();
  });

  it("of train has every field of a recipe but the card, in groups", async () => {
    const { out } = await ran(["train", "--help"]);
    for (const { kebab, type } of recipeFields)
      expect(out.includes(`\n  --${kebab}`), kebab).toBe(type !== "section");
    const groups = [...new Set(recipeFields.map(({ group }) => group))].filter((group) => group !== "Card");
    const places = groups.map((group) => out.indexOf(`\n${group}:\n`));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it.each(["--help", "train", "evaluate", "predict", "quickstart"])(
    "of %s fits 40 cells where it can",
    async (name) => {
      const { out } = await ran(name === "--help" ? [name] : [name, "--help"], {
        columns: 40,
        env: { NO_COLOR: "1" },
      });
      const options = out.slice(out.indexOf("Options:"), out.indexOf("Examples:")).split("\n");
      // A term is not broken; what describes it is.
      for (const line of options) if (line.startsWith("      ")) expect(line.length).toBeLessThanOrEqual(40);
    },
  );

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
    [["--nope"], "unknown option '--nope'"],
    [["nope"], "unknown command 'nope'"],
    [["constructor"], "unknown command 'constructor'"],
    [["evaluate", "model"], "There is nothing to score on: give FILE or --dataset"],
    [["evaluate", "model", "file", "--dataset", "name"], "FILE and --dataset are given both"],
    [["evaluate", "model", "file", "--split", "test"], "--dataset-config and --split go with --dataset"],
    [["evaluate", "model", "file", "more"], "too many arguments"],
    [["evaluate", "model", "file", "--batch-size", "0"], "--batch-size takes a whole number from 1 on"],
    [["evaluate", "model", "file", "--long-sentences", "cut"], "Allowed choices are window, truncate"],
    [["predict"], "missing required argument 'MODEL'"],
    [["predict", "model", "x", "--threshold", "2"], "--threshold takes a number from 0 to 1"],
    [["predict", "model", "nothere.txt"], "There is no such file"],
    [["quickstart"], "required option '--output <folder>' not specified"],
    [["train", "a.yaml", "b.yaml"], "too many arguments"],
    [["train", "--model"], "--model needs a value"],
    [["train", "-x"], "unknown option '-x'"],
  ])("%j is usage: exit code 2 and a line that says so", async (args, what) => {
    const { code, out, err } = await ran(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^error: .* \[CLI_[A-Z_]+\]\n/);
    expect(err).toContain(what);
  });

  it.each([
    [["trian"], "Did you mean train?"],
    [["evaluate", "m", "f", "--tag-colum", "3"], "Did you mean --tag-column?"],
    [["train", "--modle", "x"], "--model"],
    [["train", "--learning_rte", "2e-5"], "--learning-rate"],
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
    expect(stderr.text).toContain("There is no text to look for entities in");
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

  it("that is not there fails", async () => {
    expect(await ran(["train", join(scratch, "none.yaml")])).toMatchObject({ code: 1, out: "" });
  });
});
