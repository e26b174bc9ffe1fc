import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAhead } from "../../src/infer/readAhead.js";

const atMost = (most: number) => ({ enough: (items: readonly unknown[]) => items.length >= most });

async function collected<T>(groups: AsyncIterable<T[]>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const group of groups) all.push(group);
  return all;
}

describe("reading ahead", () => {
  it("keeps every item, in order, in groups that are never empty or too large", async () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(pauses, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (waits, most, slow) => {
        async function* source() {
          for (const [index, wait] of waits.entries()) {
            for (let turn = 0; turn < wait; turn++) await setImmediate();
            yield index;
          }
        }
        const groups: number[][] = [];
        for await (const group of readAhead(source(), atMost(most))) {
          groups.push(group);
          if (slow) await setImmediate();
        }
        expect(groups.flat()).toEqual([...waits.keys()]);
        for (const group of groups) {
          expect(group.length).toBeGreaterThan(0);
          expect(group.length).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a consumer that takes its time holds the source up", async () => {
    let read = 0;
    function* source() {
      for (;;) yield read++;
    }
    const groups = readAhead(source(), atMost(10));
    await groups.next();
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect(read).toBeLessThanOrEqual(12);
    await groups.return();
  });

  it("a slow source is not waited for until a group is full", async () => {
    async function* source() {
      yield "first";
      await new Promise(() => {});
    }
    const groups = readAhead(source(), atMost(10));
    expect(await groups.next()).toEqual({ done: false, value: ["first"] });
    await groups.return();
  });

  it("items before an error come first, the error after them", async () => {
    async function* source() {
      yield 1;
      yield 2;
      throw new Error("broken pipe");
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const group of readAhead(source(), atMost(10))) seen.push(...group);
    })();
    await expect(reading).rejects.toThrow("broken pipe");
    expect(seen).toEqual([1, 2]);
  });

  it("a consumer that leaves closes the source", async () => {
    let closed = false;
    async function* source() {
      try {
        for (let index = 0; ; index++) yield index;
      } finally {
        closed = true;
      }
    }
    for await (const _ of readAhead(source(), atMost(3))) break;
    await setImmediate();
    expect(closed).toBe(true);
  });

  it("an aborted signal ends the wait for a source that says nothing", async () => {
    const controller = new AbortController();
    async function* source(): AsyncGenerator<number> {
      await new Promise(() => {});
    }
    const reading = collected(readAhead(source(), { ...atMost(3), signal: controller.signal }));
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
  });
});
