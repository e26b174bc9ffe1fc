/** Whole runs of several processes, which are simulated in this one: checkpoints, evaluations, the best model, stopping. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Collective } from "../../src/collective/index.js";
import { nodeFs } from "../../src/files/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import type { TrainResult } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";
import { trainRun } from "../../src/train/loop/trainRun.js";
import { tinyModel } from "../train/tinyModel.js";
import { machines } from "./machines.js";

const tiny = await tinyModel();
afterAll(() => rmSync(tiny.folder, { recursive: true }));

/** One process of a run. */
interface Process {
  readonly events: readonly TrainEvent[];
  readonly result: TrainResult;
}

/** Runs all processes to their end. `stopAt` names a step after which the last process is asked to stop. */
function runAll(
  changes: Partial<RecipeInput>,
  collectives: readonly (Collective | undefined)[],
  { resume = false, stopAt }: { readonly resume?: boolean; readonly stopAt?: number } = {},
): Promise<Process[]> {
  const { recipe } = parseRecipe(tiny.recipe(changes));
  const now = () => performance.now();
  return Promise.all(
    collectives.map(async (collective, rank) => {
      const stopping = new AbortController();
      const edge = { signal: stopping.signal, now, threads: 1, resume, fs: nodeFs };
      const run = trainRun(recipe, { ...edge, ...(collective && { collective }) });
      const events: TrainEvent[] = [];
      for (;;) {
        const { done, value } = await run.next();
        if (done) return { events, result: value };
        events.push(value);
        const isLast = rank === collectives.length - 1;
        if (isLast && value.type === "step" && value.step === stopAt) stopping.abort();
      }
    }),
  );
}

const of = <T extends TrainEvent["type"]>({ events }: Process, type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

const recipe = (output: string): Partial<RecipeInput> => ({
  output: join(tiny.folder, output),
  test: tiny.files.test,
  crf: true,
  emaDecay: 0.9,
  evalStrategy: "epoch",
  saveStrategy: "epoch",
  loadBestModelAtEnd: true,
});

test("two processes train, evaluate and save what one does, and the first one writes it", async () => {
  const [alone] = await runAll(recipe("alone"), [undefined]);
  const [first, second] = await runAll(recipe("two"), machines(2));
  const losses = of(alone!, "step").map(({ loss }) => loss);
  for (const process of [first!, second!]) {
    for (const [at, { loss }] of of(process, "step").entries())
      expect(Math.abs(loss / losses[at]! - 1)).toBeLessThan(1e-3);
    for (const [at, { metrics }] of of(process, "evaluation").entries()) {
      const expected = of(alone!, "evaluation")[at]!.metrics;
      expect(Math.abs(metrics.loss / expected.loss - 1)).toBeLessThan(1e-3);
      expect(Math.abs(metrics.f1 - expected.f1)).toBeLessThan(0.01);
    }
  }
  expect(of(first!, "evaluation")).toHaveLength(of(alone!, "evaluation").length);
  const { seconds: _, ...result } = first!.result;
  expect(second!.result).toMatchObject(result);
  const names = (output: string) => readdirSync(join(tiny.folder, output)).sort();
  expect(names("two")).toEqual(names("alone"));
});

test("a stop that one process is asked for ends all after the same step, and three continue what two began", async () => {
  const stopped = await runAll(recipe("stopped"), machines(2), { stopAt: 4 });
  for (const { result } of stopped) expect(result).toMatchObject({ reason: "stopped", steps: 5 });
  const continued = await runAll(recipe("stopped"), machines(3), { resume: true });
  const [alone] = await runAll(recipe("whole"), [undefined]);
  const losses = of(alone!, "step").map(({ loss }) => loss);
  expect(of(continued[0]!, "warning").map(({ code }) => code)).toContain("RANKS_CHANGED");
  for (const process of continued) {
    expect(process.result).toMatchObject({ reason: "finished", steps: losses.length });
    for (const { step, loss } of of(process, "step"))
      expect(Math.abs(loss / losses[step - 1]! - 1)).toBeLessThan(1e-3);
  }
});
