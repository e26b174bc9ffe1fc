/** Label errors that are put into data are found in it, and an interrupted search finds the same. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { readDataset } from "../../src/data/index.js";
import { taggedRanges } from "../../src/data/spans/shapes.js";
import {
  type CommandRun,
  type FoundSuspects,
  findSuspects,
  findSuspectsDryRun,
  Review,
} from "../../src/improve/index.js";
import { quickstartCorpus } from "../../src/quickstart/corpus.js";
import { conllText } from "../../src/quickstart/files.js";
import type { RecipeInput } from "../../src/recipe/index.js";
import type { TrainListener } from "../../src/run/index.js";
import { toScheme } from "../../src/text/index.js";
import { testIo } from "../cli/testIo.js";
import { tinyModel } from "../train/tinyModel.js";
import { damaged } from "./damage.js";

const FOLDS = 3;
const { sentences, damage } = damaged(quickstartCorpus(3, { train: 450, validation: 1, test: 1 }).train, {
  share: 0.05,
  seed: 1,
});

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let found: FoundSuspects;
const at = (...names: string[]) => join(tiny.folder, ...names);
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput => ({
  model: tiny.encoder,
  train: at("damaged.conll"),
  output: at("suspects"),
  learningRate: 5e-3,
  numTrainEpochs: 5,
  threads: 2,
  ...changes,
});
/** A search that is over within a second. */
const short = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  recipe({ train: tiny.files.train, numTrainEpochs: 2, ...changes });
const withListener =
  (...listeners: TrainListener[]) =>
  ({ start }: CommandRun) =>
    start({ listeners }).result();

