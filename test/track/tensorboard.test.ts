import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixed } from "../../src/evaluate/fixed.js";
import type { TrainEvent } from "../../src/run/index.js";
import { figuresOf } from "../../src/track/figures.js";
import { crc32c, maskedCrc } from "../../src/track/tensorboard/crc32c.js";
import { float32, lastSteps } from "../../src/track/tensorboard/events.js";
import { record, recordsIn } from "../../src/track/tensorboard/records.js";
import { TensorBoardTracker } from "../../src/track/tensorboard/tracker.js";
import { train } from "../../src/train/index.js";
import { quickFolder } from "../files/scratch.js";
import { pythonWith } from "../pythonWith.js";
import { tinyModel } from "../train/tinyModel.js";
import { evaluationOf, logOf, startOf } from "./events.js";

const python = pythonWith("tensorboard");
const folder = quickFolder("tensorboard");
afterAll(() => rmSync(folder, { recursive: true }));

const now = () => Date.UTC(2026, 0, 2, 3, 4, 5);
let outputs = 0;
const newOutput = () => {
  const output = join(folder, `output-${outputs++}`);
  mkdirSync(output);
  return output;
};

/** Reports events of a run; `resumedAt` continues the run in the folder. */
async function reported(
  output: string,
  events: readonly TrainEvent[],
  { resumedAt = 0, logs }: { resumedAt?: number; logs?: string } = {},
) {
  const tracker = new TensorBoardTracker({ folder: logs, now });
  tracker.begin(startOf(output, resumedAt));
  for (const event of events) {
    const figures = figuresOf(event, 8);
    if (figures !== undefined) tracker.take(figures);
  }
  await tracker.end();
  return tracker.warnings();
}

const filesUnder = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes(".tfevents."))
    .map((name) => join(path, name))
    .sort();
const last = (file: string, end = 1000) => Object.fromEntries(lastSteps(readFileSync(file), end));

