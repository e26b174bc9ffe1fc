/** Batches of calls that overlap: what runs together, in which order, and what happens to calls that end early. */
import { describe, expect, it } from "vitest";
import { BatchQueue, type BatchReport, type CallReport } from "../../src/infer/batchQueue.js";
import type { Sequence } from "../../src/models/index.js";

/** A sequence of some tokens that all have the same id, with one labelled token. */
const sequence = (length: number, id = length): Sequence => ({
  ids: new Int32Array(length).fill(id),
  labelled: Int32Array.of(0),
});
const several = (count: number, length: number, id?: number) =>
  Array.from({ length: count }, () => sequence(length, id));

/** A queue whose batches end when the test says so. The result of a sequence is the id of its tokens. */
class TestQueue {
  /** The ids of each batch that was begun. */
  readonly batches: number[][] = [];
  readonly queue = new BatchQueue((batch) => {
    const ids = batch.map((sequence) => sequence.ids[0]!);
    this.batches.push(ids);
    return new Promise((resolve, reject) => {
      this.#end = (error) => (error ? reject(error) : resolve(ids.map((id) => Float32Array.of(id))));
    });
  });
  #end: ((error?: Error) => void) | undefined;

  async endBatch(error?: Error): Promise<void> {
    this.#end!(error);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Returns the results of a call, whose batches all succeed. */
  async values(call: Promise<readonly ArrayLike<number>[]>): Promise<number[]> {
    let hasEnded = false;
    const results = call.finally(() => {
      hasEnded = true;
    });
    while (!hasEnded) await this.endBatch();
    return (await results).map((logits) => logits[0]!);
  }
}

describe("a queue of batches", () => {
  it("runs a call alone shortest first, in batches of 1,024 padded tokens, and returns the results in order", async () => {
    const test = new TestQueue();
    const call = test.queue.add([sequence(400), sequence(300), sequence(600), sequence(200)]);
    expect(await test.values(call)).toEqual([400, 300, 600, 200]);
    expect(test.batches).toEqual([[200, 300], [400], [600]]);
  });

  it("runs what waits together in one batch, whatever call it is from", async () => {
    const test = new TestQueue();
    const running = test.queue.add(several(1, 30, 1));
    const waiting = [2, 3, 4].map((id) => test.queue.add(several(2, 30, id)));
    expect(await test.values(running)).toEqual([1]);
    for (const [index, call] of waiting.entries())
      expect(await test.values(call)).toEqual([index + 2, index + 2]);
    expect(test.batches).toEqual([[1], [2, 2, 3, 3, 4, 4]]);
  });

  it("lets a short call wait for one batch of a long one only, and does not pad it to the long sequences", async () => {
    const test = new TestQueue();
    const book = test.queue.add(several(10, 512, 1));
    const short = test.queue.add(several(1, 20, 2));
    const other = test.queue.add(several(1, 25, 3));
    await test.endBatch();
    expect(test.batches).toEqual([
      [1, 1],
      [2, 3],
    ]);
    expect(await test.values(short)).toEqual([2]);
    expect(await test.values(other)).toEqual([3]);
    expect(await test.values(book)).toHaveLength(10);
  });

  it("serves two long calls in turns", async () => {
    const test = new TestQueue();
    const calls = [test.queue.add(several(4, 512, 1)), test.queue.add(several(4, 512, 2))];
    for (const call of calls) await test.values(call);
    expect(test.batches.map((batch) => batch[0])).toEqual([1, 2, 1, 2]);
  });

  it("lets a long call have its turn while short calls keep coming", async () => {
    const test = new TestQueue();
    const long = test.queue.add(several(6, 512, 1));
    const shorts: Promise<readonly ArrayLike<number>[]>[] = [];
    for (let id = 2; id < 6; id++) {
      shorts.push(test.queue.add(several(40, 20, id)));
      await test.endBatch();
    }
    expect(test.batches.map((batch) => batch[0])).toEqual([1, 2, 1, 3, 1]);
    for (const call of [...shorts, long]) await test.values(call);
  });

  it("tells what waits, each batch, and how long a call waited and ran", async () => {
    const test = new TestQueue();
    const batches: BatchReport[] = [];
    const stop = test.queue.onBatch((report) => batches.push(report));
    const reports: CallReport[] = [];
    const onReport = (report: CallReport) => reports.push(report);
    const call = test.queue.add([sequence(600), sequence(500), sequence(400)], { onReport });
    const failing = test.queue.add(several(1, 450, 7), { onReport });
    const caught = Promise.allSettled([failing]);
    expect(test.queue.waiting).toEqual({ sequences: 2, tokens: 1050 });
    await test.endBatch();
    expect(test.queue.waiting).toEqual({ sequences: 1, tokens: 600 });
    await test.endBatch(new Error("no memory"));
    await caught;
    stop();
    await test.values(call);
    expect(batches).toMatchObject([
      { sequences: 2, tokens: 900, error: undefined },
      { sequences: 1, tokens: 450, error: { message: "no memory" } },
    ]);
    for (const { seconds } of batches) expect(seconds).toBeGreaterThan(0);
    expect(reports).toMatchObject([{ tokens: 1500 }]);
    const fine = test.queue.add([sequence(30), sequence(20)], { onReport });
    await test.values(fine);
    expect(reports).toMatchObject([{ tokens: 1500 }, { tokens: 50 }]);
    for (const { waitedSeconds, ranSeconds } of reports) {
      expect(waitedSeconds).toBeGreaterThanOrEqual(0);
      expect(ranSeconds).toBeGreaterThan(0);
    }
    expect(batches).toHaveLength(2);
    expect(test.queue.waiting).toEqual({ sequences: 0, tokens: 0 });
  });

  it("tells each call its own progress", async () => {
    const test = new TestQueue();
    const done: number[] = [];
    const call = test.queue.add(several(5, 512, 1), { onProgress: (count) => done.push(count) });
    await test.values(call);
    expect(done).toEqual([2, 4, 5]);
  });

  it("fails the calls of a batch that fails, and no other", async () => {
    const test = new TestQueue();
    const failing = [test.queue.add(several(3, 512, 1))];
    const waiting = test.queue.add(several(1, 20, 2));
    const caught = Promise.allSettled(failing);
    await test.endBatch(new Error("out of memory"));
    expect(await caught).toMatchObject([{ status: "rejected", reason: { message: "out of memory" } }]);
    expect(await test.values(waiting)).toEqual([2]);
    expect(test.batches).toEqual([[1, 1], [2]]);
  });

  it("drops what waits of a call that is aborted at once, and what runs after its batch", async () => {
    const test = new TestQueue();
    const [gone, leaves] = [new AbortController(), new AbortController()];
    const running = test.queue.add(several(3, 512, 1), { signal: leaves.signal });
    const waiting = test.queue.add(several(3, 20, 2), { signal: gone.signal });
    const caught = Promise.allSettled([waiting]);
    gone.abort(new Error("gone"));
    expect(await caught).toMatchObject([{ reason: { message: "gone" } }]);
    let hasLeft = false;
    const left = running.catch((error: Error) => {
      hasLeft = true;
      return error.message;
    });
    leaves.abort(new Error("left"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasLeft).toBe(false);
    await test.endBatch();
    expect(await left).toBe("left");
    expect(test.batches).toEqual([[1, 1]]);
    await test.queue.idle();
  });

  it("fails a call whose listener throws", async () => {
    const test = new TestQueue();
    const onProgress = () => {
      throw new Error("listener");
    };
    const caught = Promise.allSettled([test.queue.add(several(1, 20), { onProgress })]);
    await test.endBatch();
    expect(await caught).toMatchObject([{ reason: { message: "listener" } }]);
  });

  it("runs a call that comes just when the last batch has ended", async () => {
    const test = new TestQueue();
    let late: Promise<readonly ArrayLike<number>[]> | undefined;
    const onProgress = () =>
      queueMicrotask(() => {
        late = test.queue.add(several(1, 20, 2));
      });
    expect(await test.values(test.queue.add(several(1, 20, 1), { onProgress }))).toEqual([1]);
    expect(test.batches).toEqual([[1], [2]]);
    expect(await test.values(late!)).toEqual([2]);
  });

  it("runs nothing for sequences without labelled tokens", async () => {
    const test = new TestQueue();
    const results = await test.queue.add([{ ids: new Int32Array(3), labelled: new Int32Array(0) }]);
    expect(results).toEqual([new Float32Array(0)]);
    expect(test.batches).toEqual([]);
  });

  it("is idle when no batch runs and none waits", async () => {
    const test = new TestQueue();
    const call = test.queue.add(several(3, 512, 1));
    let isIdle = false;
    const idle = test.queue.idle().then(() => {
      isIdle = true;
    });
    await test.endBatch();
    expect(isIdle).toBe(false);
    await test.values(call);
    await idle;
  });
});