beforeAll(async () => {
  tiny = await tinyModel();
  writeFileSync(at("damaged.conll"), conllText(sentences));
  found = await findSuspects(recipe(), { folds: FOLDS });
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

describe("the first suspects", () => {
  it("have damaged labels more than three times as often as other sentences", () => {
    const first = found.suspects.slice(0, damage.size);
    const right = first.filter(({ sentence }) => damage.has(sentence));
    expect(damage.size).toBeGreaterThan(20);
    expect(right.length / first.length).toBeGreaterThan((3 * damage.size) / sentences.length);
  });

  it("name their place, the given tags, and better ones", () => {
    const { sentence, file, line, words, gold } = found.suspects[0]!;
    expect({ words, gold }).toEqual({ words: sentences[sentence]!.words, gold: sentences[sentence]!.tags });
    expect(file).toBe(at("damaged.conll"));
    expect(readFileSync(file, "utf8").split("\n")[line - 1]).toBe(`${words[0]} ${gold[0]}`);
    for (const { suspects, score, proposed, spans } of found.suspects) {
      expect(score).toBe(Math.min(...suspects.map((word) => word.score)));
      for (const { index, word, tag, likely } of suspects) {
        expect(likely).not.toBe(tag);
        expect({ word, tag }).toEqual({
          word: expect.any(String),
          tag: expect.stringMatching(/^(O|[BI]-\w+)$/),
        });
        expect(index).toBeLessThan(proposed.length);
      }
      for (const { gold: own, proposed: other } of spans) expect(own).not.toEqual(other);
    }
    const scores = found.suspects.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  });

  it("are also in suspects.json, and the models of the folds are gone", () => {
    expect(JSON.parse(readFileSync(at("suspects", "suspects.json"), "utf8"))).toEqual(
      JSON.parse(JSON.stringify(found)),
    );
    expect(readdirSync(at("suspects")).sort()).toEqual([
      ...[1, 2, 3].map((fold) => `fold-${fold}.safetensors`),
      "plan.json",
      "suspects.json",
    ]);
  });
});

it("can be reviewed: an accepted proposal is in the data, and is taken back", async () => {
  const before = readFileSync(at("damaged.conll"));
  const review = await Review.open(at("suspects", "suspects.json"));
  try {
    expect(review.items).toHaveLength(found.suspects.length);
    const { sentence, proposed } = found.suspects[0]!;
    await review.decide(0, { action: "accept" });
    const { sentences: now } = await readDataset(at("damaged.conll"));
    expect(now[sentence]!.tags).toEqual(proposed);
    expect(await review.undoAll()).toBe(1);
    expect(readFileSync(at("damaged.conll"))).toEqual(before);
  } finally {
    await review.release();
    rmSync(review.logFile);
  }
});

describe("a search that is run again after a review", () => {
  const search = (train: string) =>
    findSuspects(recipe({ train, output: at("reviewed"), numTrainEpochs: 2 }), { folds: 2 });
  let first: FoundSuspects;

  beforeAll(async () => {
    // The log names the file as the search did, here by a link.
    writeFileSync(at("linked.conll"), conllText(sentences));
    symlinkSync(at("linked.conll"), at("reviewed.conll"));
    first = await search(at("reviewed.conll"));
    const review = await Review.open(at("reviewed", "suspects.json"));
    await review.decide(0, { action: "skip" });
    await review.decide(1, { action: "accept" });
    await review.decide(0, { action: "edit", entities: [] });
    await review.decide(2, { action: "skip" });
    await review.release();
  });

  it("has the same result, with the decisions", async () => {
    const before = readFileSync(at("reviewed", "suspects.json"));
    const { suspects, ...again } = await search(at("reviewed.conll"));
    expect(suspects.map(({ decision }) => decision).slice(0, 4)).toEqual([
      "edit",
      "accept",
      "skip",
      undefined,
    ]);
    const found = { ...again, suspects: suspects.map(({ decision: _, ...suspect }) => suspect) };
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify(first)));
    expect(readFileSync(at("reviewed", "suspects.json"))).toEqual(before);
  });

  it("prints and exports what is not decided", async () => {
    const { io, stdout } = testIo({ env: { NO_COLOR: "1" } });
    const given = ["--model", tiny.encoder, "--output", at("reviewed"), "--folds", "2", "--threads", "2"];
    const options = ["--learning-rate", "5e-3", "--num-train-epochs", "2", "--examples", "1", "--quiet"];
    const written = ["--export", at("open.jsonl"), "--to", "jsonl"];
    expect(
      await nerium(["data", "suspects", at("reviewed.conll"), ...given, ...options, ...written], io),
    ).toBe(0);
    expect(stdout.text).toContain(`1  ${first.suspects[2]!.score.toFixed(4)}  ${at("reviewed.conll")}:`);
    expect(stdout.text.replaceAll(/\s+/g, " ")).toContain(
      `, 2 decided in a review, ${first.suspects.length - 3} not shown`,
    );
    const { sentences: exported } = await readDataset(at("open.jsonl"));
    expect(exported).toHaveLength(first.suspects.length - 2);
  });

  it("is refused for another file with the same sentences, and for data that was changed otherwise", async () => {
    writeFileSync(at("same.conll"), readFileSync(at("reviewed.conll")));
    const refused = { code: "IMPROVE_REVIEW_OF_OTHER_DATA", where: at("reviewed", "review.jsonl") };
    await expect(search(at("same.conll"))).rejects.toMatchObject(refused);
    writeFileSync(at("reviewed.conll"), "New O\n\n", { flag: "a" });
    await expect(search(at("reviewed.conll"))).rejects.toMatchObject(refused);
  });
});

