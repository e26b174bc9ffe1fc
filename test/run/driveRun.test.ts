import { expect, test, vi } from "vitest";
import { NeriumError } from "../../src/errors.js";
import { driveRun, type TrainResult } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";

const figures = { epoch: 1, loss: 1, gradNorm: 1, learningRate: 1 };
const stepOf = (step: number): TrainEvent => ({
  type: "step",
  step,
  ...figures,
  tokens: 1,
  seconds: 1,
  memory: 1,
});
const notice = (message: string): TrainEvent => ({ type: "notice", code: "N", message });
const result: TrainResult = {
  folder: "out",
  reason: "finished",
  metrics: undefined,
  testMetrics: undefined,
  steps: 3,
  tokens: 30,
  seconds: 1,
  fingerprint: { model: "", tokenizer: "", train: "", validation: null, test: null },
};
async function* three(): AsyncGenerator<TrainEvent, TrainResult> {
  for (const message of ["1", "2", "3"]) yield notice(message);
  return result;
}
const failingAfter = (event: TrainEvent, error: unknown) =>
  async function* (): AsyncGenerator<TrainEvent, TrainResult> {
    yield event;
    throw error;
  };
const messages = (events: readonly TrainEvent[]) =>
  events.map((event) => ("message" in event ? event.message : ""));

async function all(run: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

test("a run goes on to its result when nobody iterates", async () => {
  expect(await driveRun(three).result()).toBe(result);
});

test("an iterator sees every event from the first on, also when it comes late", async () => {
  const run = driveRun(three);
  await run.result();
  expect(messages(await all(run))).toEqual(["1", "2", "3", ""]);
});

test("what passes is told to iterators that are there, and not to one that comes late", async () => {
  async function* events(): AsyncGenerator<TrainEvent, TrainResult> {
    yield stepOf(1);
    yield { type: "evaluation-progress", split: "validation", done: 1, total: 2 };
    yield { type: "download", name: "m", file: "f", done: 1, total: 2 };
    yield { type: "log", step: 1, ...figures };
    told();
    await asked;
    yield stepOf(2);
    yield { type: "log", step: 2, ...figures };
    return result;
  }
  const signal = () => {
    let give = () => {};
    const given = new Promise<void>((resolve) => {
      give = resolve;
    });
    return [give, given] as const;
  };
  const [ask, asked] = signal();
  const [told, allTold] = signal();
  const run = driveRun(events);
  const early = all(run);
  await allTold;
  const late = all(run);
  ask();
  const [first, second] = [await early, await late].map((seen) => seen.map(({ type }) => type));
  expect(first).toEqual(["step", "evaluation-progress", "download", "log", "step", "log", "closed"]);
  expect(second).toEqual(["log", "step", "log", "closed"]);
});

test("listeners get events in order, and are awaited before the run goes on", async () => {
  const log: string[] = [];
  async function* events(): AsyncGenerator<TrainEvent, TrainResult> {
    yield notice("1");
    log.push("run goes on");
    return result;
  }
  const slow = async ({ type }: TrainEvent) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push(`slow listener: ${type}`);
  };
  await driveRun(events, [slow, ({ type }) => void log.push(`second listener: ${type}`)]).result();
  expect(log).toEqual([
    ...["slow listener: notice", "second listener: notice"],
    "run goes on",
    ...["slow listener: closed", "second listener: closed"],
  ]);
});

test("every listener has an event before it is told that another one failed at it", async () => {
  const logs: string[][] = [[], [], []];
  const failing = (log: string[], at: string) => (event: TrainEvent) => {
    log.push("message" in event ? event.message : event.type);
    if (log.at(-1) === at) throw new Error(`${at} is too much`);
  };
  const run = driveRun(three, [
    failing(logs[0]!, "1"),
    failing(logs[1]!, "1"),
    failing(logs[2]!, ""),
    (event) => {
      if (event.type === "warning") throw new Error("no warnings please");
    },
  ]);
  const warning = (event: string, why: string) =>
    `A listener failed on the event ${event} and gets no more events: Error: ${why}`;
  const told = [
    "1",
    warning("notice", "1 is too much"),
    warning("notice", "1 is too much"),
    warning("warning", "no warnings please"),
    ...["2", "3", "closed"],
  ];
  const iterated = (await all(run)).map((event) => ("message" in event ? event.message : event.type));
  expect(logs).toEqual([["1"], ["1"], told]);
  expect(iterated).toEqual(told);
});

