/** Data sets by name: which of their files are what, and what their labels are. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { readDataset } from "../../src/data/index.js";
import { globMatcher } from "../../src/hub/glob.js";
import { type DatasetOptions, namedDataset } from "../../src/hub/index.js";
import { parquetOf } from "./parquetFiles.js";
import { worldOfEachTest } from "./world.js";

const world = worldOfEachTest();
const part = (word: string) =>
  parquetOf([
    [[word, "B-PER"]],
    [
      ["in", "O"],
      [word, "B-LOC"],
    ],
  ]);
const line = (word: string) => JSON.stringify({ tokens: [word], ner_tags: ["B-PER"] });

/** Names of the files of each part. */
async function parts(name: string, options?: DatasetOptions) {
  const { files } = await namedDataset(name, options);
  return Object.fromEntries(
    Object.entries(files).map(([split, paths]) => [split, paths.map((path) => basename(path))]),
  );
}

const add = (files: Record<string, Buffer | string>, branch?: string) =>
  world().hub.add("dataset", "org/names", files, branch);

describe("the parts of a data set", () => {
  it("are found by the names of files, as shards in order", async () => {
    add({
      "README.md": "# Names",
      "data/train-00001-of-00002.parquet": part("b"),
      "data/train-00000-of-00002.parquet": part("a"),
      "data/validation-00000-of-00001.parquet": part("c"),
      "data/test-00000-of-00001.parquet": part("d"),
      "latest.txt": "x",
    });
    const { files, labels, name, config } = await namedDataset("org/names");
    expect(await parts("org/names")).toEqual({
      train: ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"],
      validation: ["validation-00000-of-00001.parquet"],
      test: ["test-00000-of-00001.parquet"],
    });
    expect({ name, config, labels }).toEqual({
      name: "org/names",
      config: undefined,
      labels: ["B-LOC", "B-PER", "O"],
    });
    const { sentences } = await readDataset(files.train[1]!);
    expect(sentences.map(({ words, tags }) => [words, tags])).toEqual([
      [["b"], ["B-PER"]],
      [
        ["in", "b"],
        ["O", "B-LOC"],
      ],
    ]);
  });

  it.each([
    ["train.jsonl", "valid.jsonl", "test.jsonl"],
    ["en_train.json", "en-dev.json", "en.test.json"],
    ["train/a.jsonl", "validation/a.jsonl", "test/a.jsonl"],
    ["training.csv", "val.csv", "testing.csv"],
    ["train.conll", "dev.conll", "test.conll"],
    ["train.txt", "valid.txt", "test.txt"],
  ])("are %s, %s, %s", async (train, validation, test) => {
    add({
      "README.md": "",
      "dataset_infos.json": "{}",
      [train]: line("a"),
      [validation]: line("b"),
      [test]: line("c"),
    });
    expect(await parts("org/names")).toEqual({
      train: [basename(train)],
      validation: [basename(validation)],
      test: [basename(test)],
    });
  });

  it("are one part for training where no name says otherwise", async () => {
    add({ "README.md": "", "names.jsonl": line("a") });
    expect(await parts("org/names")).toEqual({ train: ["names.jsonl"], validation: [], test: [] });
  });

  it("follow the configurations of its card", async () => {
    const card = [
      "---",
      "configs:",
      "- config_name: en",
      "  data_files:",
      "  - {split: train, path: 'english/tr*.jsonl'}",
      "  - {split: dev, path: ['english/held-out.jsonl']}",
      "- config_name: de",
      "  data_dir: german",
      "  default: true",
      "dataset_info:",
      "- config_name: en",
      "  features:",
      "  - name: ner_tags",
      "    sequence: {class_label: {names: {'0': O, '1': B-PER, '10': I-ORG, '2': I-PER}}}",
      "---",
    ].join("\n");
    add({
      "README.md": card,
      "english/tr1.jsonl": line("a"),
      "english/held-out.jsonl": line("b"),
      "german/train.jsonl": line("c"),
      "german/test.jsonl": line("d"),
    });
    const german = { train: ["train.jsonl"], validation: [], test: ["test.jsonl"] };
    const english = { train: ["tr1.jsonl"], validation: ["held-out.jsonl"], test: [] };
    expect(await parts("org/names")).toEqual(german);
    expect(await parts("org/names/en")).toEqual(english);
    expect(await parts("org/names", { config: "en" })).toEqual(english);
    expect((await namedDataset("org/names/en")).labels).toEqual(["O", "B-PER", "I-PER", "I-ORG"]);
    await expect(parts("org/names/fr")).rejects.toMatchObject({
      code: "HUB_CONFIG_UNKNOWN",
      remedy: expect.stringContaining("en, de"),
    });
  });

  it("that are missing and needed are an error; those of no use are not downloaded", async () => {
    add({ "README.md": "", "train.jsonl": line("a"), "test.jsonl": line("b") });
    await expect(parts("org/names", { needed: ["validation"] })).rejects.toMatchObject({
      code: "HUB_NO_SPLIT",
    });
    expect(await parts("org/names", { leftOut: ["test"] })).toEqual({
      train: ["train.jsonl"],
      validation: [],
      test: [],
    });
    expect(world().hub.seen.some(({ path }) => path.includes("test.jsonl"))).toBe(false);
  });

  it("may lie in a folder of this machine", async () => {
    const folder = join(world().home, "corpus");
    mkdirSync(folder);
    for (const name of ["train.jsonl", "dev.jsonl"]) writeFileSync(join(folder, name), line("a"));
    expect(await parts(folder)).toEqual({ train: ["train.jsonl"], validation: ["dev.jsonl"], test: [] });
    expect((await namedDataset(folder)).name).toBeUndefined();
    expect(world().hub.seen).toEqual([]);
  });
});

