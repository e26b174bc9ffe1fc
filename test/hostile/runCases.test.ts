import { expect, it } from "vitest";
import { runCases } from "./runCases.js";

it("a reader that breaks, hangs, is slow, or brings its process down is found, and the cases after it run", async () => {
  const summary = await runCases({ reader: "faulty", seed: 1, from: 0, to: 12 }, { hangMs: 15_000 });
  const found = summary.findings.map(({ index, what }) => [
    index,
    what.split("\n", 1).join().replace(/\d+/g, "N"),
  ]);
  expect(found).toEqual([
    [1, "TypeError: no NeriumError"],
    [3, "took N ms"],
    [5, expect.stringContaining("ends the process (SIGABRT)")],
    [7, "hangs"],
    [9, "FAULTY: its where has N characters"],
    [11, "took N MiB of memory"],
  ]);
  expect(summary.cases).toBe(12);
  expect(summary.refused).toEqual({ FAULTY: 1 });
});
