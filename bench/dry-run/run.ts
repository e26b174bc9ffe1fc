/**
 * What `--dry-run` foretells beside what then happens: time and peak memory of the process.
 *
 *     npm run --silent bench:dry-run -- --work DIR train --model bert-base-cased --train train.txt --num-train-epochs 1
 *
 * Everything after the options of the bench is a command of Nerium that takes `--dry-run` (train, sweep, data suspects, data curve),
 * without `--output`. The bars are 25% for the time and 10% for the memory. Linux only.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { setInterval } from "node:timers";
import type { DryRuns } from "../../src/improve/index.js";
import type { DryRun } from "../../src/train/index.js";
import { gigabytes } from "../memory.js";

const [flag, work, ...command] = process.argv.slice(2);
if (flag !== "--work" || work === undefined || command.length === 0)
  throw new Error("usage: npm run bench:dry-run -- --work DIR COMMAND OPTION…");
const program = resolve(import.meta.dirname, "../../dist/cli/main.js");
const output = join(work, "dry-run");

/** Runs the command and returns its output, its seconds and the peak of its resident memory in bytes. */
async function run(...more: readonly string[]) {
  rmSync(output, { recursive: true, force: true });
  const from = performance.now();
  const child = spawn(process.execPath, [program, ...command, "--output", output, "--json", ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (part) => {
    printed += part;
  });
  let memory = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      memory = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? memory / 1024) * 1024;
    } catch {
      // It has ended.
    }
  }, 100);
  const [code] = await once(child, "close");
  clearInterval(watch);
  if (code !== 0) throw new Error(`nerium ${command.join(" ")} ended with ${code}`);
  return { printed, memory, seconds: (performance.now() - from) / 1000 };
}

const dry = await run("--dry-run");
const { seconds, memory } = JSON.parse(dry.printed) as DryRun | DryRuns;
const total = typeof seconds === "number" ? seconds : seconds.total;
const real = await run();
rmSync(output, { recursive: true, force: true });
const against = (told: number, happened: number) => `${((told / happened - 1) * 100).toFixed(1)}%`;
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`);
console.log(`nerium ${command.join(" ")}`);
console.log(
  `time    foretold ${total.toFixed(1)} s, took ${real.seconds.toFixed(1)} s: ${against(total, real.seconds)} (bar 25%)`,
);
console.log(
  `memory  foretold ${gigabytes(memory.peak)}, took ${gigabytes(real.memory)}: ${against(memory.peak, real.memory)} (bar 10%)`,
);
console.log(`the measurement took ${dry.seconds.toFixed(1)} s`);
