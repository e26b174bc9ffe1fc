import { describe, expect, it } from "vitest";
import { full } from "../breadth.js";
import { READERS } from "./readers/index.js";
import { runCases } from "./runCases.js";
import { summaryText } from "./summary.js";

const SEED = 42;

/** Cases of each reader; `npm run fuzz` tries any number. */
const CASES = full ? 2000 : 200;

/** Every case reads to something that agrees with itself or is refused by name, in a second, in bounded memory. */
describe("mutated files end in a reading or a named error", () => {
  it.each(READERS)("$name", async ({ name, weight }) => {
    const cases = CASES * weight;
    const summary = await runCases({ reader: name, seed: SEED, from: 0, to: cases });
    const text = summaryText(name, summary);
    console.log(text);
    expect(summary.findings, text).toEqual([]);
    expect(summary.cases).toBe(cases);
    // Mutations that nothing survives, or everything, would test one side alone.
    expect(summary.read).toBeGreaterThan(cases / 50);
    expect(summary.read).toBeLessThan(cases / 2);
  });
});