describe("messages about folds name the data", () => {
  const warned = async (changes: Partial<RecipeInput>, output: string) => {
    const warnings: string[] = [];
    const notes: string[] = [];
    await findSuspects(short({ output: at(output), numTrainEpochs: 1, ...changes }), {
      folds: 2,
      say: (line) => notes.push(line),
      follow: withListener((event) => {
        if (event.type === "warning") warnings.push(event.message);
      }),
    });
    return { warnings: [...new Set(warnings)], notes };
  };

  it("for a tag that is not among the labels", async () => {
    const search = findSuspects(short({ output: at("unlisted"), labels: ["O", "B-PER"] }), { folds: 2 });
    const found = await search.catch((error) => error);
    expect(found).toMatchObject({ code: "TRAIN_LABEL_UNKNOWN" });
    const [, file, line] = /^(.*):(\d+)$/.exec(found.where)!;
    expect(file).toBe(tiny.files.train);
    const tag = /"(.*)"/.exec(found.message)![1];
    expect(readFileSync(file!, "utf8").split("\n")[Number(line) - 1]).toContain(` ${tag}`);
    expect(existsSync(at("unlisted"))).toBe(false);
  });

  it("for documents that are not marked, and for odd characters", async () => {
    const all = conllText(sentences.slice(0, 60)).replaceAll("-DOCSTART- O\n\n", "");
    const [first = "", ...rest] = all.split("\n");
    const train = at("unmarked.conll");
    writeFileSync(train, [first.replace(" ", "\u200b "), ...rest].join("\n"));
    const { warnings } = await warned({ train, context: "document" }, "unmarked");
    expect(warnings.toSorted()).toEqual([
      expect.stringMatching(
        /unmarked\.conll does not mark where documents begin: training continues with context none\.$/,
      ),
      expect.stringMatching(
        /^A part of .*unmarked\.conll: .* first in the sentence at .*unmarked\.conll:1\.$/,
      ),
    ]);
    expect(warnings.join()).not.toContain("fold-");
  });

  it("for data without O", async () => {
    const train = at("no-o.conll");
    const lines = Array.from({ length: 30 }, (_, at) => `Name${at} B-PER\nOther${at} I-PER\n\n`);
    writeFileSync(train, lines.join(""));
    const { warnings, notes } = await warned({ train }, "no-o");
    expect(warnings).toEqual([]);
    expect(notes).toEqual([expect.stringContaining("no-o.conll:1")]);
    const told: string[] = [];
    const listener: TrainListener = (event) => {
      if (event.type === "warning") told.push(event.message);
    };
    await findSuspectsDryRun(short({ train, output: at("no-o-dry") }), 2, { listeners: [listener] });
    expect(told).toEqual(notes);
  });
});

it("documents stay whole in a fold, and every sentence is left out once", async () => {
  const { sentences: all } = await readDataset(tiny.files.train);
  const textOf = (words: readonly string[]) => words.join(" ");
  const documentOf = new Map(all.map(({ words, document }) => [textOf(words), document]));
  const leftOut: number[] = [];
  await findSuspects(short({ output: at("whole") }), {
    folds: FOLDS,
    async follow({ recipe: own, start }) {
      const read = await readDataset(own.train!);
      const kept = new Set(read.sentences.map(({ words }) => textOf(words)));
      const documents = new Set(read.sentences.map(({ words }) => documentOf.get(textOf(words))));
      for (const { words, document } of all) {
        expect(kept.has(textOf(words)), textOf(words)).toBe(documents.has(document));
        if (!kept.has(textOf(words))) leftOut.push(document);
      }
      return start({ listeners: [] }).result();
    },
  });
  expect(new Set(documentOf.values()).size).toBeGreaterThan(10);
  expect(leftOut).toHaveLength(all.length);
});

