/** `npm run parity` as a process, with a recording made here from Nerium's own figures. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayRecipe } from "../../../bench/parity/arguments.js";
import type { Comparison } from "../../../bench/parity/compare.js";
import { readRecording } from "../../../bench/parity/recording.js";
import { replay } from "../../../bench/parity/replay.js";
import { tinyModel } from "../tinyModel.js";

const repository = resolve(import.meta.dirname, "../../..");
let folder: string;
let places: { model: string; train: string; validation: string };
let recorded: Record<string, unknown> & { steps: { step: number; loss: number }[] };

const zeros = { eval_loss: 0, eval_precision: 0, eval_recall: 0, eval_f1: 0, eval_accuracy: 0 };

beforeAll(async () => {
  const tiny = await tinyModel();
  folder = tiny.folder;
  places = { model: tiny.encoder, train: tiny.files.train, validation: tiny.files.validation };
  const args = { max_steps: 4, eval_strategy: "steps", eval_steps: 3, dropout: 0, learning_rate: 1e-3 };
  const begun = {
    arguments: args,
    data: { train: "first 20 sentences of train.conll", validation: "first 9 sentences of valid.conll" },
    order: [],
    steps: [{ step: 1, loss: 1, learning_rate: 1 }],
    evaluations: [{ epoch: 1, ...zeros }],
  };
  const recording = readRecording(written("begun", begun));
  const { steps, evaluations } = await replay(recording, replayRecipe(recording, places), { threads: 2 });
  recorded = {
    ...begun,
    order: steps.map(({ sentences }) => sentences),
    steps: steps.map(({ loss, gradNorm, learningRate }, index) => ({
      step: index + 1,
      loss,
      grad_norm: gradNorm,
      learning_rate: learningRate,
    })),
    evaluations: evaluations.map((each) => ({
      epoch: each.epoch,
      eval_loss: each.loss,
      eval_precision: each.precision,
      eval_recall: each.recall,
      eval_f1: each.f1,
      eval_accuracy: each.accuracy,
    })),
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, json: unknown): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(json));
  return file;
}

function parity(...args: readonly string[]) {
  const options = ["--model", places.model, "--train", places.train, "--validation", places.validation];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(repository, "bench/parity/run.ts"), ...args, ...options],
    { cwd: repository, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  return { status, stdout, stderr };
}

describe("npm run parity", () => {
  it("ends with 0 and a line for every step where every bar is met, in smaller batches too", () => {
    const { status, stdout, stderr } = parity(written("same", recorded), "--accumulate", "2");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^same: 4 steps, 2 threads, each batch in 2 parts of 4\n\n step +sentences/);
    expect(stdout.match(/^ +[1-4] +same /gm)).toHaveLength(4);
    expect(stdout).toMatch(/every bar is met\n$/);
  });

  it("ends with 1 where one is missed, and says which", () => {
    const steps = recorded.steps.map((each) =>
      each.step === 2 ? { ...each, loss: each.loss * 1.001 } : each,
    );
    const { status, stdout } = parity(written("shifted", { ...recorded, steps }), "--json");
    expect(status).toBe(1);
    const { ok, bars, steps: distances, name } = JSON.parse(stdout) as Comparison & { name: string };
    expect({ ok, name, steps: distances.length }).toEqual({ ok: false, name: "shifted", steps: 4 });
    expect(bars.filter((bar) => !bar.ok).map((bar) => bar.name)).toEqual(["loss, first 40 steps, relative"]);
  });

  it("ends with 2 before it computes anything where an argument would not be honoured", () => {
    const asked = { ...(recorded.arguments as object), fp16: true };
    const { status, stdout, stderr } = parity(written("asks", { ...recorded, arguments: asked }));
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
      /asks\.json: arguments\.fp16 cannot be replayed: Nerium computes in float32, or in bfloat16 with bf16\n$/,
    );
  });

  it("ends with 2 where the model has dropout that the recording does not exclude", () => {
    const { dropout, ...others } = recorded.arguments as Record<string, unknown>;
    const { status, stderr } = parity(written("drops", { ...recorded, arguments: others }));
    expect(dropout).toBe(0);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('"dropout": 0') });
  });
});
