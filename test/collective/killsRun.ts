// npm run test:ranks -- [--kills N] [--processes P] [--seed S]: kills a random process of runs that mpiexec started, N times,
// at moments that depend on the seed.
import { parseArgs } from "node:util";
import { compiledProgram } from "../cli/program.js";
import { killRanks } from "./kills.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    processes: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const [kills, processes, seed] = [values.kills, values.processes, values.seed].map(Number) as [
  number,
  number,
  number,
];
console.log(`${kills} kills of runs with ${processes} processes, seed ${seed}`);
const program = compiledProgram();
try {
  const counts = await killRanks(program, {
    kills,
    seed,
    processes,
    onKill: (now) => {
      if (now.kills % 10 === 0)
        console.log(`${now.kills} kills, ${now.runs} runs ended, ${now.lost.length} lost`);
    },
  });
  const { whileTraining, told, slowest, runs, lost, ofRank } = counts;
  console.log(
    `${counts.kills} kills (by process: ${ofRank.join(", ")}), ${runs} runs ended, ${lost.length} lost; the others ended within ${slowest.toFixed(0)} ms, and of ${whileTraining} kills while training they told ${told} before the launcher killed them`,
  );
  for (const each of lost) console.log(each);
  process.exitCode = lost.length === 0 ? 0 : 1;
} finally {
  program.remove();
}
