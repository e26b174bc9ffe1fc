/** Every option of every function, with values that callers from JavaScript may give. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  annotate,
  compare,
  convert,
  evaluateFolder,
  exportModel,
  findSuspects,
  inspect,
  isNeriumError,
  load,
  type Ner,
  type NeriumError,
  push,
  readDataset,
  redact,
  redactStream,
  reportModels,
  restore,
  sweep,
  train,
} from "../../src/index.js";
import { parseRecipe, recipeFields } from "../../src/recipe/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const VALUES = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, "3", "", null, [], {}];
const textOf = (value: unknown) => (typeof value === "number" ? String(value) : JSON.stringify(value));

let scratch: string;
let model: string;
let ner: Ner;
let outputs = 0;
const file = () => join(scratch, "data.conll");
const texts = () => join(scratch, "texts.txt");
const predictions = () => join(scratch, "predictions.conll");

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "nerium-options-"));
  model = await writeTinyModel(join(scratch, "model"));
  writeFileSync(file(), "Anna B-PER\nlives O\nin O\nBerlin B-LOC\n");
  writeFileSync(texts(), "Anna lives in Berlin\n");
  writeFileSync(predictions(), "Anna B-PER B-PER\nlives O O\n");
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  ner = await load(model, { threads: 1 });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await ner.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

/** Each function with options, and what else it needs to be quick. */
const calls: Record<string, (options: never) => unknown> = {
  load: async (options) => (await load(model, options)).dispose(),
  "the call": (options) => ner("Anna lives in Berlin", options),
  annotate: (options: object) =>
    annotate(model, [texts()], join(scratch, `annotated-${outputs++}`), { threads: 1, ...options }),
  evaluateFolder: (options: object) => evaluateFolder(model, file(), { threads: 1, ...options }),
  compare: (options) => compare(predictions(), predictions(), options),
  reportModels: (options: object) => reportModels([model], [file()], { threads: 1, draws: 10, ...options }),
  readDataset: (options) => readDataset(file(), options),
  inspect: (options) => inspect([file()], options),
  convert: (options) => convert(file(), join(scratch, `converted-${outputs++}.conll`), options),
  exportModel: (options: object) =>
    exportModel(model, { threads: 1, dtypes: ["fp32"], minEqualTags: 0, ...options }),
  redact: (options) => redact(undefined, "x@example.com", options),
  redactStream: async (options) => {
    for await (const _ of redactStream(undefined, ["x@example.com"], options));
  },
  restore: (options: object) => restore("x", { key: "0123456789abcdef", ...options }),
  push: (options) => push(model, "org/name", options),
  // One sentence cannot be divided into folds.
  findSuspects: (options) =>
    findSuspects({ model, train: file(), output: join(scratch, `suspects-${outputs++}`) }, options),
  // There is no validation data.
  sweep: (options) => sweep({ model, train: file(), output: join(scratch, `sweep-${outputs++}`) }, options),
  // A run that gets this far fails at once, because there is no such model.
  train: (options) =>
    train(
      { model: join(scratch, "none"), train: file(), output: join(scratch, `run-${outputs++}`) },
      options,
    ).result(),
};

/** How a call ends: `right`, or the code of its error. An error of another kind fails the test. */
async function ending(call: () => unknown): Promise<string> {
  try {
    await call();
    return "right";
  } catch (error) {
    if (isNeriumError(error)) return error.code;
    throw error;
  }
}

/** The options of a function, as its own error lists them. */
async function optionsOf(call: (options: never) => unknown): Promise<string[]> {
  const error = await Promise.resolve()
    .then(() => call({ noSuchOption: 1 } as never))
    .catch((error: NeriumError) => error);
  return /The options are (.*)\.$/.exec((error as NeriumError).remedy!)![1]!.split(", ");
}

const NAMED = '"3" INFER_OPTION_INVALID, "" INFER_OPTION_INVALID';
const FORMATS = '"3" DATA_FORMAT_UNKNOWN, "" DATA_FORMAT_UNKNOWN';
const TOKEN_COLUMN =
  '0 right, -1 DATA_COLUMN_KIND, 1000000000 DATA_TOKEN_COLUMN_MISSING, "3" DATA_TOKEN_COLUMN_MISSING, "" DATA_COLUMN_KIND';
const TAG_COLUMN =
  '0 right, -1 DATA_COLUMN_KIND, 1000000000 DATA_TAG_COLUMN_MISSING, "3" DATA_TAG_COLUMN_MISSING, "" DATA_COLUMN_KIND';
