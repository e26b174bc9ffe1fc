/** Window caches that several processes make at once, and data that changes while they are made. */
import { type ChildProcess, fork } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dataFilesAt } from "../../../src/data/index.js";
import { nodeFs } from "../../../src/files/index.js";
import type { CacheProgress } from "../../../src/run/index.js";
import { loadTokenizer } from "../../../src/tokenize/index.js";
import { windowCache } from "../../../src/train/examples/windowCache/index.js";
import { tinyModel } from "../tinyModel.js";
import type { Told, Wanted } from "./children/makesCache.js";

/** A process that makes caches. */
class Maker {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<Maker> {
    const program = join(import.meta.dirname, "children", "makesCache.ts");
    const env = { ...process.env, NODE_OPTIONS: "" };
    const maker = new Maker(fork(program, { execArgv: ["--import", "tsx"], env }));
    await maker.told((told) => told === "ready");
    return maker;
  }

  /** Resolves with the next message of a kind. */
  private told(isWanted: (told: Told) => boolean): Promise<Told> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the process has ended"));
      const listen = (told: Told) => {
        if (!isWanted(told)) return;
        this.child.off("exit", ended);
        this.child.off("message", listen);
        resolve(told);
      };
      this.child.once("exit", ended);
      this.child.on("message", listen);
    });
  }

  /** Makes a cache. `underWay` resolves once its windows are being written. */
  make(wanted: Wanted) {
    const ends = (told: Told) => typeof told === "object" && !("phase" in told);
    const underWay = this.told((told) => ends(told) || (told as { phase?: string }).phase === "tokenizing");
    const done = this.told(ends);
    this.child.send(wanted);
    underWay.catch(() => {});
    done.catch(() => {});
    return { underWay, done };
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await ended;
  }
}

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let large: string;
let root: string;
const makers: Maker[] = [];
beforeAll(async () => {
  tiny = await tinyModel();
  large = join(tiny.folder, "large.conll");
  const text = readFileSync(tiny.files.train, "utf8");
  // Some seconds of work, so that processes meet each other.
  for (let copy = 0; copy < 60; copy++) appendFileSync(large, `${text}copy O\nnumber O\n${copy} O\n\n`);
  makers.push(...(await Promise.all([Maker.start(), Maker.start()])));
});
afterAll(async () => {
  await Promise.all(makers.map((maker) => maker.kill()));
  rmSync(tiny.folder, { recursive: true });
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nerium-race-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const wanted = (file = large): Wanted => ({ file, encoder: tiny.encoder, root });
const CACHE = /^[0-9a-f]{32}$/;
const ROUNDS = 3;

/** What one process gives where nothing disturbs it. */
async function undisturbed(file = large): Promise<string> {
  const alone = mkdtempSync(join(tmpdir(), "nerium-race-"));
  const told = (await makers[0]!.make({ ...wanted(file), root: alone }).done) as { windows: string };
  rmSync(alone, { recursive: true });
  return told.windows;
}

describe("two processes that make the same cache at once", () => {
  it("both get it whole, and leave one", async () => {
    const windows = await undisturbed();
    for (let round = 0; round < ROUNDS; round++) {
      const both = await Promise.all(makers.map((maker) => maker.make(wanted()).done));
      expect(both).toMatchObject([{ windows }, { windows }]);
      expect(readdirSync(root)).toEqual([expect.stringMatching(CACHE)]);
      rmSync(join(root, readdirSync(root)[0]!), { recursive: true });
    }
  });

  it("replace a damaged one, and neither removes what the other has finished", async () => {
    const windows = await undisturbed();
    for (let round = 0; round < ROUNDS; round++) {
      await makers[0]!.make(wanted()).done;
      const [name] = readdirSync(root);
      rmSync(join(root, name!, "offsets.bin"));
      const both = await Promise.all(makers.map((maker) => maker.make(wanted()).done));
      expect(both).toMatchObject([{ windows }, { windows }]);
      expect(readdirSync(root)).toEqual([name]);
    }
  });

  it("of which one is killed half-way: the other finishes, and the next run removes what was left", async () => {
    const windows = await undisturbed();
    const victim = await Maker.start();
    const [killed, finished] = [victim.make(wanted()), makers[0]!.make(wanted())];
    await killed.underWay;
    await victim.kill();
    expect(await finished.done).toMatchObject({ windows });
    expect(await makers[0]!.make(wanted()).done).toMatchObject({ windows, wasThere: true });
    expect(readdirSync(root)).toEqual([expect.stringMatching(CACHE)]);
  });

  it("another file's cache that is half made by a neighbour is not touched", async () => {
    const windows = await undisturbed();
    const [first, second] = makers as [Maker, Maker];
    const neighbour = first.make(wanted());
    await neighbour.underWay;
    await second.make(wanted(tiny.files.test)).done;
    expect(await neighbour.done).toMatchObject({ windows });
    expect(readdirSync(root).filter((name) => CACHE.test(name))).toHaveLength(2);
  });
});

it("a cache that somebody deletes half-way is a named error, and the next run makes it anew", async () => {
  const windows = await undisturbed();
  const making = makers[0]!.make(wanted());
  await making.underWay;
  for (const name of existsSync(root) ? readdirSync(root) : []) rmSync(join(root, name), { recursive: true });
  expect(await making.done).toMatchObject({ error: expect.stringMatching(/^FILES_/) });
  expect(await makers[0]!.make(wanted()).done).toMatchObject({ wasThere: false, windows });
  expect(readdirSync(root)).toEqual([expect.stringMatching(CACHE)]);
});

describe("training data that changes while its cache is made", () => {
  const one = (): string => {
    const file = join(root, "data.conll");
    writeFileSync(file, readFileSync(tiny.files.train));
    return file;
  };
  const CHANGES: readonly [string, (file: string) => void][] = [
    [
      "is replaced",
      (file) => {
        writeFileSync(`${file}.new`, readFileSync(tiny.files.test));
        renameSync(`${file}.new`, file);
      },
    ],
    [
      "is written over with as many bytes",
      (file) => {
        writeFileSync(file, readFileSync(file, "utf8").replaceAll("B-PER", "B-ORG"));
      },
    ],
    ["grows", (file) => appendFileSync(file, "\nAda B-PER\n")],
    [
      "is replaced by a copy of itself",
      (file) => {
        writeFileSync(`${file}.new`, readFileSync(file));
        renameSync(`${file}.new`, file);
      },
    ],
  ];
  for (const phase of ["reading", "tokenizing"] as const)
    it.each(CHANGES)(
      `and %s while it is ${phase === "reading" ? "read" : "cut into windows"} is an error`,
      async (_, change) => {
        const file = one();
        const before = readFileSync(file);
        let changed = false;
        const tell = (progress: CacheProgress) => {
          if (progress.phase !== phase || changed) return;
          changed = true;
          change(file);
        };
        const caches = join(root, "caches");
        const making = async () =>
          windowCache(
            {
              paths: [file],
              files: dataFilesAt(file),
              reading: {},
              labelMap: undefined,
              maxSentences: undefined,
              tokenizer: await loadTokenizer(tiny.encoder),
              options: { maxLength: 128, longSentences: "window", overlap: 32 },
            },
            { root: caches, fs: nodeFs, signal: new AbortController().signal, tell },
          );
        await expect(making()).rejects.toMatchObject({ code: "TRAIN_DATA_CHANGED" });
        expect(changed).toBe(true);
        expect(readdirSync(caches)).toEqual([]);
        // The old content is not there under any name, so that it is made anew.
        writeFileSync(file, before);
        expect((await making())!.wasThere).toBe(false);
      },
    );
});