/** The scalars of a folder as TensorBoard's own reader gives them: by tag, pairs of step and value. */
function readByTensorBoard(path: string) {
  const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
tags = events.Tags()
print(json.dumps({
    "scalars": {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]},
    "tensors": {tag: events.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in tags["tensors"]},
}))`;
  return JSON.parse(execFileSync(python!, ["-c", program, path], { encoding: "utf8" })) as {
    scalars: Record<string, [number, number][]>;
    tensors: Record<string, string>;
  };
}

describe("records", () => {
  it("have the checksum of RFC 3720", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(maskedCrc(new TextEncoder().encode("123456789"))).toBe(0xc78ab0e5);
  });

  it("are read as they were written, up to the first that is cut off or damaged", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array(), { minLength: 1 }), fc.nat(), (all, at) => {
        const file = Buffer.concat(all.map(record));
        expect([...recordsIn(file)].map((data) => [...data])).toEqual(all.map((data) => [...data]));
        expect([...recordsIn(file.subarray(0, file.length - 1))]).toHaveLength(all.length - 1);
        file[at % file.length]! ^= 1;
        expect([...recordsIn(file)].length).toBeLessThan(all.length);
      }),
    );
  });
});

describe("scalars", () => {
  it("print as the same four digits as float32", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const nearMiddle = fc.integer({ min: 0, max: 9999 }).map((n) => (n + 0.5) / 10_000);
    fc.assert(
      fc.property(
        fc.oneof(
          share,
          nearMiddle,
          nearMiddle.map((value) => -value),
        ),
        (value) => {
          expect(Math.fround(float32(value))).toBe(float32(value));
          expect(fixed(float32(value), 4)).toBe(fixed(value, 4));
          expect(Math.abs(float32(value) - value)).toBeLessThan(1.2e-7);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("are moved only where the nearest float32 prints otherwise", () => {
    // The nearest double is above the middle, the nearest float32 below it.
    const value = 0.93085;
    expect(float32(0.25)).toBe(0.25);
    expect([Number.NaN, Infinity, -Infinity].map(float32)).toEqual([Number.NaN, Infinity, -Infinity]);
    const moved = Array.from({ length: 10_000 }, (_, n) => (n + 0.5) / 10_000).filter(
      (each) => float32(each) !== Math.fround(each),
    );
    expect(moved.length).toBeGreaterThan(1000);
    expect(fixed(float32(value), 4)).toBe(fixed(value, 4));
  });
});

describe("event files", () => {
  it("are in a folder of their own in runs, without the name of the machine", async () => {
    const output = newOutput();
    expect(await reported(output, [logOf(50), evaluationOf(100)])).toEqual([]);
    expect(filesUnder(output)).toEqual([
      join(output, "runs", "2026-01-02_03-04-05", `events.out.tfevents.1767323045.${process.pid}.0`),
    ]);
    const [file] = filesUnder(output);
    expect(last(file!)).toMatchObject({
      "train/loss": 50,
      "eval/f1": 100,
      "eval/PER_f1": 100,
      "train/epoch": 100,
    });
  });

  it("of a resumed run are in the same folder, and have nothing of the steps before", async () => {
    const output = newOutput();
    await reported(output, [logOf(50), logOf(100), evaluationOf(100), logOf(150), logOf(200)]);
    // Stopped between the checkpoint of step 100 and the evaluation at that step, which is repeated.
    await reported(output, [evaluationOf(100), logOf(150)], { resumedAt: 100 });
    const [first, second, ...others] = filesUnder(output);
    expect(others).toEqual([]);
    expect(dirname(second!)).toBe(dirname(first!));
    expect(last(second!)).toEqual({
      "train/loss": 150,
      "train/grad_norm": 150,
      "train/learning_rate": 150,
      "train/epoch": 150,
    });
  });

  it("of two runs are never in one folder", async () => {
    const logs = join(folder, "logs");
    await reported(newOutput(), [logOf(50)], { logs });
    await reported(newOutput(), [logOf(50)], { logs });
    await reported(newOutput(), [logOf(50)], { logs });
    expect(new Set(filesUnder(logs).map(dirname)).size).toBe(3);
    const output = newOutput();
    await reported(output, [logOf(50)]);
    await reported(output, [logOf(50)]);
    expect(new Set(filesUnder(output).map(dirname)).size).toBe(2);
  });

  it("that cannot be written become one warning", async () => {
    const output = newOutput();
    writeFileSync(join(output, "runs"), "a file where a folder should be");
    const warnings = await reported(output, [logOf(50), logOf(100)]);
    expect(warnings).toEqual([
      {
        code: "TENSORBOARD_FAILED",
        message: expect.stringMatching(/^Nothing more is written for TensorBoard: /),
      },
    ]);
  });

  it.skipIf(python === undefined)(
    "are read by TensorBoard, each step once (needs NERIUM_PYTHON)",
    async () => {
      const output = newOutput();
      await reported(output, [logOf(50), logOf(100), evaluationOf(100), logOf(150), evaluationOf(200)]);
      await reported(output, [evaluationOf(100), logOf(150), evaluationOf(150, "test")], { resumedAt: 100 });
      const { scalars, tensors } = readByTensorBoard(dirname(filesUnder(output)[0]!));
      expect(scalars["train/loss"]).toEqual([50, 100, 150].map((step) => [step, Math.fround(1 / step)]));
      expect(scalars["eval/f1"]).toEqual([[100, Math.fround(0.91)]]);
      expect(scalars["eval/PER_number"]).toEqual([[100, 40]]);
      expect(scalars["test/f1"]).toEqual([[150, Math.fround(0.915)]]);
      expect(scalars["train/epoch"]).toEqual([
        [50, 0.5],
        [100, 1],
        [150, 1.5],
      ]);
      expect(JSON.parse(tensors["args/text_summary"]!)).toMatchObject({ learning_rate: 5e-5, report_to: [] });
    },
  );
});

describe("a run that reports to TensorBoard", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  beforeAll(async () => {
    tiny = await tinyModel();
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true }));

  it("has Trainer's figures, those of trainer_state.json, in its event file", async () => {
    const recipe = tiny.recipe({ reportTo: "tensorboard", loggingSteps: 3, test: tiny.files.test });
    await train(recipe).result();
    const [file] = filesUnder(recipe.output);
    const { log_history: logs } = JSON.parse(readFileSync(join(recipe.output, "trainer_state.json"), "utf8"));
    const tags = new Set(
      logs.flatMap((entry: object) =>
        Object.keys(entry)
          .filter((name) => name !== "step")
          .map((name) => (name.startsWith("eval_") ? `eval/${name.slice(5)}` : `train/${name}`)),
      ),
    );
    const written = Object.keys(last(file!)).filter((tag) => !/^test\/|\/[A-Z]+_/.test(tag));
    expect(written.sort()).toEqual([...tags].sort());
    expect(Object.keys(last(file!))).toContain("test/f1");
    if (python === undefined) return;
    const { scalars } = readByTensorBoard(dirname(file!));
    for (const { step, ...entry } of logs)
      for (const [name, value] of Object.entries(entry as Record<string, number>)) {
        const tag = name.startsWith("eval_") ? `eval/${name.slice(5)}` : `train/${name}`;
        const [, read] = scalars[tag]!.find(([at]) => at === step)!;
        // Speeds have more digits before the point than float32 leaves four after.
        if (value < 10) expect(fixed(read, 4), tag).toBe(fixed(value, 4));
        else expect(read, tag).toBe(Math.fround(value));
      }
  });

  it("writes no event file unless it is asked to", async () => {
    const recipe = tiny.recipe({ output: join(tiny.folder, "silent"), numTrainEpochs: 1 });
    await train(recipe).result();
    expect(existsSync(join(recipe.output, "runs"))).toBe(false);
    expect(existsSync(join(recipe.output, ".tensorboard.json"))).toBe(false);
  });
});