describe("a data set that is a Python script", () => {
  const script = { "README.md": "", "names.py": "import os", "data.zip": "x" };

  it("is read from the Parquet files that the hub makes of it", async () => {
    add(script);
    const converted = Object.fromEntries(
      ["train", "validation", "test"].map((split) => [`names/${split}/0000.parquet`, part(split)]),
    );
    add({ ...converted, "other/partial-train/0000.parquet": part("x") }, "refs/convert/parquet");
    expect(await parts("org/names")).toEqual({
      train: ["0000.parquet"],
      validation: ["0000.parquet"],
      test: ["0000.parquet"],
    });
    expect(await parts("org/names/other")).toEqual({ train: ["0000.parquet"], validation: [], test: [] });
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const { files, config } = await namedDataset("org/names");
    expect(config).toBe("names");
    expect((await readDataset(files.validation[0]!)).sentences[0]!.words).toEqual(["validation"]);
  });

  it("is an error that says so where the hub has made none", async () => {
    add(script);
    await expect(namedDataset("org/names")).rejects.toMatchObject({
      code: "HUB_NO_DATA_FILES",
      message: expect.stringMatching(/Python script, which is never run/),
    });
  });
});

describe("patterns of files", () => {
  it.each([
    ["data/train-*", "data/train-00000.parquet", true],
    ["data/*.json", "data/a/b.json", false],
    ["**/*.json", "a/b/c.json", true],
    ["**/*.json", "c.json", true],
    ["data/**", "data/a/b", true],
    ["{en,de}/x.csv", "de/x.csv", true],
    ["tr[ae]in?.csv", "train1.csv", true],
    ["./a.csv", "a.csv", true],
    ["a.csv", "axcsv", false],
    ["**/b", "ab", false],
    ["**/b", "a/a/b", true],
    ["a/**/b", "a/b", true],
    ["[!a-c]x", "bx", false],
    ["{a,b}{1,2}", "b2", true],
  ])("%s and %s: %s", (pattern, path, fits) => {
    expect(globMatcher(pattern)(path)).toBe(fits);
  });

  // A matcher that tries every way to share the text among the stars would never end.
  it("of many stars are decided", () => {
    expect(globMatcher(`${"**a".repeat(60)}b`)("a".repeat(1000))).toBe(false);
  });

  it("that are plain paths fit themselves alone", () => {
    const path = fc.string({ unit: fc.constantFrom("a", "b", ".", "/", "-", "+", "(", "$", "^", "|", "\\") });
    fc.assert(
      fc.property(path, path, (one, other) => {
        const plain = one.replace(/^\.?\//, "");
        expect(globMatcher(one)(other)).toBe(plain === other);
      }),
    );
  });
});