describe("an interrupted search", () => {
  const result = (folder: string) => readFileSync(at(folder, "suspects.json"), "utf8");

  it.each([
    [1, 3],
    [2, 1],
    [3, 6],
  ])("stopped in fold %i at step %i finds the same", async (fold, step) => {
    const folder = `stopped-${fold}`;
    if (!existsSync(at("reference"))) await findSuspects(short({ output: at("reference") }), { folds: 3 });
    const stop = new AbortController();
    let runs = 0;
    const stopped = findSuspects(short({ output: at(folder) }), {
      folds: 3,
      signal: stop.signal,
      follow: (run) => {
        runs++;
        return withListener((event) => {
          if (runs === fold && event.type === "step" && event.step === step) stop.abort();
        })(run);
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: "IMPROVE_STOPPED", where: at(folder) });
    expect(existsSync(at(folder, "suspects.json"))).toBe(false);
    let again = 0;
    await findSuspects(short({ output: at(folder) }), {
      folds: 3,
      follow: (run) => {
        again++;
        return withListener()(run);
      },
    });
    // Finished folds are not trained again.
    expect(again).toBe(3 - (fold - 1));
    expect(result(folder)).toBe(result("reference"));
  });

  it("trains nothing once it is finished", async () => {
    const before = result("reference");
    await findSuspects(short({ output: at("reference") }), {
      folds: 3,
      follow: () => Promise.reject(new Error("trained")),
    });
    expect(result("reference")).toBe(before);
  });
});

describe("the output folder", () => {
  it("of something else is refused, and stays as it is", async () => {
    mkdirSync(at("other"));
    writeFileSync(at("other", "notes.txt"), "the user's");
    await expect(findSuspects(short({ output: at("other") }))).rejects.toMatchObject({
      code: "IMPROVE_OUTPUT_EXISTS",
    });
    expect(readdirSync(at("other"))).toEqual(["notes.txt"]);
  });

  it.each<[string, Partial<RecipeInput>, number]>([
    ["folds", {}, 4],
    ["recipe", { learningRate: 1e-3 }, 3],
    ["recipe", { seed: 7 }, 3],
    ["data", { maxTrainSamples: 90 }, 3],
  ])("of a search with other %s is refused", async (what, changes, folds) => {
    const search = findSuspects(short({ output: at("reference"), ...changes }), { folds });
    await expect(search).rejects.toMatchObject({
      code: "IMPROVE_PLAN_CHANGED",
      message: expect.stringContaining(`${what === "recipe" ? "another" : "other"} ${what}`),
    });
  });

  it("of a search that failed before it had a result takes a corrected one", async () => {
    const output = at("failed");
    await expect(findSuspects(short({ output, model: at("none") }), { folds: 2 })).rejects.toMatchObject({
      code: "MODEL_FOLDER_MISSING",
    });
    expect((await findSuspects(short({ output }), { folds: 2 })).folds).toBe(2);
  });

  it("with damaged predictions is an error that names the file", async () => {
    const file = at("failed", "fold-1.safetensors");
    writeFileSync(file, readFileSync(at("suspects", "fold-1.safetensors")));
    await expect(findSuspects(short({ output: at("failed") }), { folds: 2 })).rejects.toMatchObject({
      code: "IMPROVE_PREDICTIONS_DAMAGED",
      where: file,
    });
  });
});

describe("nerium data suspects", () => {
  const flags = (output: string, ...more: string[]) => [
    ...["data", "suspects", at("damaged.conll"), "--model", tiny.encoder, "--output", at(output)],
    ...["--folds", String(FOLDS), "--learning-rate", "5e-3", "--num-train-epochs", "5", "--threads", "2"],
    ...more,
  ];
  async function ran(args: readonly string[]) {
    const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
    const code = await nerium(args, io);
    return { code, out: stdout.text, err: stderr.text.replaceAll(tiny.folder, "DIR") };
  }

  it("prints the first suspects with the place and both taggings", async () => {
    const { code, out } = await ran(flags("suspects", "--examples", "2"));
    expect(code).toBe(0);
    const [first, second] = found.suspects;
    expect(out).toContain(`1  ${first!.score.toFixed(4)}  ${first!.file}:${first!.line}\n`);
    expect(out).toContain(`2  ${second!.score.toFixed(4)}  ${second!.file}:${second!.line}\n`);
    expect(out).not.toContain("\n3  ");
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      `${found.suspects.length} sentences of 450 with ${found.suspectWords.toLocaleString("en")} suspect words of ${found.words.toLocaleString("en")}, ${found.suspects.length - 2} not shown`,
    );
    expect(out).toContain(`cross-validated F1 ${found.f1.toFixed(4)}, 3 folds`);
  });

  it("prints one object with --json", async () => {
    const { code, out, err } = await ran(flags("suspects", "--json", "--quiet"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(found)));
  });

  it.each([
    ["doccano", "tasks.jsonl", "gold"],
    ["doccano", "proposed.jsonl", "proposed"],
    ["label-studio", "tasks.json", "gold"],
    ["label-studio", "proposed.json", "proposed"],
    ["conll", "suspects.conll", "proposed"],
  ] as const)("exports to %s (%s) and back", async (format, name, tags) => {
    const file = at(name);
    const args = flags("suspects", "--quiet", "--export", file, "--to", format, "--tags", tags);
    expect(await ran(args)).toMatchObject({ code: 0, err: "" });
    const { sentences: back, scheme } = await readDataset(file);
    // Texts are split into words and sentences anew.
    const entities = (all: readonly { words: readonly string[]; tags: readonly string[] }[]) =>
      all.flatMap(({ words, tags: own }) =>
        taggedRanges(toScheme(own, scheme, "IOB2")).map(
          ({ type, first, last }) => `${type} ${words.slice(first, last + 1).join("")}`,
        ),
      );
    expect(back.flatMap(({ words }) => words).join("")).toBe(
      found.suspects.flatMap(({ words }) => words).join(""),
    );
    expect(entities(back)).toEqual(
      entities(found.suspects.map((each) => ({ words: each.words, tags: each[tags] }))),
    );
    expect(await ran(args)).toMatchObject({ code: 1, err: expect.stringContaining("DATA_OUTPUT_EXISTS") });
    expect(await ran([...args, "--force"])).toMatchObject({ code: 0 });
  });

  it("stops after the present step when interrupted, and says how to go on", async () => {
    const { io, stdout, stderr, interrupt } = testIo({ env: { NO_COLOR: "1" } });
    const { write } = stdout;
    stdout.write = (text, done) => {
      if (text.includes("fold 1 of 3:")) interrupt();
      return write(text, done);
    };
    expect(await nerium(flags("interrupted"), io)).toBe(1);
    expect(stdout.text).toContain("Stopping after this step and saving.");
    expect(stdout.text).not.toContain("fold 2 of 3:");
    expect(stderr.text).toContain("[IMPROVE_STOPPED]");
    expect(stderr.text).toContain("Run the same command again to continue.");
  });

  it.each([
    [["--validation", "valid.conll"], "--validation cannot be used here"],
    [["--to", "doccano"], "--to needs --export"],
    [["--tags", "gold"], "--tags needs --export"],
    [["--folds", "1"], "a whole number of 2 or more"],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await ran(flags("refused", ...more));
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(at("refused"))).toBe(false);
  });

  it("refuses an output of --export that is taken, or that it reads, before it trains", async () => {
    writeFileSync(at("taken.conll"), "mine");
    const refused = async (file: string, ...more: string[]) =>
      (await ran(flags("refused", "--export", file, "--to", "conll", ...more))).err;
    expect(await refused(at("taken.conll"))).toContain("DATA_OUTPUT_EXISTS");
    expect(await refused(at("damaged.conll"), "--force")).toContain("FILES_OUTPUT_IS_INPUT");
    expect(await refused(tiny.folder, "--force")).toContain("FILES_IS_A_FOLDER");
    for (const own of ["suspects.json", "plan.json", "review.jsonl", "fold-1.safetensors"])
      expect(await refused(at("refused", own), "--force")).toContain("IMPROVE_EXPORT_TAKEN");
    symlinkSync(at("suspects", "suspects.json"), at("link.json"));
    expect(
      (await ran(flags("suspects", "--export", at("link.json"), "--to", "conll", "--force"))).err,
    ).toContain("IMPROVE_EXPORT_TAKEN");
    expect(existsSync(at("refused"))).toBe(false);
  });

  it("needs an output folder", async () => {
    const { code, err } = await ran(["data", "suspects", at("damaged.conll"), "--model", tiny.encoder]);
    expect(code).toBe(2);
    expect(err).toContain("Add --output FOLDER");
  });
});
