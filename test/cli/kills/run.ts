// npm run test:kills -- [--kills N] [--seed S] [--only TEXT]: kills each command that writes N times, at moments that
// depend on the seed. --only: the commands whose names contain this text.
import { parseArgs } from "node:util";
import { compiledProgram } from "../program.js";
import { countsText } from "./counts.js";
import { dataScenarios } from "./data.js";
import { killCommand } from "./killCommand.js";
import { modelScenarios } from "./models.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
    only: { type: "string", default: "" },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed))
  throw new Error("--kills is a whole number from 1, --seed a whole number");

console.log(`${kills} kills of each command, seed ${seed}`);
const program = compiledProgram();
const models = await modelScenarios();
let lost = 0;
try {
  for (const scenario of [...dataScenarios, ...models]) {
    if (!scenario.name.includes(values.only)) continue;
    const counts = await killCommand(scenario, program, {
      kills,
      seed,
      onKill(now) {
        if (now.kills % 20 === 0)
          console.log(`  ${scenario.name}: ${now.kills} kills, ${now.lost.length} wrong`);
      },
    });
    console.log(countsText(scenario.name, counts));
    for (const each of counts.lost) console.log(`  ${each}`);
    lost += counts.lost.length;
  }
} finally {
  program.remove();
  for (const { outside } of models) await outside?.stop();
}
process.exitCode = lost === 0 ? 0 : 1;
