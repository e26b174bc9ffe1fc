import { expect, test } from "vitest";
import { runCases } from "../hostile/runCases.js";
import { summaryText } from "../hostile/summary.js";

const CASES = 20_000;

test(`${CASES} mutated files are read with tensors that agree with the file, or refused by name`, async () => {
  const summary = await runCases({ reader: "torchFile", seed: 7, from: 0, to: CASES });
  const text = summaryText("torchFile", summary);
  console.log(text);
  expect(summary.findings, text).toEqual([]);
  expect(summary.cases).toBe(CASES);
  expect(summary.read).toBeGreaterThan(CASES / 50);
  expect(summary.read).toBeLessThan(CASES / 2);
});
