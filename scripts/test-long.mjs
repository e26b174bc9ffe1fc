// `npm run test:long`: what takes hours. The suite with every place tried instead of a sample (test/breadth.ts), kills
// of runs and of every command that writes by the hundred, mutated files by the million, requests by the hundred
// thousand, and two soaks in which memory must stay flat: of the library and of the server. Every part runs, even if
// one fails. Kills of runs in bf16 are left out if the machine has none, and schemathesis if it is not installed.
//
//     npm run test:long -- [--kills 300] [--bf16-kills 20] [--command-kills 200] [--cases 1000000] [--requests 100000]
//                          [--minutes 60] [--seed 1] [--schemathesis PROGRAM]
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    "bf16-kills": { type: "string", default: "20" },
    "command-kills": { type: "string", default: "200" },
    cases: { type: "string", default: "1000000" },
    requests: { type: "string", default: "100000" },
    minutes: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    schemathesis: { type: "string", default: "schemathesis" },
  },
});

const tsx = ["--expose-gc", "--import", "tsx"];
/** Returns why this machine cannot compute in bf16, or undefined if it can. */
function bf16Missing() {
  const args = ["--import", "tsx", "src/cli/main.ts", "devices", "--json"];
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return JSON.parse(stdout).bf16Problem?.message;
}

const kills = ["test/train/crash/run.ts", "--seed", values.seed, "--kills"];
const missing = bf16Missing();
if (missing !== undefined) console.log(`part kills in bf16: skipped (${missing})`);
const hasSchemathesis = spawnSync(values.schemathesis, ["--version"]).status === 0;
if (!hasSchemathesis)
  console.log("part schemathesis: skipped (not installed; see test/serve/schemathesis.ts)");
const schemathesis = ["--program", values.schemathesis, "--seed", values.seed];
const parts = [
  ["suite", ["node_modules/vitest/vitest.mjs", "run"]],
  ["kills", [...tsx, ...kills, values.kills]],
  ...(missing === undefined ? [["kills in bf16", [...tsx, ...kills, values["bf16-kills"], "--bf16"]]] : []),
  [
    "command kills",
    [...tsx, "test/cli/kills/run.ts", "--kills", values["command-kills"], "--seed", values.seed],
  ],
  ["fuzz", [...tsx, "test/hostile/fuzz.ts", "--cases", values.cases, "--seed", values.seed]],
  ["fuzz of the server", [...tsx, "test/serve/fuzz.ts", "--cases", values.requests, "--seed", values.seed]],
  ...(hasSchemathesis ? [["schemathesis", [...tsx, "test/serve/schemathesis.ts", ...schemathesis]]] : []),
  ["soak", [...tsx, "test/soak.ts", "--minutes", values.minutes]],
  ["soak of the server", [...tsx, "test/serve/soak.ts", "--minutes", values.minutes, "--seed", values.seed]],
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