const reading = {
  delimiter: '"3" right',
  format: FORMATS,
  ignoreTags: "[] right",
  labels: "[] right",
  tagColumn: TAG_COLUMN,
  textKey: '"3" right, "" right',
  tokenColumn: TOKEN_COLUMN,
};
const redacting = {
  allow: "[] right",
  countries: "[] right",
  exclude: "[] right",
  include: "[] right",
  only: "[] right",
  operators: "{} right",
  patterns: "{} right",
  terms: "{} right",
  threshold: "0 right, 0.5 right",
  types: "{} right",
};
const loading = {
  batchTokens: "1000000000 right",
  context: NAMED,
  dtype: NAMED,
  hyphens: NAMED,
  maxLength: "1000000000 INFER_LENGTH_BEYOND_MODEL",
  unspacedWords: NAMED,
};
const evaluating = {
  ...loading,
  ...reading,
  batchSize: "1000000000 right",
  decoding: NAMED,
  delimiter: '"3" INFER_TAGS_MISSING',
  overlap: "0 right, 1000000000 right",
  tagColumn: TAG_COLUMN.replace("0 right", "0 INFER_TAG_UNKNOWN"),
};
/** What each option does with the values that are not refused as PACKAGE_OPTION_INVALID. */
const ACCEPTED: Record<string, Record<string, string>> = {
  load: loading,
  "the call": {
    aggregationStrategy: NAMED,
    decoding: NAMED,
    ignoreLabels: "[] right",
    labels: "[] right",
    offsets: NAMED,
    stride: "0 right, 1000000000 INFER_OPTION_INVALID",
    threshold: "0 right, 0.5 right",
  },
  annotate: {
    ...loading,
    aggregationStrategy: NAMED,
    claimTimeout: "1000000000 ANNOTATE_OPTION_INVALID",
    decoding: NAMED,
    ignoreLabels: "[] right",
    labels: "[] right",
    offsets: NAMED,
    queue: '"3" ANNOTATE_OPTION_INVALID',
    shard: '"3" ANNOTATE_OPTION_INVALID, "" ANNOTATE_OPTION_INVALID',
    shardSize: "1000000000 ANNOTATE_OPTION_INVALID",
    stride: "0 right, 1000000000 INFER_OPTION_INVALID",
    // Plain text has no columns.
    textColumn: '0 right, -1 right, 1000000000 right, "3" right, "" right',
    threshold: "0 right, 0.5 right",
    tries: "1000000000 right",
  },
  evaluateFolder: evaluating,
  reportModels: {
    ...evaluating,
    errors: "0 right, 1000000000 right",
    seed: "0 right, 1000000000 right",
    train: '"3" DATA_FILE_MISSING',
  },
  compare: { mode: NAMED, seed: "0 right, 1000000000 right" },
  readDataset: { ...reading, words: "{} right" },
  inspect: reading,
  convert: { ...reading, to: FORMATS, toDelimiter: '"3" right', words: "{} right" },
  exportModel: {
    check: '"3" DATA_FILE_MISSING, "" DATA_FILE_MISSING',
    largestFile: "1000000000 right",
    minEqualTags: "0 right, 0.5 right",
    minF1: "0 right, 0.5 right",
    target: '"3" EXPORT_OPTION_INVALID, "" EXPORT_OPTION_INVALID',
  },
  findSuspects: { folds: "1000000000 DATA_SPLIT_TOO_SMALL" },
  redact: redacting,
  redactStream: redacting,
  restore: { map: '"3" REDACT_KEY_WRONG, "" REDACT_KEY_WRONG' },
  push: { message: '"3" HUB_OFFLINE' },
  sweep: {
    space: "{} IMPROVE_VALIDATION_MISSING",
    trials: "1000000000 IMPROVE_VALIDATION_MISSING",
  },
  train: { listeners: "[] MODEL_FOLDER_MISSING" },
};

describe.each(Object.entries(calls))("%s", (name, call) => {
  it("accepts values that make sense, and refuses all others at once", async () => {
    const accepted: Record<string, string> = {};
    for (const option of await optionsOf(call)) {
      const ends: string[] = [];
      for (const value of VALUES) {
        const started = performance.now();
        const end = await ending(() => call({ [option]: value } as never)).catch((error: unknown) => {
          throw new Error(`${option}: ${textOf(value)}`, { cause: error });
        });
        expect(performance.now() - started, `${option}: ${textOf(value)}`).toBeLessThan(20_000);
        if (!/^PACKAGE_(OPTION|ARGUMENT)_INVALID$/.test(end)) ends.push(`${textOf(value)} ${end}`);
      }
      if (ends.length > 0) accepted[option] = ends.join(", ");
    }
    expect(accepted).toEqual(ACCEPTED[name] ?? {});
  }, 120_000);
});

it.each<[string, () => unknown]>([
  ["no files to compare", () => compare([], [])],
  ["an empty name", () => load("")],
  ["an empty path", () => readDataset("")],
  ["no paths", () => inspect([])],
  ["no models to report", () => reportModels([], [file()])],
  ["no files to report", () => reportModels([model], [])],
  ["a part of a data set without a name", () => evaluateFolder(model, {} as never)],
  ["a word rule that does not exist", () => readDataset(file(), { words: { hyphens: "3" } } as never)],
  ["a name that is no name", () => push(model, "")],
  ["an empty output", () => convert(file(), "")],
])("%s ends in a result or a named error", async (_, call) => {
  expect(await ending(call)).toMatch(/^(right|[A-Z]+_[A-Z_]+)$/);
});

it.each(recipeFields.map(({ key }) => key))("the recipe's field %s is right or refused", async (field) => {
  for (const value of VALUES) {
    const recipe = { model: "m", train: "t.conll", validation: "v.conll", output: "o", [field]: value };
    expect(await ending(() => parseRecipe(recipe as never))).toMatch(/^(right|RECIPE_[A-Z_]+)$/);
  }
});
