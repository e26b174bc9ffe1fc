/** Commands that train several models say what that takes, and leave nothing behind. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import type { DryRuns } from "../../src/improve/index.js";
import { plannedCost } from "../../src/improve/plannedCost.js";
import type { DryRun } from "../../src/train/index.js";
import { testIo } from "../cli/testIo.js";
import { tinyModel } from "../train/tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel({ num_hidden_layers: 1 });
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

async function ran(...args: string[]): Promise<string> {
  const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
  const common = [
    "--model",
    tiny.encoder,
    "--output",
    join(tiny.folder, "none"),
    "--threads",
    "1",
    "--dry-run",
  ];
  const before = readdirSync(tiny.folder).sort();
  const code = await nerium([...args, ...common, "--quiet"], io);
  expect([code, stderr.text]).toEqual([0, ""]);
  expect(existsSync(join(tiny.folder, "none"))).toBe(false);
  expect(readdirSync(tiny.folder).sort()).toEqual(before);
  return stdout.text;
}
const measured = async (...args: string[]) => JSON.parse(await ran(...args, "--json")) as DryRuns;
const kindsOf = ({ kinds }: DryRuns) => kinds.map(({ title, runs, one }) => [title, runs, one.steps]);
const secondsOf = ({ kinds }: DryRuns) =>
  kinds.reduce((sum, { runs, one }) => sum + runs * one.seconds.total, 0);

describe("--dry-run", () => {
  it("of a search for label errors measures one fold", async () => {
    const found = await measured(
      "data",
      "suspects",
      tiny.files.train,
      "--folds",
      "4",
      "--num-train-epochs",
      "2",
    );
    // Three quarters of 96 sentences in batches of 8, twice.
    expect(found.runs).toBe(4);
    expect(found.kinds).toHaveLength(1);
    expect(Math.abs(found.kinds[0]!.one.steps - 18)).toBeLessThanOrEqual(4);
    expect(found.seconds).toBeCloseTo(secondsOf(found), 9);
    expect(found.disk.end).toBe(0);
    expect(found.disk.peak).toBe(found.kinds[0]!.one.disk.peak);
  });

  it("of a learning curve measures one run of each share", async () => {
    const found = await measured("data", "curve", tiny.files.train, "--shares", "25,75", "--seeds", "1,2,3");
    expect(found.runs).toBe(6);
    expect(found.kinds.map(({ title, runs }) => [title, runs])).toEqual([
      ["25% of the data", 3],
      ["75% of the data", 3],
    ]);
    expect(found.kinds[1]!.one.steps).toBeGreaterThan(2 * found.kinds[0]!.one.steps);
    expect(found.seconds).toBeCloseTo(secondsOf(found), 9);
  });

  it("of a sweep measures one run of each kind that may cost another time", async () => {
    const space = ["--space", "num_train_epochs=1,2", "--space", "learning_rate=1e-3,1e-2"];
    const args = ["sweep", "--train", tiny.files.train, "--validation", tiny.files.validation, ...space];
    const found = await measured(...args);
    expect(kindsOf(found)).toEqual([
      ["num_train_epochs 1", 2, 12],
      ["num_train_epochs 2", 2, 24],
    ]);
    expect(found.seconds).toBeCloseTo(secondsOf(found), 9);
    expect(found.disk.end).toBe(4 * found.kinds[0]!.one.disk.model);
    const four = [
      ...args.slice(0, -4),
      "--space",
      "learning_rate=1e-3,2e-3,3e-3,4e-3",
      "--num-train-epochs",
      "4",
    ];
    const halved = await measured(...four, "--halving");
    // 4 settings to a quarter, 2 to a half, 1 to the end: 4 · 0.25 + 2 · 0.25 + 0.5 of 4 runs.
    expect(halved.seconds).toBeCloseTo(0.5 * secondsOf(halved), 9);
    // Two end with one checkpoint, one with two, and the best keeps none.
    const { checkpoint, model } = halved.kinds[0]!.one.disk;
    expect(halved.disk.end).toBe(4 * checkpoint + 4 * model);
    expect(halved.disk.peak).toBeGreaterThan(halved.disk.end);
  });

  it("of a sweep with halving knows when runs are evaluated", () => {
    const one = (evaluations: number): DryRun => ({
      ...{ runs: 1, steps: 12, epochs: 1, evaluations, checkpoints: evaluations },
      seconds: { total: 12, preparing: 0, training: 12, evaluating: 0, saving: 0 },
      memory: { peak: 0, usable: 0 },
      disk: { peak: 300, end: 210, free: 0, checkpoint: 100, model: 10 },
      measured: { steps: 1, seconds: 1 },
    });
    const cost = (evaluations: number, runs: number, seeds: number) =>
      plannedCost([{ runs, keepsModels: true, one: one(evaluations) }], { pauses: [0.25, 0.5], seeds });
    // A single evaluation is at the end: nothing is stopped.
    expect(cost(1, 4, 1)).toEqual({ seconds: 48, peak: 330, end: 40 });
    // Of two, the first one is at the half.
    expect(cost(2, 4, 1)).toEqual({ seconds: 4 * 6 + 6, peak: 630, end: 340 });
    // Three settings with two seeds: two of them go on after the first pause, one after the second.
    expect(cost(4, 6, 2)).toEqual({ seconds: 6 * 3 + 4 * 3 + 2 * 6, peak: 1150, end: 660 });
  });

  it("says what is already in the folder", async () => {
    const warned = async (...args: string[]) => {
      const { io, stderr } = testIo({ env: { NO_COLOR: "1" } });
      const data = ["--train", tiny.files.train, "--validation", tiny.files.validation, "--quiet"];
      await nerium([...args, ...data, "--model", tiny.encoder, "--dry-run"], io);
      return stderr.text;
    };
    const taken = join(tiny.folder, "taken");
    mkdirSync(join(taken, "seed-2"), { recursive: true });
    writeFileSync(join(taken, "seed-2", "notes.txt"), "the user's");
    const space = ["--space", "learning_rate=1e-3,2e-3", "--output"];
    expect(await warned("sweep", ...space, taken)).toMatch(
      /OUTPUT_TAKEN[\s\S]*IMPROVE_OUTPUT_EXISTS|IMPROVE_OUTPUT_EXISTS[\s\S]*OUTPUT_TAKEN/,
    );
    expect(await warned("train", "--seeds", "1,2", "--output", taken)).toMatch(/seed-2[\s\S]*OUTPUT_TAKEN/);
    const begun = join(tiny.folder, "begun");
    mkdirSync(begun);
    writeFileSync(join(begun, "plan.json"), '{"command": "nerium sweep"}');
    expect(await warned("sweep", ...space, begun)).toContain("OUTPUT_CONTINUED");
    rmSync(taken, { recursive: true });
    rmSync(begun, { recursive: true });
  });

  it("prints what all runs take", async () => {
    expect(
      await ran("data", "suspects", tiny.files.train, "--folds", "2", "--num-train-epochs", "1"),
    ).toMatch(
      /^runs {7}2\ntime {7}about [\d.:]+ s: 2 × [\d.]+ s \(folds\)\nmemory {5}about \d.*\ndisk {7}at most .*\nmeasured {3}in .* Nothing was trained\.\n$/,
    );
  });
});
