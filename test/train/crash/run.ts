// npm run test:crash -- [--kills N] [--seed S]: kills runs N times, at moments that depend on the seed.
import { parseArgs } from "node:util";
import { compiledProgram } from "../../cli/program.js";
import { killRuns } from "./kills.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed))
  throw new Error("--kills is a whole number from 1, --seed a whole number");

console.log(`${kills} kills, seed ${seed}`);
const program = compiledProgram();
try {
  const counts = await killRuns(program, {
    kills,
    seed,
    onKill: (now) => {
      if (now.kills % 20 === 0)
        console.log(`${now.kills} kills, ${now.runs} runs ended, ${now.lost.length} lost`);
    },
  });
  console.log(
    `C3: ${counts.kills} kills, ${counts.whileSaving} of them while a checkpoint was written and ${counts.beforeTheFirst} before the first; ${counts.runs} runs ended, ${counts.lost.length} lost`,
  );
  for (const each of counts.lost) console.log(each);
  process.exitCode = counts.lost.length === 0 ? 0 : 1;
} finally {
  program.remove();
}
