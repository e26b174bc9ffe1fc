/** A long run's own work and memory, without a model: a step costs the same however many there were before. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { markdownTable } from "../../src/card/markdownTable.js";
import { runReporter } from "../../src/cli/terminal/runListener.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { driveRun } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";
import { withProgress } from "../../src/run/withProgress.js";
import { cpuEngine } from "../../src/runtime/index.js";
import type { RunState } from "../../src/train/checkpoint/state.js";
import type { CheckpointContent } from "../../src/train/checkpoint/write.js";
import { TrainLoop } from "../../src/train/loop/trainLoop.js";
import type { TrainLoopParts } from "../../src/train/loop/trainState.js";
import { recordedResult, recordedRun } from "../cli/recordedRun.js";
import { testIo } from "../cli/testIo.js";
import { growth, LINEAR } from "../growth.js";

/** A run of so many steps, each with a log, of a trainer that does nothing; saves every so many, and what they hold. */
function logged(steps: number, saveSteps?: number): { loop: TrainLoop; saved: CheckpointContent[] } {
  const saves = saveSteps === undefined ? { saveStrategy: "no" as const } : { saveSteps };
  const input = { model: "m", train: "t", output: "o", loggingSteps: 1, numTrainEpochs: 1, ...saves };
  const { recipe } = parseRecipe({ saveStrategy: "steps", ...input });
  const saved: CheckpointContent[] = [];
  const { signal } = new AbortController();
  const edge = { signal, now: () => 0, threads: 1, resume: false } as ConstructorParameters<
    typeof TrainLoop
  >[1];
  const window = { inputIds: new Int32Array(1), place: "p" };
  const figures = { loss: 1, gradNorm: 1, tokens: 1, notFinite: [] };
  const prepared = {
    epochWindows: () => ({ length: steps, at: () => window }),
    batchSize: { windows: 1 },
    train: { facts: { sentences: steps } },
    weights: {
      parameterCount: 1,
      vocabularyRows: { used: 1, total: 1 },
      layout: { parameters: [] },
      engine: cpuEngine(),
    },
    labels: ["O"],
  };
  const parts = {
    prepared,
    trainer: {
      gradient: async () => figures,
      update: async () => {},
      stage: () => {},
      sharedSnapshot: async () => ({}),
      yieldToWriter: async () => {},
    },
    saver: {
      ended: () => [],
      settled: async () => [],
      begin: (content: CheckpointContent) => void saved.push(content),
    },
    collective: { size: 1 },
    begin: 0,
    resumed: undefined,
  };
  return { loop: new TrainLoop(recipe, edge, parts as unknown as TrainLoopParts), saved };
}

const step = (number: number): TrainEvent => ({
  type: "step",
  step: number,
  epoch: number,
  loss: 1,
  gradNorm: 1,
  learningRate: 1,
  tokens: 1,
  seconds: 1,
  memory: 1,
});
const log = (number: number): TrainEvent => ({
  type: "log",
  step: number,
  epoch: number,
  loss: 1,
  gradNorm: 1,
  learningRate: 1,
});

test("the thousandth log costs no more than the first", async () => {
  const run = async (steps: number) => {
    let logs = 0;
    for await (const { type } of logged(steps).loop.run()) if (type === "log") logs++;
    expect(logs).toBe(steps);
  };
  expect(await growth(run)).toBeLessThan(LINEAR);
});

test("a checkpoint holds what was until its step, and nothing of later ones or of another run", async () => {
  for (const _ of [1, 2]) {
    const { loop, saved } = logged(6, 2);
    for await (const _ of loop.run());
    const types = saved.map(({ state }) =>
      (JSON.parse(state) as RunState).progress.history.map(({ type }) => type).join(" "),
    );
    expect(types).toEqual([
      "log log save",
      "log log save log log save",
      "log log save log log save log log save",
    ]);
    const logs = saved.map(({ trainerState }) => JSON.parse(trainerState).log_history.length);
    expect(logs).toEqual([2, 4, 6]);
  }
});

test("telling the thousandth evaluation in a terminal costs no more than the first", async () => {
  const evaluation = recordedRun.find(({ type }) => type === "evaluation")!;
  const tell = (evaluations: number) => {
    const { listener, summary } = runReporter(testIo().io, { quiet: true });
    for (let count = 0; count < evaluations; count++) void listener(evaluation);
    summary(recordedResult);
  };
  expect(await growth(tell)).toBeLessThan(LINEAR);
});

test("a card has room for the evaluations of a long run", () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => [`${row}`]);
  const table = markdownTable(["Step"], rows).split("\n");
  expect(table).toHaveLength(rows.length + 3);
  expect(table[1]).toBe("|:------:|");
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Steps, each with a log after it, and which of the steps' events are still in memory. */
function watched(count: number) {
  const references: WeakRef<TrainEvent>[] = [];
  async function* events(): AsyncGenerator<TrainEvent, number> {
    for (let number = 1; number <= count; number++) {
      const event = step(number);
      references.push(new WeakRef(event));
      yield event;
      yield log(number);
    }
    return count;
  }
  const alive = async () => {
    // A reference that was looked through holds its target until the next turn.
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    return references.filter((reference) => reference.deref() !== undefined).length;
  };
  return { events, alive };
}

test("of words that overtake each other only the newest is kept until it is told", async () => {
  const references: WeakRef<object>[] = [];
  const told = withProgress<object, number>(
    async (tell) => {
      for (let word = 0; word < 1000; word++) {
        const each = { word };
        references.push(new WeakRef(each));
        tell(each);
      }
      await new Promise((resolve) => setTimeout(resolve));
      collect();
      return references.filter((reference) => reference.deref() !== undefined).length;
    },
    () => "one kind",
  );
  expect(await told.next()).toMatchObject({ value: { word: 999 } });
  expect((await told.next()).value).toBeLessThan(10);
});

test("a run that nobody iterates keeps no steps", async () => {
  const { events, alive } = watched(20_000);
  let heard = 0;
  const run = driveRun(events, [() => void heard++]);
  await run.result();
  expect(await alive()).toBeLessThan(10);
  expect(heard).toBeGreaterThanOrEqual(40_000);
  run.stop();
});

test("an iterator lets go what it has given", async () => {
  const { events, alive } = watched(20_000);
  const run = driveRun(events);
  let steps = 0;
  for await (const { type } of run) {
    if (type !== "step" || ++steps !== 15_000) continue;
    await run.result();
    const waiting = await alive();
    expect(waiting).toBeGreaterThanOrEqual(5000);
    expect(waiting).toBeLessThan(5010);
  }
  expect(steps).toBe(20_000);
  expect(await alive()).toBeLessThan(10);
  run.stop();
});
