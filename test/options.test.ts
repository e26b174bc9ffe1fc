/** Who calls a function with a wrong argument or option, perhaps from JavaScript, reads what is right. */
import { describe, expect, it } from "vitest";
import {
  compare,
  convert,
  evaluateFolder,
  exportModel,
  inspect,
  isNeriumError,
  load,
  NeriumError,
  push,
  readDataset,
  train,
} from "../src/index.js";
import { inputText } from "../src/infer/inputs.js";
import { resolvedOptions } from "../src/infer/options.js";
import { USUAL_RULES } from "../src/text/index.js";

const recipe = { model: "m", train: "t.conll", output: "o" };

/** Every function of the package, called with one argument or its options. */
const calls: Record<string, (given: never) => unknown> = {
  load: (options) => load("m", options),
  evaluateFolder: (options) => evaluateFolder("m", "f.conll", options),
  compare: (options) => compare("a", "b", options),
  convert: (options) => convert("a", "b", options),
  inspect: (options) => inspect(["a"], options),
  readDataset: (options) => readDataset("a", options),
  exportModel: (options) => exportModel("m", options),
  push: (options) => push("m", "n", options),
  train: (options) => train(recipe, options),
  "the call": (options) => resolvedOptions(["O", "B-PER"], options),
};

async function thrown(work: () => unknown): Promise<NeriumError> {
  try {
    await work();
  } catch (error) {
    if (!isNeriumError(error)) throw error;
    return error;
  }
  throw new Error("nothing was thrown");
}

describe.each(Object.entries(calls))("the options of %s", (name, call) => {
  it("are refused if one does not exist", async () => {
    const error = await thrown(() => call({ dytpe: "int8" } as never));
    expect(error).toMatchObject({ code: "PACKAGE_OPTION_UNKNOWN", where: "dytpe" });
    expect(error.message).toBe(`Unknown option dytpe of ${name}`);
    expect(error.remedy).toContain("The options are ");
  });
  it.each([null, 5, "int8", []])("are refused if they are %j", async (options) => {
    expect(await thrown(() => call(options as never))).toMatchObject({ code: "PACKAGE_ARGUMENT_INVALID" });
  });
});

describe("an option", () => {
  it("that was misspelt gets the name that was meant", async () => {
    expect((await thrown(() => calls.load!({ dytpe: "int8" } as never))).remedy).toMatch(
      /^Did you mean dtype\? The options are threads, dtype,/,
    );
  });
  it.each([
    ["load", { threads: "2" }, 'threads must be a whole number from 1 to 1024, not "2"'],
    ["load", { threads: 0 }, "threads must be a whole number from 1 to 1024, not 0"],
    ["load", { onWarning: "log" }, 'onWarning must be a function, not "log"'],
    ["load", { signal: {} }, "signal must be an AbortSignal, not an object"],
    ["readDataset", { labels: "PER" }, 'labels must be a list of texts, not "PER"'],
    ["readDataset", { tagColumn: [3] }, "tagColumn must be a whole number or a text, not a list"],
    ["convert", { force: "yes" }, 'force must be true or false, not "yes"'],
    ["inspect", { model: "m" }, 'model must be an object, not "m"'],
    ["exportModel", { dtypes: "fp32" }, 'dtypes must be a list of at least one text, not "fp32"'],
    ["exportModel", { minF1: null }, "minF1 must be a number from 0 to 1, not null"],
    ["push", { private: 1 }, "private must be true or false, not 1"],
    ["train", { listeners: [1] }, "listeners must be a list of functions, not a list"],
    ["the call", { ignoreLabels: "O" }, 'ignoreLabels must be a list of texts, not "O"'],
    ["the call", { truncation: 512 }, "truncation must be true or false, not 512"],
  ])("of %s with the value %j is refused", async (name, options, message) => {
    const error = await thrown(() => calls[name]!(options as never));
    expect(error).toMatchObject({ code: "PACKAGE_OPTION_INVALID", message });
  });
  it("counts as not given if it is undefined", async () => {
    const error = await thrown(() => readDataset("no-such-file", { labels: undefined } as never));
    expect(error.code).toBe("DATA_FILE_MISSING");
  });
});

describe("an argument", () => {
  it.each<[string, () => unknown, string]>([
    ["load", () => load(5 as never), "name must be a text, not 5"],
    ["load", () => load(undefined as never), "name must be a text, not undefined"],
    ["evaluateFolder", () => evaluateFolder("m", 5 as never), "evaluated must be an object, not 5"],
    ["compare", () => compare("a", 5 as never), "b must be a list of at least one text, not a list"],
    ["convert", () => convert("a", undefined as never), "output must be a text, not undefined"],
    ["inspect", () => inspect("a" as never), 'paths must be a list of texts, not "a"'],
    ["readDataset", () => readDataset({} as never), "path must be a text, not an object"],
    ["exportModel", () => exportModel(null as never), "folder must be a text, not null"],
    ["push", () => push("m", 5 as never), "name must be a text, not 5"],
  ])("of %s of the wrong type is refused: %s", async (where, call, message) => {
    expect(await thrown(call)).toMatchObject({ code: "PACKAGE_ARGUMENT_INVALID", where, message });
  });
});

describe("words that are no texts", () => {
  it.each([
    [{ words: [1] }, undefined, "A word must be a text, not 1", "input: words[0]"],
    [{ words: ["a", null] }, 3, "A word must be a text, not null", "input 3: words[1]"],
    [{ words: "a b" }, undefined, 'words must be a list of texts, not "a b"', "input: words"],
    [5, 0, "The input must be a text, not 5", "input 0"],
  ])("%j: the error says which", async (input, index, message, where) => {
    const error = await thrown(() => inputText(input, USUAL_RULES, index));
    expect(error).toMatchObject({ code: "INFER_INPUT_INVALID", message, where });
  });
});

describe("a remedy", () => {
  const error = (remedy: string) => new NeriumError("CODE", "what", { remedy });
  it("names options as TypeScript has them, and flags for the command line", () => {
    const made = error("Use --bad-tags O or --tag-scheme.");
    expect(made.remedy).toBe("Use badTags O or tagScheme.");
    expect(made.commandRemedy).toBe("Use --bad-tags O or --tag-scheme.");
  });
  it("leaves commands as they are", () => {
    const text = "Fine-tune it first: nerium train --model FOLDER. Or use esbuild: --format=esm.";
    expect(error(text).remedy).toBe(text);
    expect(error("Run npm install --force, or --resume.").remedy).toBe(
      "Run npm install --force, or --resume.",
    );
  });
  it("for a recipe names fields, not flags", async () => {
    const missing = await thrown(() => train({} as never));
    expect(missing).toMatchObject({ code: "RECIPE_FIELD_MISSING", remedy: "Add model to the recipe." });
    const data = await thrown(() => train({ model: "m", output: "o" }));
    expect(data.remedy).toBe("Add train or dataset to the recipe.");
    expect((await thrown(() => train({ ...recipe, quiteAnother: 1 } as never))).remedy).not.toContain("--");
  });
});
