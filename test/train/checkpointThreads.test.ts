/**
 * Checkpoints with three large files each (weights, optimizer state, average) share buffers and hashing
 * threads. The threads end when they are no longer used.
 */
import { rmSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
import { train } from "../../src/train/index.js";
import { tinyModel } from "./tinyModel.js";

/** The number of buffers ever created, and the running threads. */
const made = vi.hoisted(() => ({ buffers: 0, threads: new Set<unknown>() }));

vi.mock("node:worker_threads", async (original) => {
  const module = await original<typeof import("node:worker_threads")>();
  class Counted extends module.Worker {
    constructor(...given: ConstructorParameters<typeof module.Worker>) {
      super(...given);
      made.threads.add(this);
      this.once("exit", () => made.threads.delete(this));
    }
  }
  return { ...module, Worker: Counted };
});

interface Memories {
  Memory: new (...given: never[]) => object;
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Memories };
const { Memory: Original } = wasm;
wasm.Memory = class extends Original {
  constructor(...given: never[]) {
    super(...given);
    made.buffers++;
  }
};

const tiny = await tinyModel({ hidden_size: 192, intermediate_size: 768, num_hidden_layers: 3 });
afterAll(() => {
  vi.useRealTimers();
  rmSync(tiny.folder, { recursive: true });
});

test("threads and buffers are as many after many checkpoints as after one, and none a minute later", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  const recipe = tiny.recipe({
    emaDecay: 0.9,
    perDeviceTrainBatchSize: 4,
    saveStrategy: "steps",
    saveSteps: 1,
    evalStrategy: "steps",
    evalSteps: 100,
    maxSteps: 6,
  });
  const threads: number[] = [];
  for await (const event of train(recipe)) if (event.type === "save") threads.push(made.threads.size);
  expect(threads).toHaveLength(7);
  expect(Math.max(...threads)).toBe(3);
  expect(made.buffers).toBe(6);
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(made.threads.size).toBe(0), { timeout: 300_000 });
});
