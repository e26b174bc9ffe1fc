/**
 * C1: the n-th call to the file system fails, for every n until no call is left to fail. For every error
 * code, and for single and permanent failures: a checkpoint that was complete before still exists afterwards,
 * and the error contains the path.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isNeriumError } from "../../../src/errors.js";
import { recoverInside } from "../../../src/files/index.js";
import { newestWhole } from "../../../src/train/checkpoint/find.js";
import { Saver } from "../../../src/train/checkpoint/saver.js";
import { Snapshot } from "../../../src/train/checkpoint/snapshot.js";
import { checkCard, readTrainingArgs, writeFinishedRun } from "../../../src/train/finish/finish.js";
import { full } from "../../breadth.js";
import { type Fault, faultyFs } from "../../files/faultyFs.js";
import { quickFolder } from "../../files/scratch.js";
import { growth, LINEAR } from "../../growth.js";
import { tinyModel } from "../tinyModel.js";
import { debris, finishedEvents, type SavedRun, save, savedRun, unsyncedFs } from "./savedRun.js";

let scratch: string;
let run: SavedRun;
beforeAll(async () => {
  scratch = quickFolder("faults");
  const tiny = await tinyModel({ num_hidden_layers: 1, hidden_size: 16, intermediate_size: 16 });
  run = await savedRun(tiny);
  rmSync(tiny.folder, { recursive: true });
});
afterAll(async () => {
  await run.dispose();
  rmSync(scratch, { recursive: true });
});

const codes = full ? ["ENOSPC", "EIO", "EACCES", "EMFILE", "EROFS", "SHORT"] : ["ENOSPC", "SHORT"];
const once = codes.map((code) => ({ code, persistent: false as const }));
const forGood = ["ENOSPC", "SHORT"].map((code) => ({ code, persistent: true as const }));
/** All later calls fail, including removals, so that even incomplete files stay. */
const withRemovals = { code: "EROFS", persistent: "removals too" as const };

/** Makes `work` fail at its first call, then at its second, and so on, until it makes fewer calls. */
async function atEveryCall(
  kind: Omit<Fault, "at">,
  work: (fs: ReturnType<typeof faultyFs>) => Promise<void>,
): Promise<{ faults: number; calls: number }> {
  let faults = 0;
  for (let at = 1; ; at++) {
    const fs = faultyFs({ at, ...kind }, { shortWrites: false });
    await work(fs);
    if (fs.calls < at) return { faults, calls: at - 1 };
    if (fs.struck) faults++;
  }
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error ?? new Error("nothing was thrown"),
  );

function expectNamed(error: unknown, below: string): void {
  expect(error).toSatisfy(isNeriumError);
  expect((error as { code: string }).code).toMatch(/^FILES_/);
  expect((error as Error).message).toContain(below);
  expect((error as { where: string }).where).toContain(below);
}

test("a save that may not begin is no longer in the optimiser's way", async () => {
  const { layout, block } = run.prepared.weights;
  const snapshot = new Snapshot(layout, { weights: block, mean: block, square: block }, 1, { mostCopies: 0 });
  const gone = new Error("gone");
  const output = { kept: [], obsolete: [], check: () => Promise.reject(gone) };
  const saver = new Saver(run.recipe, run.prepared, output, unsyncedFs);
  await expect(save(saver, { ...run.content(2), snapshot })).rejects.toBe(gone);
  await snapshot.beforeWrite(0, layout.length);
});

test("one more checkpoint costs no more where very many are kept", async () => {
  const saveAfter = async (count: number) => {
    const output = join(scratch, `many-${count}`);
    const kept = Array.from({ length: count }, (_, step) => ({
      step,
      folder: join(output, `checkpoint-${step}`),
    }));
    const recipe = { ...run.recipe, output, saveTotalLimit: undefined };
    const saver = new Saver(recipe, run.prepared, { kept, obsolete: [], check: async () => {} }, unsyncedFs);
    await save(saver, run.content(count));
    expect(saver.folderOf(0)).toBeDefined();
    expect(existsSync(saver.folderOf(count)!)).toBe(true);
  };
  expect(await growth(saveAfter)).toBeLessThan(LINEAR);
});

