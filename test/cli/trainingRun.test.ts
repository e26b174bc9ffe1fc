import { describe, expect, it } from "vitest";
import { resultJson, shellWord, toldRun } from "../../src/cli/trainingRun.js";
import { driveRun } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";
import { recordedResult, recordedRun } from "./recordedRun.js";
import { shownBy, testIo } from "./testIo.js";

/** Starts the recorded run, or as much of it as there is before a stop. */
const recorded =
  (events: readonly TrainEvent[] = recordedRun, onEvent: (event: TrainEvent) => void = () => {}) =>
  ({ listeners }: { listeners: readonly ((event: TrainEvent) => void | Promise<void>)[] }) =>
    driveRun(async function* (signal) {
      for (const event of events) {
        if (signal.aborted) return { ...recordedResult, reason: "stopped" as const };
        onEvent(event);
        yield event;
      }
      return recordedResult;
    }, listeners);

describe("a training run in a log", () => {
  it("is plain lines: start, log records, evaluations, saves, reports, folder", async () => {
    const { io, stdout, stderr } = testIo();
    await toldRun(io, {}, recorded());
    expect(stderr.text).toBe("");
    expect(stdout.text).toMatchInlineSnapshot(`
      "warning: fp16 has no effect [RECIPE_NO_EFFECT]
      note: New head for 5 labels.
      model      bert-base-cased, 108 M parameters, 20,101 of 28,996 word embeddings used
      sentences  24 for training, 3,250 for validation, 3,453 for testing
      labels     B-LOC B-PER I-LOC I-PER O
      steps      6 of 8 sentences each, 2 epochs, 2 threads
      rate       5e-5, linear, seed 42

      step 2/6  epoch 0.67/2  loss 1.5000  lr 4.17e-5  32 tokens/s  1:40 left  1.9 GB
      step 3/6  epoch 1/2  loss 1.5000  lr 3.33e-5  32 tokens/s  1:15 left  1.9 GB
      validation at step 3, epoch 1: loss 0.0500, train loss 1.5000, precision 0.9100, recall 0.9100, F1 0.9100 (seqeval default), 0.9090 (strict), accuracy 0.9900, 3,250 sentences in 10 s
      saved my-model/checkpoint-3 (checkpoint)
      step 4/6  epoch 1.33/2  loss 1.5000  lr 2.5e-5  32 tokens/s  55 s left  1.9 GB
      step 5/6  epoch 1.67/2  loss 1.2500  lr 1.67e-5  32 tokens/s  27 s left  1.9 GB
      step 6/6  epoch 2/2  loss 1.5000  lr 8.33e-6  32 tokens/s  0 s left  1.9 GB
      validation at step 6, epoch 2: loss 0.0500, train loss 0.7500, precision 0.9400, recall 0.9400, F1 0.9400 (seqeval default), 0.9390 (strict), accuracy 0.9900, 3,250 sentences in 10 s
      test at step 6, epoch 2: loss 0.0500, precision 0.9000, recall 0.9000, F1 0.9000 (seqeval default), 0.8990 (strict), accuracy 0.9900, 3,250 sentences in 10 s
      saved my-model (last)

      Validation scores of the model at step 6, epoch 2
                    seqeval, default mode                     seqeval, strict mode, IOB2
                    precision    recall  f1-score   support   precision    recall  f1-score   support

               LOC     0.9400    0.9400    0.9400       100      0.9390    0.9390    0.9390       100
               PER     0.9400    0.9400    0.9400       200      0.9390    0.9390    0.9390       200

         micro avg     0.9400    0.9400    0.9400       300      0.9390    0.9390    0.9390       300
         macro avg     0.9400    0.9400    0.9400       300      0.9390    0.9390    0.9390       300
      weighted avg     0.9400    0.9400    0.9400       300      0.9390    0.9390    0.9390       300
          accuracy     0.9900

      Test scores of the model at step 6, epoch 2
                    seqeval, default mode                     seqeval, strict mode, IOB2
                    precision    recall  f1-score   support   precision    recall  f1-score   support

               LOC     0.9000    0.9000    0.9000       100      0.8990    0.8990    0.8990       100
               PER     0.9000    0.9000    0.9000       200      0.8990    0.8990    0.8990       200

         micro avg     0.9000    0.9000    0.9000       300      0.8990    0.8990    0.8990       300
         macro avg     0.9000    0.9000    0.9000       300      0.8990    0.8990    0.8990       300
      weighted avg     0.9000    0.9000    0.9000       300      0.8990    0.8990    0.8990       300
          accuracy     0.9900

      finished: 6 steps in 3:05, peak memory 1.9 GB
      model  my-model
      card   my-model/README.md
      "
    `);
  });

  it("has no control characters", async () => {
    const { io, stdout } = testIo();
    await toldRun(io, {}, recorded());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(stdout.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("gets a line a minute where logging_steps asks for fewer", async () => {
    const { io, stdout } = testIo();
    const steps = recordedRun.filter(({ type }) => type === "start" || type === "step");
    const rare = steps.map((event) =>
      event.type === "start" ? { ...event, recipe: { ...event.recipe, loggingSteps: 500 } } : event,
    );
    await toldRun(io, {}, recorded(rare));
    expect(stdout.text.split("\n").filter((line) => line.startsWith("step "))).toHaveLength(2);
  });
});

describe("a training run in a terminal", () => {
  it("is a table of evaluations above one status line, then reports", async () => {
    const { io, stdout } = testIo({ columns: 80 });
    await toldRun(io, {}, recorded());
    expect(shownBy(stdout.text).join("\n")).toMatchInlineSnapshot(`
      "warning: fp16 has no effect [RECIPE_NO_EFFECT]
      note: New head for 5 labels.
      model      bert-base-cased, 108 M parameters, 20,101 of 28,996 word
                 embeddings used
      sentences  24 for training, 3,250 for validation, 3,453 for testing
      labels     B-LOC B-PER I-LOC I-PER O
      steps      6 of 8 sentences each, 2 epochs, 2 threads
      rate       5e-5, linear, seed 42

      Epoch    Step Train loss   Loss Precision Recall     F1 F1 strict Accuracy
          1       3     1.5000 0.0500    0.9100 0.9100 0.9100    0.9090   0.9900
          2       6     0.7500 0.0500    0.9400 0.9400 0.9400    0.9390   0.9900

      Validation scores of the model at step 6, epoch 2
      seqeval, default mode
                    precision    recall  f1-score   support

               LOC     0.9400    0.9400    0.9400       100
               PER     0.9400    0.9400    0.9400       200

         micro avg     0.9400    0.9400    0.9400       300
         macro avg     0.9400    0.9400    0.9400       300
      weighted avg     0.9400    0.9400    0.9400       300

      seqeval, strict mode, IOB2
                    precision    recall  f1-score   support

               LOC     0.9390    0.9390    0.9390       100
               PER     0.9390    0.9390    0.9390       200

         micro avg     0.9390    0.9390    0.9390       300
         macro avg     0.9390    0.9390    0.9390       300
      weighted avg     0.9390    0.9390    0.9390       300

      accuracy 0.9900

      Test scores of the model at step 6, epoch 2
      seqeval, default mode
                    precision    recall  f1-score   support

               LOC     0.9000    0.9000    0.9000       100
               PER     0.9000    0.9000    0.9000       200

         micro avg     0.9000    0.9000    0.9000       300
         macro avg     0.9000    0.9000    0.9000       300
      weighted avg     0.9000    0.9000    0.9000       300

      seqeval, strict mode, IOB2
                    precision    recall  f1-score   support

               LOC     0.8990    0.8990    0.8990       100
               PER     0.8990    0.8990    0.8990       200

         micro avg     0.8990    0.8990    0.8990       300
         macro avg     0.8990    0.8990    0.8990       300
      weighted avg     0.8990    0.8990    0.8990       300

      accuracy 0.9900

      finished: 6 steps in 3:05, peak memory 1.9 GB
      model  my-model
      card   my-model/README.md
      "
    `);
  });

  it.each([40, 80, 120])("the table is never wider than %i cells", async (columns) => {
    const { io, stdout } = testIo({ columns });
    await toldRun(io, {}, recorded());
    const rows = shownBy(stdout.text).filter((line) => /^ *(Epoch|\d)\b.*(F1|0\.9)/.test(line));
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  });

  it("leaves no status line behind, also where the run fails", async () => {
    const { io, stdout } = testIo({ columns: 80 });
    const failing = recorded(recordedRun, ({ type }) => {
      if (type === "evaluation") throw new Error("the disk is full");
    });
    await expect(toldRun(io, {}, failing)).rejects.toThrow("the disk is full");
    expect(shownBy(stdout.text).at(-1)).toBe("");
  });

  it("is a log without control sequences where the terminal is dumb", async () => {
    const { io, stdout } = testIo({ columns: 80, env: { TERM: "dumb" } });
    await toldRun(io, {}, recorded());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(stdout.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(stdout.text).toContain("\nstep 2/6  epoch 0.67/2");
  });

  it("has a status line without colours with NO_COLOR", async () => {
    const { io, stdout } = testIo({ columns: 80, env: { NO_COLOR: "1", FORCE_COLOR: "1" } });
    await toldRun(io, {}, recorded());
    expect(stdout.text).toContain("\r\u001b[2K");
    expect(stdout.text).not.toContain("\u001b[3");
  });

  it("is a log with colours in a pipe with FORCE_COLOR", async () => {
    const { io, stdout } = testIo({ env: { FORCE_COLOR: "1" } });
    await toldRun(io, {}, recorded());
    expect(stdout.text).toContain("\u001b[33mwarning:\u001b[39m fp16 has no effect");
    expect(stdout.text).not.toContain("\r");
  });

  it("fits 60 cells, long warnings too", async () => {
    const message =
      "hub_strategy has no effect: the finished model is uploaded once, at the end (--hub-strategy)";
    const warned: TrainEvent[] = [{ type: "warning", code: "RECIPE_NO_EFFECT", message }, ...recordedRun];
    const { io, stdout } = testIo({ columns: 60 });
    await toldRun(io, {}, recorded(warned));
    const lines = shownBy(stdout.text);
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(lines.slice(0, 3)).toEqual([
      "warning: hub_strategy has no effect: the finished model is",
      "  uploaded once, at the end (--hub-strategy)",
      "  [RECIPE_NO_EFFECT]",
    ]);
  });

  it.each([
    ["a terminal", { columns: 80 }, true],
    ["NO_COLOR in a terminal", { columns: 80, env: { NO_COLOR: "1" } }, false],
    ["a dumb terminal", { columns: 80, env: { TERM: "dumb" } }, false],
    ["FORCE_COLOR in a log", { env: { FORCE_COLOR: "1" } }, true],
    ["FORCE_COLOR=0 in a terminal", { columns: 80, env: { FORCE_COLOR: "0" } }, false],
    ["a log", {}, false],
  ])("colours: %s", async (_, options, coloured) => {
    const { io, stdout } = testIo(options);
    await toldRun(io, {}, recorded());
    expect(stdout.text.includes("\u001b[33mwarning:")).toBe(coloured);
  });
});

describe("an interrupted run", () => {
  it("stops cleanly, says so, and tells what was saved", async () => {
    const { io, stdout, interrupt } = testIo();
    const stopping = recorded(recordedRun, (event) => {
      if (event.type === "step" && event.step === 2) interrupt();
    });
    const { result } = await toldRun(io, {}, stopping);
    expect(result.reason).toBe("stopped");
    expect(stdout.text).toContain(
      "Stopping after this step and saving. Press Ctrl-C again to quit immediately.",
    );
    expect(stdout.text).toContain("stopped on request, progress saved: ");
    expect(stdout.text).not.toContain("step 3/6");
  });
});

describe("a quiet run", () => {
  it("prints only warnings, on standard error", async () => {
    const { io, stdout, stderr } = testIo();
    await toldRun(io, { quiet: true }, recorded());
    expect(stdout.text).toBe("");
    expect(stderr.text).toBe("warning: fp16 has no effect [RECIPE_NO_EFFECT]\n");
  });
});

describe("a run with --json", () => {
  it("is told on standard error, and its result has every field", async () => {
    const { io, stdout, stderr } = testIo();
    const { result } = await toldRun(io, { json: true }, recorded());
    expect(stdout.text).toBe("");
    expect(stderr.text).toContain("finished: 6 steps in 3:05");
    expect(resultJson({ ...result, testMetrics: undefined })).toEqual({
      ...recordedResult,
      testMetrics: null,
    });
  });
});

describe("a folder in a command to copy", () => {
  it("is quoted where a shell would take it apart", () => {
    expect(shellWord("my-model/v1")).toBe("my-model/v1");
    expect(shellWord("my model's")).toBe("'my model'\\''s'");
  });
});
