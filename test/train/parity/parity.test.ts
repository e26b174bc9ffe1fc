/**
 * Complete replays of recorded HF Trainer runs. All bars of `npm run parity` are checked with the engine's
 * parts, with halved batches, and from the command line. recordings/make.py recorded the runs.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { replayRecipe } from "../../../bench/parity/arguments.js";
import { type Bar, compare } from "../../../bench/parity/compare.js";
import { recordedFigures, selfDistances } from "../../../bench/parity/figures.js";
import { type Recording, readRecording } from "../../../bench/parity/recording.js";
import { replay } from "../../../bench/parity/replay.js";
import { isKeyBias } from "../../../bench/parity/tensors.js";
import { learningRate } from "../../../src/recipe/schedule.js";
import { openSafetensors } from "../../../src/safetensors/index.js";
import { StepSequence } from "../../../src/train/examples/batches.js";
import { schedule } from "../../../src/train/examples/plan.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { StepEngine } from "../../../src/train/step/stepEngine.js";

const repository = resolve(import.meta.dirname, "../../..");
const recordings = join(import.meta.dirname, "recordings");

const scratch = mkdtempSync(join(tmpdir(), "nerium-parity-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Such a small model is fastest with one thread. */
const THREADS = 1;
const names = ["tiny-roberta", "tiny-bert"] as const;
const STEPS = 48;
/** What a recording calls "dropout": 0. */
const NO_DROPOUT = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0, classifier_dropout: 0 };
/** Families whose runs differ only in the forward pass: one replay each. */
const others = [
  ...["tiny-distilbert", "tiny-electra", "tiny-deberta-v3", "tiny-deberta-v2", "tiny-deberta-c2p"],
  ...["tiny-modernbert", "tiny-eurobert"],
];
const recordingOf = (name: string) => readRecording(join(recordings, name));

const lost = (bars: readonly Bar[]) => bars.filter(({ ok }) => !ok);

describe.each(names)("the recorded run of %s", (name) => {
  it.each([1, 2])("is met at every bar, each step in %i batches", async (accumulate) => {
    const recording = recordingOf(name);
    const recipe = replayRecipe(recording, { accumulate });
    const replayed = await replay(recording, recipe, { threads: THREADS });
    const { bars, steps, evaluations } = compare(
      recordedFigures(recording),
      replayed,
      replayed.tensors,
      selfDistances(recording),
    );
    expect(steps).toHaveLength(STEPS);
    expect(evaluations).toHaveLength(8);
    // Only tiny-bert has a new head to compare.
    expect(bars).toHaveLength(name === "tiny-bert" ? 15 : 14);
    expect(lost(bars)).toEqual([]);
  });

  it("has at every batch one gradient, whether that runs as one batch or as two halves", async () => {
    const recording = recordingOf(name);
    const whole = await opened(recording, 1);
    const halves = await opened(recording, 2);
    const course = new StepSequence(whole.prepared.epochWindows, whole.recipe, whole.prepared.batchSize);
    const rates = schedule(whole.recipe, course.plan.totalSteps);
    const distances: number[] = [];
    for (const { step, members } of course.steps()) {
      halves.prepared.weights.block.copyIn(0, whole.prepared.weights.block.read());
      const { gradNorm } = await whole.trainer.gradient(members, step);
      await halves.trainer.gradient(members, step);
      distances.push(distance(whole.trainer, halves.trainer) / gradNorm);
      await whole.trainer.update(step, learningRate(step - 1, rates), gradNorm);
    }
    expect(distances).toHaveLength(STEPS);
    expect(Math.max(...distances)).toBeLessThan(1e-5);
    // If two halves gave exactly the same bytes, they would have run as one batch.
    expect(Math.max(...distances)).toBeGreaterThan(0);
    await whole.trainer.dispose();
    await halves.trainer.dispose();
  });

  it("ends with the recorded evaluations and weights from the command line", async () => {
    const recording = recordingOf(name);
    const output = join(scratch, name);
    const { dropout, ...given } = recording.arguments;
    expect(dropout).toBe(0);
    const { code, stderr } = await nerium([
      "train",
      ...["--model", recording.init!, "--output", output, "--threads", "2"],
      ...["--train", join(recordings, "data/train.conll"), "--max-train-samples", "48"],
      ...["--validation", join(recordings, "data/valid.conll"), "--max-eval-samples", "24"],
      ...Object.entries({ ...given, ...NO_DROPOUT }).flatMap(([key, value]) => [`--${key}`, String(value)]),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

    const { log_history } = JSON.parse(readFileSync(join(output, "trainer_state.json"), "utf8")) as {
      log_history: Record<string, number>[];
    };
    const evaluations = log_history.filter((entry) => entry.eval_loss !== undefined);
    expect(evaluations.map(({ epoch }) => epoch)).toEqual(recording.evaluations.map(({ epoch }) => epoch));
    for (const [index, recorded] of recording.evaluations.entries()) {
      expect(Math.abs(evaluations[index]!.eval_f1! - recorded.eval_f1)).toBeLessThan(0.002);
      expect(Math.abs(evaluations[index]!.eval_loss! / recorded.eval_loss - 1)).toBeLessThan(1e-3);
    }
    const all = JSON.parse(readFileSync(join(output, "all_results.json"), "utf8")) as Record<string, number>;
    expect(Math.abs(all.eval_f1! - recording.evaluations.at(-1)!.eval_f1)).toBeLessThan(0.002);
    const saved = join(output, "model.safetensors");
    expect(await weightsApart(saved, recording.finalWeights!)).toBeLessThan(1e-3);
  });
});

describe.each(others)("the recorded run of %s", (name) => {
  it("is met at every bar", async () => {
    const recording = recordingOf(name);
    const replayed = await replay(recording, replayRecipe(recording), { threads: THREADS });
    const { bars, evaluations } = compare(
      recordedFigures(recording),
      replayed,
      replayed.tensors,
      selfDistances(recording),
    );
    // Something was learned, so that the bars say something.
    expect(recording.evaluations.at(-1)!.eval_f1).toBeGreaterThan(0.2);
    expect(evaluations).toHaveLength(8);
    expect(lost(bars)).toEqual([]);
  });
});

async function opened(recording: Recording, accumulate: number) {
  const recipe = replayRecipe(recording, { accumulate });
  const prepared = await prepare(recipe);
  return { recipe, prepared, trainer: await StepEngine.create(recipe, prepared, THREADS) };
}

/** The norm of the difference between two gradients. */
function distance(a: StepEngine, b: StepEngine): number {
  const theirs = b.gradients.read();
  return Math.sqrt(a.gradients.read().reduce((sum, value, at) => sum + (value - theirs[at]!) ** 2, 0));
}

function nerium(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const main = join(repository, "src/cli/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: repository,
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, stderr }));
  });
}

/** The largest difference between two weight files, except for the bias that has no gradient. */
async function weightsApart(ours: string, recorded: string): Promise<number> {
  const [a, b] = await Promise.all([openSafetensors(ours), openSafetensors(recorded)]);
  let most = 0;
  for (const [name, { shape }] of b.tensors) {
    if (isKeyBias(name)) continue;
    const [x, y] = [a, b].map(() => new Float32Array(shape.reduce((p, q) => p * q, 1)));
    await a.readInto(name, x!);
    await b.readInto(name, y!);
    for (let at = 0; at < x!.length; at++) most = Math.max(most, Math.abs(x![at]! - y![at]!));
  }
  await a.close();
  await b.close();
  return most;
}
