import { expect, test } from "vitest";
import { driveRun, type TrainResult } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";

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
  expect(messages(await all(run))).toEqual(["1", "2", "3"]);
});

test("listeners get events in order, and are awaited before the run goes on", async () => {
  const log: string[] = [];
  async function* events(): AsyncGenerator<TrainEvent, TrainResult> {
    yield notice("1");
    log.push("run goes on");
    return result;
  }
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push("slow listener done");
  };
  await driveRun(events, [slow, () => void log.push("second listener")]).result();
  expect(log).toEqual(["slow listener done", "second listener", "run goes on"]);
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

test("a failure reaches the iterator and the result", async () => {
  // biome-ignore lint/correctness/useYield: it fails before its first event
  async function* failing(): AsyncGenerator<TrainEvent, TrainResult> {
    throw new Error("bad data");
  }
  const run = driveRun(failing);
  await expect(all(run)).rejects.toThrow("bad data");
  await expect(run.result()).rejects.toThrow("bad data");
});
