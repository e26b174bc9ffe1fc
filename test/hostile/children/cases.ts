// Runs the cases of one reader in a process of its own, which a reader may bring down: the number of the case under
// way stands in a file, and a line on standard output sums up every few cases.
import { mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../mutate/random.js";
import { outcomeOf } from "../reader.js";
import { faulty } from "../readers/faulty.js";
import { READERS } from "../readers/index.js";
import { emptySummary, type Finding, type Range, SLOW_MS } from "../summary.js";

const CASES_A_SUMMARY = 250;
const MEMORY_A_CASE = 256 * 2 ** 20;

const {
  reader: name,
  seed,
  from,
  to,
  progress,
} = JSON.parse(process.argv[2]!) as Range & { progress: string };
const reader = [...READERS, faulty].find((each) => each.name === name)!;
const folder = mkdtempSync(join(tmpdir(), "nerium-hostile-"));
const progressFile = openSync(progress, "w");
const counter = Buffer.alloc(8);
let summary = emptySummary();
const findings: Finding[] = [];

const find = (index: number, what: string) => findings.push({ reader: name, seed, index, what });
let underWay = from;
// Warnings of libraries would reach the user in the middle of other output; rejections nobody awaits end the process.
process.on("warning", (warning) => find(underWay, `warning: ${warning.message}`));
process.on("unhandledRejection", (error) => find(underWay, `unhandled rejection: ${error}`));

/** A case's outcome, its memory, and the time that it computed: on a busy machine the clock runs on without it. */
async function timed(index: number) {
  const files = reader.make(new Random(seed, index), index);
  const memory = process.memoryUsage.rss();
  const started = performance.now();
  const usage = process.cpuUsage();
  const outcome = await outcomeOf(reader, files, folder);
  const { user, system } = process.cpuUsage(usage);
  return {
    outcome,
    milliseconds: Math.min(performance.now() - started, (user + system) / 1000),
    grown: process.memoryUsage.rss() - memory,
  };
}

function flush(): void {
  const peak = process.resourceUsage().maxRSS * 1024;
  writeSync(1, `${JSON.stringify({ ...summary, peakBytes: peak, findings })}\n`);
  summary = emptySummary();
  findings.length = 0;
}

// Whatever is loaded at the first use is no cost of a case.
await timed(from);
for (let index = from; index < to; index++) {
  underWay = index;
  counter.writeDoubleLE(index);
  writeSync(progressFile, counter, 0, 8, 0);
  let { outcome, milliseconds, grown } = await timed(index);
  // A busy machine can make any case slow once.
  if (milliseconds > SLOW_MS) ({ outcome, milliseconds, grown } = await timed(index));
  summary.cases++;
  if (milliseconds > summary.slowestMs) Object.assign(summary, { slowestMs: milliseconds, slowest: index });
  if (outcome === "read") summary.read++;
  else if ("code" in outcome) summary.refused[outcome.code] = (summary.refused[outcome.code] ?? 0) + 1;
  else find(index, outcome.finding);
  if (milliseconds > SLOW_MS) find(index, `took ${Math.round(milliseconds)} ms`);
  if (grown > MEMORY_A_CASE) find(index, `took ${Math.round(grown / 2 ** 20)} MiB of memory`);
  // The next case may end the process: findings are told at once.
  if (summary.cases === CASES_A_SUMMARY || findings.length > 0) flush();
}
flush();
rmSync(folder, { recursive: true, force: true });
