/**
 * Recorded runs of HF Trainer, replayed: the same order of sentences, the same learning rates, the same first step.
 * The recordings stand beside the project, in ../shared/reference/parity.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { plan, schedule } from "../../src/train/plan.js";
import { prepare } from "../../src/train/prepare.js";
import { epochOrder } from "../../src/train/random.js";
import { parseRecipe } from "../../src/train/recipe.js";
import { learningRate } from "../../src/train/schedule.js";
import { Trainer } from "../../src/train/trainer.js";

const recordings = "../shared/reference/parity";
const conll = "../shared/data/conll2003";
const present = existsSync(recordings) && existsSync(conll);
if (!present) console.warn(`Skipped: ${recordings} and ${conll} are not there.`);

interface Recording {
  readonly arguments: Record<string, unknown>;
  readonly order: readonly (readonly number[])[];
  readonly steps: readonly { loss: number; grad_norm: number; learning_rate: number }[];
}

const output = await mkdtemp(join(tmpdir(), "nerium-parity-"));
afterAll(() => rmSync(output, { recursive: true }));

describe.skipIf(!present).each(["tiny-roberta", "tiny-bert"])("the recorded run of %s", (name) => {
  const folder = join(recordings, name);
  const run = present
    ? (JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as Recording)
    : undefined!;
  const { eval_strategy, save_strategy, ...recorded } = run?.arguments ?? {};
  const recipe = () =>
    parseRecipe(
      {
        ...recorded,
        model: join(folder, "init"),
        train: join(conll, "train.txt"),
        max_train_samples: 320,
        output,
      },
      "the recording",
    ).recipe;

  test("has the same order of sentences, epoch after epoch", async () => {
    const { train, weights } = await prepare(recipe());
    const sequences = train.windowed.windows;
    // Sentences of equal input ids are recorded as the first of them.
    const first = new Map<string, number>();
    const named = sequences.map(({ inputIds }, index) => {
      const key = inputIds.join();
      if (!first.has(key)) first.set(key, index);
      return first.get(key)!;
    });
    const { perDeviceTrainBatchSize: size, seed } = recipe();
    const { epochs } = plan(sequences.length, recipe());
    const order = Array.from({ length: epochs }, (_, epoch) => {
      const shuffled = Array.from(epochOrder(sequences.length, seed, epoch), (index) => named[index]!);
      return Array.from({ length: Math.ceil(shuffled.length / size) }, (_, batch) =>
        shuffled.slice(batch * size, (batch + 1) * size),
      );
    }).flat();
    expect(order).toEqual(run.order);
    await weights.dispose();
  });

  test("has the same learning rates", () => {
    const rates = run.steps.map((_, step) => learningRate(step, schedule(recipe(), run.steps.length)));
    rates.forEach((rate, step) => {
      expect(rate, `step ${step + 1}`).toBeCloseTo(run.steps[step]!.learning_rate, 14);
    });
  });

  test("begins with the same loss and gradient norm", async () => {
    const prepared = await prepare(recipe());
    const trainer = await Trainer.create(recipe(), prepared, 2);
    const { windows } = prepared.train.windowed;
    const order = epochOrder(windows.length, recipe().seed, 0).subarray(0, recipe().perDeviceTrainBatchSize);
    const { loss, gradNorm } = await trainer.gradient(
      Array.from(order, (index) => windows[index]!),
      1,
    );
    await trainer.dispose();
    const [recordedStep] = run.steps;
    expect(Math.abs(loss / recordedStep!.loss - 1)).toBeLessThan(1e-6);
    expect(Math.abs(gradNorm / recordedStep!.grad_norm - 1)).toBeLessThan(1e-4);
  });
});
