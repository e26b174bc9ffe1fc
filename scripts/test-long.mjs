// `npm run test:long`: what takes hours. The suite with every place tried instead of a sample (test/breadth.ts), kills
// of runs and of every command that writes by the hundred, mutated files by the million, and a soak in which memory
// must stay flat. Every part runs, even if one fails.
//
//     npm run test:long -- [--kills 300] [--command-kills 200] [--cases 1000000] [--requests 100000] [--minutes 60] [--seed 1]
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    "command-kills": { type: "string", default: "200" },
    cases: { type: "string", default: "1000000" },
    requests: { type: "string", default: "100000" },
    minutes: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  },
});

const tsx = ["--expose-gc", "--import", "tsx"];
const parts = [
  ["suite", ["node_modules/vitest/vitest.mjs", "run"]],
  ["kills", [...tsx, "test/train/crash/run.ts", "--kills", values.kills, "--seed", values.seed]],
  [
    "command kills",
    [...tsx, "test/cli/kills/run.ts", "--kills", values["command-kills"], "--seed", values.seed],
  ],
  ["fuzz", [...tsx, "test/hostile/fuzz.ts", "--cases", values.cases, "--seed", values.seed]],
  ["fuzz of the server", [...tsx, "test/serve/fuzz.ts", "--cases", values.requests, "--seed", values.seed]],
  ["soak", [...tsx, "test/soak.ts", "--minutes", values.minutes]],
];
const env = { ...process.env, NERIUM_TEST_BREADTH: "full" };
const counts = { passed: 0, failed: 0 };
for (const [name, args] of parts) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env });
  const outcome = status === 0 ? "passed" : "failed";
  counts[outcome]++;
  console.log(`part ${name}: ${outcome}`);
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
