/**
 * C3: runs that are killed by `kill -9`, during a save or at other times, end with the same bytes as a run
 * that is not killed.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { full } from "../../breadth.js";
import { compiledProgram, type Program } from "../../cli/program.js";
import { killRuns } from "./kills.js";

/** A few; `npm run test:long` kills by the hundred. */
const KILLS = full ? 16 : 6;

let program: Program;
beforeAll(() => {
  program = compiledProgram();
});
afterAll(() => program.remove());

test(`C3: ${KILLS} kills`, async () => {
  const { kills, whileSaving, beforeTheFirst, runs, lost } = await killRuns(program, {
    kills: KILLS,
    seed: 1,
  });
  expect(lost).toEqual([]);
  expect(kills).toBe(KILLS);
  expect(whileSaving).toBeGreaterThan(KILLS / 6);
  console.log(
    `C3: ${kills} kills, ${whileSaving} of them while a checkpoint was written and ${beforeTheFirst} before the first; ${runs} runs ended, 0 lost`,
  );
});
