import { expect, it } from "vitest";
import { NativeBuffer } from "../../src/runtime/buffer.js";
import { trimHeap } from "../../src/runtime/trimHeap.js";

it.runIf(process.platform === "linux")("gives back what was freed, but not at every call", () => {
  const filled = () => {
    const blocks = Array.from({ length: 20_000 }, () => NativeBuffer.allocate(10_000));
    for (const block of blocks) block.bytes(0, 10_000).fill(1);
    // The last block stays, so that the heap cannot simply become shorter.
    for (const block of blocks.slice(0, -1)) block.free();
    return blocks.at(-1)!;
  };
  const drop = (now: number) => {
    const before = process.memoryUsage.rss();
    trimHeap(now);
    return before - process.memoryUsage.rss();
  };
  const kept = [filled()];
  expect(drop(0)).toBeGreaterThan(150e6);
  kept.push(filled());
  expect(drop(4000)).toBeLessThan(50e6);
  expect(drop(5000)).toBeGreaterThan(150e6);
  for (const block of kept) block.free();
});