test("a listener that throws is reported once and detached, and the run goes on", async () => {
  let calls = 0;
  const seen: TrainEvent[] = [];
  const bad = () => {
    calls++;
    throw new Error("no disk");
  };
  const run = driveRun(three, [bad, (event) => void seen.push(event)]);
  expect(await run.result()).toBe(result);
  expect(calls).toBe(1);
  expect(messages(seen).filter((message) => message.includes("no disk"))).toHaveLength(1);
  expect(messages(seen).filter((message) => /^[123]$/.test(message))).toEqual(["1", "2", "3"]);
});

test("leaving the loop early stops the run, and so does stop()", async () => {
  async function* endless(signal: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
    for (let n = 0; !signal.aborted; n++) {
      yield notice(String(n));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { ...result, reason: "stopped" };
  }
  const left = driveRun(endless);
  for await (const _ of left) break;
  expect((await left.result()).reason).toBe("stopped");
  const stopped = driveRun(endless);
  stopped.stop();
  expect((await stopped.result()).reason).toBe("stopped");
  const aborted = driveRun(endless, [], AbortSignal.timeout(10));
  expect((await aborted.result()).reason).toBe("stopped");
});

test("the last event of a run that finishes or is stopped is that it is closed", async () => {
  expect((await all(driveRun(three))).map(({ type }) => type)).toEqual([
    ...["notice", "notice", "notice", "closed"],
  ]);
  async function* stopped(signal: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
    yield notice(String(signal.aborted));
    return { ...result, reason: "stopped" };
  }
  const run = driveRun(stopped, [], AbortSignal.abort());
  expect(await all(run)).toEqual([notice("true"), { type: "closed" }]);
});

test("a run that fails says so with its code and the last step, then closes", async () => {
  const run = driveRun(
    failingAfter(stepOf(7), new NeriumError("DISK_FULL", "No room", { remedy: "Make room." })),
  );
  const events: TrainEvent[] = [];
  await expect(async () => {
    for await (const event of run) events.push(event);
  }).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(events.slice(1)).toEqual([
    { type: "failed", code: "DISK_FULL", message: "No room", step: 7 },
    { type: "closed" },
  ]);
  await expect(run.result()).rejects.toMatchObject({ code: "DISK_FULL", remedy: "Make room." });
  expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  const late: TrainEvent[] = [];
  await expect(async () => {
    for await (const event of run) late.push(event);
  }).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(late).toEqual(events.slice(1));
});

test.each([
  ["of no Nerium", new Error("defect"), { message: "defect" }],
  ["that is no error at all", "thrown", { message: "thrown" }],
])("an error %s has a message and no code", async (_, error, told) => {
  const events: TrainEvent[] = [];
  const run = driveRun(failingAfter(notice("1"), error), [(event) => void events.push(event)]);
  await expect(run.result()).rejects.toBe(error);
  expect(events).toEqual([notice("1"), { type: "failed", ...told }, { type: "closed" }]);
});

test("the result waits for listeners of the last event", async () => {
  let written = false;
  const slow = async ({ type }: TrainEvent) => {
    if (type !== "closed") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
    written = true;
  };
  await driveRun(three, [slow]).result();
  expect(written).toBe(true);
});

test.each(["failed", "closed"])("a listener that throws at %s hides neither error nor end", async (type) => {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const error = new Error("bad data");
  const events: TrainEvent[] = [];
  const bad = (event: TrainEvent) => {
    if (event.type === type) throw new Error("no disk");
  };
  const run = driveRun(failingAfter(notice("1"), error), [bad, (event) => void events.push(event)]);
  await expect(run.result()).rejects.toBe(error);
  const emitted = emit.mock.calls;
  emit.mockRestore();
  const code = "TRAIN_LISTENER_FAILED";
  const message = `A listener failed on the event ${type} and gets no more events: Error: no disk`;
  const warning = { type: "warning", code, message };
  const failed = { type: "failed", message: "bad data" };
  const closed = { type: "closed" };
  // Nothing follows `closed`, so what fails there is told by the process.
  const [told, byProcess] =
    type === "failed"
      ? [[notice("1"), failed, warning, closed], []]
      : [[notice("1"), failed, closed], [[message, { code }]]];
  expect(events).toEqual(told);
  expect(emitted).toEqual(byProcess);
});

test("a failure reaches the iterator and the result", async () => {
  // biome-ignore lint/correctness/useYield: it fails before its first event
  async function* failing(): AsyncGenerator<TrainEvent, TrainResult> {
    throw new Error("bad data");
  }
  const run = driveRun(failing);
  await expect(all(run)).rejects.toThrow("bad data");
  await expect(run.result()).rejects.toThrow("bad data");
});
