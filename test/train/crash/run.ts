// npm run test:crash -- [--kills N] [--seed S] [--bf16]: kills runs N times, at moments that depend on the seed. With --bf16
// they train in bf16, which needs OpenVINO and a processor that has it.
import { parseArgs } from "node:util";
import { compiledProgram } from "../../cli/program.js";
import { killRuns } from "./kills.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
    bf16: { type: "boolean", default: false },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed))
  throw new Error("--kills is a whole number from 1, --seed a whole number");

console.log(`${kills} kills, seed ${seed}${values.bf16 ? ", bf16" : ""}`);
const program = compiledProgram();
try {
  const counts = await killRuns(program, {
    kills,
    seed,
    bf16: values.bf16,
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