/** Makes each call fail while step 4 is saved over a checkpoint of step 2, in an output folder of its own. */
async function strikeSaving(kind: Omit<Fault, "at">, output: string) {
  const former = join(output, "checkpoint-2");
  const aside = `${output}-aside`;
  await save(run.saver(output, unsyncedFs), run.content(2));
  await cp(former, aside, { recursive: true });
  return atEveryCall(kind, async (fs) => {
    rmSync(join(output, "checkpoint-4"), { recursive: true, force: true });
    if (!existsSync(former)) await cp(aside, former, { recursive: true });
    let warned = false;
    const saving = save(run.saver(output, fs, [{ step: 2, folder: former }]), run.content(4));
    const error = await failureOf(
      saving.then((events) => {
        warned = events.some(({ type }) => type === "warning");
      }),
    );
    if (error === undefined && !warned) expect(readdirSync(output)).toEqual(["checkpoint-4"]);
    if (error !== undefined) expectNamed(error, output);
    if (error !== undefined || warned) expect(kind.code).not.toBe("SHORT");
    const newest = await newestWhole(output);
    expect(newest.damaged).toEqual([]);
    expect(error === undefined ? [4] : [2, 4]).toContain(newest.checkpoint?.step);
    if (error !== undefined) expect(existsSync(former)).toBe(true);
    if (debris(output).length === 0) return;
    // If even removing failed, the next run removes the rest.
    expect(kind).toBe(withRemovals);
    await recoverInside(output, { isOwn: true });
    expect(debris(output)).toEqual([]);
    expect((await newestWhole(output)).checkpoint?.step).toBe(newest.checkpoint?.step);
  });
}

test("C1: a fault in any call of saving a checkpoint loses none", async () => {
  // In parallel, since each mostly waits for the file system.
  const kinds = [...once, ...forGood, withRemovals];
  const struck = await Promise.all(
    kinds.map((kind, index) => strikeSaving(kind, join(scratch, `output-${index}`))),
  );
  const total = struck.reduce((sum, { faults }) => sum + faults, 0);
  const calls = Math.max(...struck.map((each) => each.calls));
  expect(total).toBeGreaterThan(0.6 * kinds.length * calls);
  console.log(`C1: ${total} faults in ${calls} calls of saving a checkpoint, 0 lost`);
});

test("C1: a fault in any call of finishing a run can be made good by doing it again", async () => {
  const folder = join(scratch, "finished");
  const recipe = { ...run.recipe, output: folder };
  const events = finishedEvents(run, recipe);
  const finish = (fs: ReturnType<typeof faultyFs>) =>
    writeFinishedRun(recipe, run.prepared, events, run.ending, fs);
  const files = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]));
  await finish(faultyFs(undefined, { shortWrites: false }));
  const whole = files();
  let total = 0;
  let longest = 0;
  let round = 0;
  for (const kind of [...once, forGood[0]!, withRemovals]) {
    // In turn into an empty folder, and over a finished run.
    const { faults, calls } = await atEveryCall(kind, async (fs) => {
      if (round++ % 2 === 0) rmSync(folder, { recursive: true });
      mkdirSync(folder, { recursive: true });
      const error = await failureOf(finish(fs));
      if (error !== undefined) expectNamed(error, folder);
      if (kind !== withRemovals) expect(debris(folder)).toEqual([]);
      await recoverInside(folder, { isOwn: true });
      const left = files();
      for (const [name, bytes] of Object.entries(left))
        if (name !== "training_args.json") expect(bytes, name).toBe(whole[name]);
      // Only a complete folder counts as finished, and the card is always recognised as Nerium's.
      if ((await readTrainingArgs(folder))?.result !== undefined) expect(left).toEqual(whole);
      await checkCard(recipe);
    });
    total += faults;
    longest = Math.max(longest, calls);
  }
  await finish(faultyFs(undefined, { shortWrites: false }));
  expect(files()).toEqual(whole);
  console.log(`C1: ${total} faults in ${longest} calls of finishing a run, 0 beyond repair`);
});
