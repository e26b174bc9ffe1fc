import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { dataFilesAt } from "../../../src/data/index.js";
import { nodeFs } from "../../../src/files/index.js";
import { placeTag } from "../../../src/files/processes.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import type { CacheProgress, TrainEvent } from "../../../src/run/index.js";
import { loadTokenizer } from "../../../src/tokenize/index.js";
import { fingerprintOf } from "../../../src/train/checkpoint/fingerprint.js";
import { StepSequence } from "../../../src/train/examples/batches.js";
import { type CacheSource, windowCache } from "../../../src/train/examples/windowCache/index.js";
import { train } from "../../../src/train/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { localSources } from "../../../src/train/prepare/sources.js";
import { stride } from "../../breadth.js";
import { faultyFs } from "../../files/faultyFs.js";
import { ending } from "../outputBytes.js";
import { stopAfter } from "../stopAfter.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let home: string;
const root = () => join(home, "nerium/windows");
const roots = () => (existsSync(root()) ? readdirSync(root()) : []);

beforeAll(async () => {
  tiny = await tinyModel();
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nerium-cache-"));
  vi.stubEnv("HF_HOME", home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

/** Everything that a run takes from its data. */
async function prepared(changes: Partial<RecipeInput>, files?: readonly string[]) {
  const { recipe } = parseRecipe(tiny.recipe(changes));
  const ready = await prepare(recipe, { ...localSources(recipe), ...(files && { train: files }) });
  const { train, labels, task, weights, messages } = ready;
  const found = {
    windows: Array.from(train.windows, ({ inputIds, labels, place }) => ({ inputIds, labels, place })),
    facts: { ...train.facts, tags: [...train.facts.tags] },
    cut: train.cut,
    keys: Array.from(train.keys(), ({ hash, line }) => [hash, line]),
    summary: train.summary(),
    vocabulary: [...weights.vocabulary!.ids],
    fingerprint: await fingerprintOf(ready),
    messages: messages.filter(({ code }) => code !== "DATASET_CACHED"),
    labels,
    classWeights: labels.map((_, id) =>
      task.weight([{ inputIds: Int32Array.of(0), labels: Int32Array.of(id) }]),
    ),
  };
  train.close();
  await weights.dispose();
  return { found, isCached: messages.some(({ code }) => code === "DATASET_CACHED") };
}

/** Writes a file for one case, for runs with several files. */
function written(name: string, text: string): string {
  const file = join(tiny.folder, name);
  writeFileSync(file, text);
  return file;
}

const SCHEMES = "Ada I-PER\nmet O\nBob I-PER\nEve B-PER\nin O\nTurin I-LOC\n\nAda\u200b I-PER\n\u0007 O\n";
const cases: [string, () => Partial<RecipeInput>, (() => string[])?][] = [
  ["as it is", () => ({})],
  ["with labels on all pieces", () => ({ labelAllTokens: true })],
  ["in windows", () => ({ maxSeqLength: 12, overlap: 4 })],
  ["truncated", () => ({ maxSeqLength: 12, longSentences: "truncate" })],
  ["with other types", () => ({ labelMap: { PER: "PERSON", LOC: "ORG", EVENT: "O" }, labelAllTokens: true })],
  ["with weighed classes", () => ({ classWeights: "balanced" })],
  ["its first sentences", () => ({ maxTrainSamples: 50 })],
  ["the same as the validation data", () => ({ validation: tiny.files.train })],
  ["in IOB1", () => ({ train: written("iob1.conll", SCHEMES) })],
  [
    "in several files",
    () => ({ maxTrainSamples: 110 }),
    () => [tiny.files.train, written("more.conll", SCHEMES), tiny.files.test],
  ],
];

describe("training data in the cache", () => {
  it.each(cases)("%s is what it is in memory", async (_, changes, files) => {
    const held = await prepared({ ...changes(), datasetCache: "never" }, files?.());
    const made = await prepared({ ...changes(), datasetCache: "always" }, files?.());
    const found = await prepared({ ...changes(), datasetCache: "always" }, files?.());
    expect([held.isCached, made.isCached, found.isCached]).toEqual([false, true, true]);
    expect(made.found).toEqual(held.found);
    expect(found.found).toEqual(held.found);
    expect(roots()).toHaveLength(1);
  });

  it("gives the model that training from memory gives, to the last bit", async () => {
    const outcome = async (datasetCache: "never" | "always") => {
      const output = join(tiny.folder, datasetCache);
      const losses: number[] = [];
      const run = train(tiny.recipe({ output, datasetCache, numTrainEpochs: 1, test: tiny.files.test }));
      for await (const event of run) if (event.type === "step") losses.push(event.loss);
      const files = ending(output, "checkpoint-6");
      return { losses, files };
    };
    const held = await outcome("never");
    expect(held.losses).toHaveLength(6);
    expect(await outcome("always")).toEqual(held);
  });

  it.each<[string, Partial<RecipeInput>]>([
    ["of so many sentences", {}],
    ["of so many tokens", { trainBatchTokens: 200 }],
  ])("is read from the step on that a run goes on with, in batches %s", async (name, batches) => {
    const input = (output: string) =>
      tiny.recipe({ ...batches, output: join(tiny.folder, output), datasetCache: "always" });
    const straight = input(`straight ${name}`);
    const { steps } = await train(straight).result();
    const { recipe } = parseRecipe(straight);
    const { train: data, weights, epochWindows, batchSize } = await prepare(recipe);
    const plans = [...new StepSequence(epochWindows, recipe, batchSize).steps()];
    const cached = Object.getPrototypeOf(data.windows) as typeof data.windows;
    data.close();
    await weights.dispose();
    const stopped = input(`stopped ${name}`);
    const done = steps - 3;
    await stopAfter(stopped, done);

    const at = vi.spyOn(cached, "at");
    const stopping = new AbortController();
    const stop = (event: TrainEvent) => {
      if (event.type === "start") stopping.abort();
    };
    const again = train(stopped, { resume: true, signal: stopping.signal, listeners: [stop] });
    expect(await again.result()).toMatchObject({ reason: "stopped", steps: done });
    expect(at).not.toHaveBeenCalled();

    let read: number | undefined;
    for await (const { type } of train(stopped, { resume: true }))
      if (type === "step") read ??= at.mock.calls.length;
    at.mockRestore();
    // The windows of this step and of the next one.
    expect(read).toBe(plans[done]!.members.length + plans[done + 1]!.members.length);
    const last = `checkpoint-${steps}`;
    expect(ending(stopped.output, last)).toEqual(ending(straight.output, last));
  });

  it("is not used for small files, nor for a share for validation", async () => {
    expect((await prepared({})).isCached).toBe(false);
    expect((await prepared({ validation: undefined, validationSplit: 0.2 })).isCached).toBe(false);
    expect(() =>
      parseRecipe(tiny.recipe({ validation: undefined, validationSplit: 0.2, datasetCache: "always" })),
    ).toThrow(expect.objectContaining({ code: "RECIPE_FIELDS_CONFLICT" }));
  });

  it("of texts with spans stays in memory", async () => {
    const file = written("texts.jsonl", '{"text": "Ada met Bob.", "label": [[0, 3, "PER"]]}\n');
    const recipe = { train: file, validation: undefined, datasetCache: "always" } as const;
    expect((await prepared(recipe)).isCached).toBe(false);
  });
});

async function source(file: string): Promise<CacheSource> {
  return {
    paths: [file],
    files: dataFilesAt(file),
    reading: {},
    labelMap: undefined,
    maxSentences: undefined,
    tokenizer: await loadTokenizer(tiny.encoder),
    options: { maxLength: 128, longSentences: "window", overlap: 32 },
  };
}

const edge = (changes = {}) => ({
  root: root(),
  fs: nodeFs,
  signal: new AbortController().signal,
  tell: () => {},
  ...changes,
});
const labelling = { labels: [], labelAllTokens: false };

describe("a cache", () => {
  it("is found by content, wherever the file lies, and made for another tokenizer, file or setting", async () => {
    const one = await source(tiny.files.train);
    const first = await windowCache(one, edge());
    expect(first!.wasThere).toBe(false);
    const copy = written("copy.conll", readFileSync(tiny.files.train, "utf8"));
    const second = await windowCache(await source(copy), edge());
    expect([second!.wasThere, second!.folder]).toEqual([true, first!.folder]);
    expect(second!.open(labelling).windows.at(0)!.place).toBe(`${copy}:3`);
    appendFileSync(copy, "Ada B-PER\n");
    expect((await windowCache(await source(copy), edge()))!.wasThere).toBe(false);
    const others = [
      { options: { ...one.options, maxLength: 64 } },
      { tokenizer: { ...one.tokenizer, digest: () => "another" } },
      { maxSentences: 10 },
      { reading: { tagColumn: 1 } },
    ];
    for (const other of others)
      expect((await windowCache({ ...one, ...other }, edge()))!.wasThere).toBe(false);
    expect(roots()).toHaveLength(6);
  });

  it.each([
    ["a changed byte", (folder: string) => flip(join(folder, "windows.bin"))],
    ["a file cut short", (folder: string) => truncateSync(join(folder, "offsets.bin"), 100)],
    ["a missing file", (folder: string) => rmSync(join(folder, "facts.json"))],
    ["no manifest", (folder: string) => rmSync(join(folder, "manifest.json"))],
  ])("with %s is made again", async (_, damage) => {
    const first = await windowCache(await source(tiny.files.train), edge());
    damage(first!.folder);
    const second = await windowCache(await source(tiny.files.train), edge());
    expect(second!.wasThere).toBe(false);
    expect((await windowCache(await source(tiny.files.train), edge()))!.wasThere).toBe(true);
  });

  it("that is damaged while it is read is a named error", async () => {
    const cache = await windowCache(await source(tiny.files.train), edge());
    truncateSync(join(cache!.folder, "windows.bin"), 100);
    const { windows } = cache!.open(labelling);
    expect(() => windows.at(90)).toThrow(expect.objectContaining({ code: "TRAIN_CACHE_DAMAGED" }));
  });

  it("is made by two at once, and both can read it", async () => {
    const both = await Promise.all(
      [0, 1].map(async () => windowCache(await source(tiny.files.train), edge())),
    );
    for (const cache of both) expect([...cache!.open(labelling).windows]).toHaveLength(96);
    expect(roots()).toHaveLength(1);
  });

  it.each([
    ["no cache", () => {}],
    ["a damaged one", (folder: string) => cpSync(tiny.encoder, folder, { recursive: true })],
  ])("that another process finishes at the last moment stays, if there was %s before", async (_, before) => {
    const finished = (await windowCache(await source(tiny.files.train), edge({ root: `${root()}-other` })))!
      .folder;
    const folder = join(root(), basename(finished));
    before(folder);
    let isFinished = false;
    const finish = () => {
      if (isFinished) return;
      isFinished = true;
      rmSync(folder, { recursive: true, force: true });
      cpSync(finished, folder, { recursive: true });
      // A mark: the number of the folder may be used again.
      utimesSync(folder, 1000, 1000);
    };
    // The calls of this process once it has looked at the folder, and before it writes.
    const kind = (path: string) => {
      if (path === folder) finish();
      return nodeFs.kind(path);
    };
    const tell = ({ phase }: CacheProgress) => {
      if (phase === "reading" && existsSync(folder)) finish();
    };
    const cache = await windowCache(await source(tiny.files.train), edge({ fs: { ...nodeFs, kind }, tell }));
    expect(statSync(cache!.folder).mtimeMs).toBe(1_000_000);
    expect([...cache!.open(labelling).windows]).toHaveLength(96);
  });

  it("leaves nothing where the disk is full, whichever call finds out", async () => {
    let failed = 0;
    for (let call = 1; ; call += stride(3)) {
      const fs = faultyFs({ at: call, code: "ENOSPC" });
      const error = await windowCache(await source(tiny.files.train), edge({ fs })).then(
        () => undefined,
        (thrown) => thrown,
      );
      if (!fs.struck) break;
      failed++;
      if (error !== undefined) expect(error.code).toBe("FILES_DISK_FULL");
      expect(roots().filter((name) => !/^[0-9a-f]{32}$/.test(name))).toEqual([]);
      rmSync(root(), { recursive: true, force: true });
    }
    expect(failed).toBeGreaterThan(10 / stride(3));
  });

  it("that is given up leaves nothing, and one that a dead process left goes", async () => {
    const stop = new AbortController();
    const told: CacheProgress[] = [];
    const tell = (progress: CacheProgress) => {
      told.push(progress);
      if (progress.phase === "tokenizing") stop.abort();
    };
    const making = windowCache(await source(tiny.files.train), edge({ signal: stop.signal, tell }));
    const made = await making.then(
      () => "made",
      ({ name }) => name,
    );
    expect(told.map(({ phase }) => phase)).toEqual(["reading", "tokenizing"]);
    // Small data may be finished before the signal can stop it.
    expect(["made", "AbortError"]).toContain(made);
    const left = join(root(), `0123.new-${2 ** 30}-${placeTag}00000000000000`);
    writeFileSync(left, "");
    await windowCache(await source(tiny.files.train), edge());
    expect(existsSync(left)).toBe(false);
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(file, bytes);
}
