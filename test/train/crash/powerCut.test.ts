/**
 * C2: the power fails after any change of the disk. Data that was not fsynced is lost, in several ways. After
 * each power cut, the old or the new checkpoint is there and complete.
 *
 * Folders cannot be fsynced on Windows, where NTFS keeps its own journal of names. That a rename is durable
 * there once it is in the journal is assumed, not tested.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FsPort, recoverInside } from "../../../src/files/index.js";
import { newestWhole } from "../../../src/train/checkpoint/find.js";
import { checkCard, readTrainingArgs, writeFinishedRun } from "../../../src/train/finish/finish.js";
import { quickFolder } from "../../files/scratch.js";
import { tinyModel } from "../tinyModel.js";
import { contentsLost, FailingDisk, type Loss, namesLost, putBack, someLost } from "./disk.js";
import { debris, finishedEvents, type SavedRun, save, savedRun } from "./savedRun.js";

let scratch: string;
let run: SavedRun;
beforeAll(async () => {
  scratch = quickFolder("power");
  const tiny = await tinyModel({ num_hidden_layers: 1, hidden_size: 16, intermediate_size: 16 });
  run = await savedRun(tiny);
  rmSync(tiny.folder, { recursive: true });
});
afterAll(async () => {
  await run.dispose();
  rmSync(scratch, { recursive: true });
});

/** Random numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const losses = (): Loss[] => {
  const random = numbers(1);
  return [
    ...(["none", "half", "zeros"] as const).map(contentsLost),
    namesLost,
    ...Array.from({ length: 3 }, () => someLost(random)),
  ];
};

interface Cuts {
  prefixes: number;
  readonly states: Set<string>;
  /** Number of states in which something required was missing. */
  lost: number;
}

/**
 * Does work on a disk whose power fails after each change, and checks what is left, until something is lost.
 *
 * @param work calls `promise` when its changes must be durable from now on; states that were checked before
 *   are then checked again
 */
async function cutAfterEveryChange(
  work: (port: FsPort, folder: string, promise: () => void) => Promise<void>,
  isWell: (folder: string) => Promise<boolean>,
  options: { readonly ignores?: "files" | "folders" } = {},
): Promise<Cuts> {
  const cuts: Cuts = { prefixes: 0, states: new Set(), lost: 0 };
  const folder = join(scratch, "disk");
  const after = join(scratch, "after");
  rmSync(folder, { recursive: true, force: true });
  const kinds = losses();
  let promises = 0;
  const disk: FailingDisk = new FailingDisk(
    folder,
    async () => {
      if (cuts.lost > 0) return;
      cuts.prefixes++;
      for (const loss of kinds) {
        const content = disk.afterPowerCut(loss);
        const key = createHash("sha1");
        for (const [path, bytes] of content) key.update(`${path} ${bytes?.length}\n`).update(bytes ?? "");
        const state = key.digest("hex") + promises;
        if (cuts.states.has(state)) continue;
        cuts.states.add(state);
        putBack(content, after);
        await recoverInside(after, { isOwn: true });
        expect(debris(after)).toEqual([]);
        if (!(await isWell(after))) cuts.lost++;
      }
    },
    options,
  );
  await work(disk.port, folder, () => promises++);
  return cuts;
}

/** Saves steps 2, 4 and 6, each replacing the one before. */
async function threeSaves(options: { readonly ignores?: "files" | "folders" } = {}): Promise<Cuts> {
  let promised = 0;
  let begun = 0;
  const work = async (port: FsPort, folder: string, promise: () => void) => {
    const saver = run.saver(folder, port);
    for (const step of [2, 4, 6]) {
      begun = step;
      await save(saver, run.content(step));
      promised = step;
      promise();
    }
    expect(readdirSync(folder)).toEqual(["checkpoint-6"]);
  };
  const isWell = async (folder: string) => {
    const { checkpoint } = await newestWhole(folder);
    const step = checkpoint?.step ?? 0;
    return step >= promised && step <= begun && (checkpoint?.state.progress.step ?? 0) === step;
  };
  return cutAfterEveryChange(work, isWell, options);
}

test("C2: saving one checkpoint after another, each in the place of the former", async () => {
  const { prefixes, states, lost } = await threeSaves();
  expect(lost).toBe(0);
  expect(prefixes).toBeGreaterThan(300);
  console.log(
    `C2: power cut at ${prefixes} moments of three saves, ${states.size} states of the disk, 0 lost`,
  );
});

test.each(["files", "folders"] as const)(
  "C2: without the fsync of %s, checkpoints would be lost",
  async (ignores) => {
    const { lost } = await threeSaves({ ignores });
    expect(lost).toBeGreaterThan(0);
  },
);

test("C2: writing a damaged checkpoint anew", async () => {
  let replaces = false;
  const work = async (port: FsPort, folder: string, promise: () => void) => {
    await save(run.saver(folder, port), run.content(4));
    const damaged = join(folder, "checkpoint-6");
    await port.makeFolder(damaged);
    const file = await port.open(join(damaged, "run_state.json"), "create");
    await file.write(Buffer.from("{}"));
    await file.close();
    replaces = true;
    promise();
    const kept = [{ step: 4, folder: join(folder, "checkpoint-4") }];
    await save(run.saver(folder, port, kept), run.content(6));
  };
  const isWell = async (folder: string) => !replaces || (await newestWhole(folder)).checkpoint !== undefined;
  const { prefixes, states, lost } = await cutAfterEveryChange(work, isWell);
  expect(lost).toBe(0);
  console.log(`C2: power cut at ${prefixes} moments of replacing one, ${states.size} states, 0 lost`);
});

test("C2: finishing a run over one that was finished before", async () => {
  const files = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]));
  const finished: Record<string, string>[] = [];
  let lasts = 0;
  const work = async (port: FsPort, folder: string, promise: () => void) => {
    for (const learningRate of [1e-3, 2e-3]) {
      const recipe = { ...run.recipe, output: folder, learningRate };
      await writeFinishedRun(recipe, run.prepared, finishedEvents(run, recipe), run.ending, port);
      finished.push(files(folder));
      lasts = finished.length;
      promise();
    }
    expect(finished[0]!["README.md"]).not.toBe(finished[1]!["README.md"]);
  };
  const isWell = async (folder: string) => {
    await checkCard({ ...run.recipe, output: folder });
    const says = (await readTrainingArgs(folder))?.result !== undefined;
    if (!says) return lasts < 2;
    finishedFolders.push(files(folder));
    return true;
  };
  const finishedFolders: Record<string, string>[] = [];
  const { prefixes, states, lost } = await cutAfterEveryChange(work, isWell);
  expect(lost).toBe(0);
  for (const folder of finishedFolders) expect(finished).toContainEqual(folder);
  console.log(
    `C2: power cut at ${prefixes} moments of finishing twice, ${states.size} states, all can be finished`,
  );
});
