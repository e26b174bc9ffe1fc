import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { NoteTaker } from "../../src/dashboard/noteTaker.js";
import { runRecorder } from "../../src/dashboard/recorder.js";
import { ShownRun } from "../../src/dashboard/shownRun.js";
import { RUN_NOTES } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/events.js";
import type { RunNote } from "../../src/run/notes.js";
import { quickFolder } from "../files/scratch.js";
import { evaluationOf, startOf } from "../track/events.js";
import { stepOf } from "./events.js";

const folder = quickFolder("notes");
afterAll(() => rmSync(folder, { recursive: true }));
let outputs = 0;
const newOutput = () => {
  const output = join(folder, `run-${outputs++}`);
  mkdirSync(output);
  return output;
};

/** Takes events, one each `seconds`. */
function taken(events: readonly TrainEvent[], seconds: number): RunNote[] {
  const taker = new NoteTaker();
  return events.flatMap((event, index) => taker.take(event, 1e12 + index * seconds * 1000));
}

const steps = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => stepOf(from + index));

const end = (step: number): TrainEvent => ({
  type: "end",
  reason: "finished",
  step,
  epoch: 3,
  seconds: 99,
  folder: "out",
});

/** Notes events as a run does, one each second. Returns what could not be done. */
async function noted(output: string, events: readonly TrainEvent[]): Promise<string[]> {
  const problems: string[] = [];
  let now = 1e12;
  const listener = runRecorder(output, {
    now: () => (now += 1000),
    onProblem: (message) => void problems.push(message),
  });
  for (const event of events) await listener(event);
  await listener({ type: "closed" });
  return problems;
}

async function shown(output: string): Promise<ShownRun> {
  const run = new ShownRun("0", "run", output);
  await run.refresh();
  return run;
}
const stepsOf = ({ notes }: ShownRun) =>
  notes.all.flatMap((note) => (note.type === "steps" ? [note.step] : []));

describe("the notes of a run", () => {
  it("say of fast steps one thing a second: the mean loss and the speed of them all", () => {
    const notes = taken([startOf("out"), ...steps(1, 30)], 0.1);
    const of = notes.filter((note) => note.type === "steps");
    expect(of.map(({ step }) => step)).toEqual([1, 11, 21]);
    expect(of[1]).toMatchObject({ loss: 6.5, tokensPerSecond: 1000, memory: 1e9, seconds: 5.5 });
    expect(of[1]!.epoch).toBe(stepOf(11).epoch);
  });

  it("become rarer as the run grows, so that a long one has few", () => {
    const taker = new NoteTaker();
    let count = taker.take(startOf("out"), 0).length;
    for (let step = 1; step <= 400_000; step++) count += taker.take(stepOf(step), step * 1000).length;
    // Five days of steps of one second.
    expect(count).toBeLessThan(15_000);
    expect(count).toBeGreaterThan(2000);
  });

  it("leave no step out before an evaluation, and have its scores by type and strict F1", () => {
    const notes = taken([startOf("out"), ...steps(1, 5), evaluationOf(5)], 0.1);
    expect(notes.map(({ type }) => type)).toEqual(["start", "steps", "steps", "evaluation"]);
    expect(notes[2]).toMatchObject({ step: 5 });
    expect(notes[3]).toMatchObject({
      trainLoss: 3,
      strictF1: 0.9005,
      types: { PER: { f1: 0.9005, support: 40 } },
    });
  });

  it("tell how the run ended, and nothing of a run that did not start", () => {
    expect(taken([startOf("out"), stepOf(1), end(1)], 1).at(-1)).toMatchObject({
      reason: "finished",
      step: 1,
    });
    const failed = { type: "failed", message: "no space", step: 1 } as const;
    expect(taken([startOf("out"), stepOf(1), failed], 1).at(-1)).toMatchObject({
      reason: "failed",
      message: "no space",
    });
    expect(taken([failed], 1)).toEqual([]);
  });
});

describe("the file of notes", () => {
  it("is read while it is written, and half a line waits for its rest", async () => {
    const output = newOutput();
    await noted(output, [startOf(output), stepOf(1), stepOf(2)]);
    const file = join(output, RUN_NOTES);
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, -20));
    const run = await shown(output);
    expect(stepsOf(run)).toEqual([1]);
    writeFileSync(file, whole);
    await run.refresh();
    expect(stepsOf(run)).toEqual([1, 2]);
    expect(run.status).toBe("interrupted");
  });

  it("of a resumed run continues its curves, and takes back what came after the checkpoint", async () => {
    const output = newOutput();
    await noted(output, [startOf(output), ...steps(1, 6), evaluationOf(4), stepOf(7)]);
    writeFileSync(join(output, RUN_NOTES), '{"type":"ste', { flag: "a" });
    const run = await shown(output);
    const { version } = run.notes;
    await noted(output, [startOf(output, 4), evaluationOf(4), stepOf(5), end(5)]);
    await run.refresh();
    expect(stepsOf(run)).toEqual([1, 2, 3, 4, 5]);
    expect(run.notes.all.filter(({ type }) => type === "evaluation")).toHaveLength(1);
    expect(run.notes.version).toBeGreaterThan(version);
    expect(run.status).toBe("finished");
  });

  it("of a new run in the same folder begins anew", async () => {
    const output = newOutput();
    await noted(output, [startOf(output), ...steps(1, 3), end(3)]);
    const run = await shown(output);
    await noted(output, [startOf(output), ...steps(1, 5), end(5)]);
    await run.refresh();
    expect(stepsOf(run)).toEqual([1, 2, 3, 4, 5]);
  });

  it("is not written over a file of the user, nor through a link", async () => {
    const output = newOutput();
    writeFileSync(join(output, RUN_NOTES), "mine");
    const [problem] = await noted(output, [startOf(output), stepOf(1)]);
    expect(problem).toContain("was not written by Nerium");
    expect(readFileSync(join(output, RUN_NOTES), "utf8")).toBe("mine");
    const other = newOutput();
    writeFileSync(join(other, "target"), '{"type":"start"}\n');
    symlinkSync(join(other, "target"), join(other, RUN_NOTES));
    expect(await noted(other, [startOf(other), stepOf(1)])).toHaveLength(1);
    expect(readFileSync(join(other, "target"), "utf8")).toBe('{"type":"start"}\n');
  });

  it("that cannot be written is one problem, and no event waits for it", async () => {
    const problems = await noted(join(folder, "missing"), [startOf("missing"), ...steps(1, 3)]);
    expect(problems).toHaveLength(1);
  });

  it("has no effect where its lines are something else", async () => {
    const output = newOutput();
    const lines = ["[1]", '{"type":"steps","step":"<b>"}', '{"type":"later"}', "{", "null"];
    writeFileSync(join(output, RUN_NOTES), lines.map((line) => `${line}\n`).join(""));
    expect((await shown(output)).notes.all).toEqual([]);
  });
});
