/**
 * Commands that are killed by `kill -9` harm nothing of the user's and leave an output that is old or new. The
 * next run has the result of a run that was never killed, and removes everything that was left behind.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { full } from "../../breadth.js";
import { compiledProgram, type Program } from "../program.js";
import { countsText } from "./counts.js";
import { dataScenarios } from "./data.js";
import { killCommand } from "./killCommand.js";
import { modelScenarios } from "./models.js";

/** A few; `npm run test:long` kills by the hundred. */
const KILLS = full ? 12 : 1;

const models = await modelScenarios();
/** A quickstart trains for a minute. */
const scenarios = [...dataScenarios, ...models].filter(({ name }) => full || name !== "quickstart");

let program: Program;
beforeAll(() => {
  program = compiledProgram();
});
afterAll(async () => {
  program.remove();
  for (const { outside } of models) await outside?.stop();
});

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  "kills of %s",
  async (_, scenario) => {
    const counts = await killCommand(scenario, program, { kills: KILLS, seed: 1 });
    expect(counts.lost).toEqual([]);
    expect(counts.kills).toBe(KILLS);
    console.log(countsText(scenario.name, counts));
  },
);
