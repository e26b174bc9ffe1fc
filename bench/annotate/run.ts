/**
 * Annotates a made corpus while workers and the queue's server are killed, and checks the result row by row. Then measures
 * the speed:
 *
 *     npm run --silent test:annotate -- my-model [--rows 2000000] [--workers 4] [--kill-every 20] [--shard-size 256K]
 *                                       [--dtype fp32] [--only claims,nats,speed,cores] [--speed-rows 20000] [--rounds 3]
 *
 * `claims` and `nats`: each annotates all rows with so many workers, of which a random one is killed with SIGKILL every so
 * many seconds; the NATS server is killed twice, the second time with its store. Every row must be there once, in order. Memory
 * is the largest resident memory of a worker in the first and in the last third of the time. `speed`: one worker against
 * `nerium predict`, taking turns; the bar is 0.95. `cores`: one and two workers for each processor, of one thread each.
 *
 * The server is the program in NERIUM_NATS_SERVER, or nats-server on the path; without one, `nats` is left out.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type AnnotationStatus, annotationStatus, verifyAnnotation } from "../../src/annotate/index.js";
import { quickstartCorpus } from "../../src/quickstart/corpus.js";
import { usableThreads } from "../../src/runtime/index.js";
import { NatsServer, natsProgram } from "../../test/annotate/nats.js";
import { median } from "../median.js";
import { gigabytes } from "../memory.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: "string", default: "2000000" },
    workers: { type: "string", default: "4" },
    "kill-every": { type: "string", default: "20" },
    "shard-size": { type: "string", default: "256K" },
    dtype: { type: "string", default: "fp32" },
    only: { type: "string", default: "claims,nats,speed,cores" },
    "speed-rows": { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
  },
});
const [model] = positionals;
if (model === undefined) throw new Error("give the folder of a model");
const [rows, workers, pause] = [Number(values.rows), Number(values.workers), Number(values["kill-every"])];
const only = values.only.split(",");
const main = resolve(import.meta.dirname, "../../dist/cli/main.js");
const scratch = mkdtempSync(join(tmpdir(), "nerium-annotate-"));
const BAR = 0.95;
const LINES = 5000;

const sentences = quickstartCorpus(7).train.map(({ words }) => words.join(" "));

/** Writes rows with a number each, as JSON Lines or as plain text, and returns the path. */
function written(name: string, from: number, to: number): string {
  const path = join(scratch, name);
  const file = openSync(path, "w");
  for (let row = from; row < to; row += LINES) {
    const lines: string[] = [];
    for (let each = row; each < Math.min(to, row + LINES); each++) {
      const text = `${each} ${sentences[each % sentences.length]}`;
      lines.push(name.endsWith(".jsonl") ? JSON.stringify({ id: each, text }) : text);
    }
    writeSync(file, `${lines.join("\n")}\n`);
  }
  closeSync(file);
  return path;
}

interface Ended {
  readonly code: number | null;
  readonly seconds: number;
}

function started(args: readonly string[], output = "ignore" as "ignore" | number) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", output, "inherit"] });
  const begun = performance.now();
  const ended = once(child, "exit").then(
    ([code]): Ended => ({ code: code as number | null, seconds: (performance.now() - begun) / 1000 }),
  );
  return { child, ended };
}

async function requireDone(ended: Promise<Ended>): Promise<number> {
  const { code, seconds } = await ended;
  if (code !== 0) throw new Error(`the command ended with code ${code}`);
  return seconds;
}

const annotating = (inputs: readonly string[], output: string, ...more: readonly string[]) => [
  ...["annotate", model, ...inputs, "--output", output, "--dtype", values.dtype, "--quiet"],
  ...["--shard-size", values["shard-size"], ...more],
];

/** The processes that a process has started. */
const childrenOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Reads all results, and counts the rows that are not the next one. */
async function wrongRows(output: string): Promise<number> {
  let [next, wrong] = [0, 0];
  const shards = readdirSync(output).filter((name) => name.startsWith("shard-"));
  for (const name of shards.sort())
    for await (const line of createInterface({ input: createReadStream(join(output, name)) })) {
      const { text, error } = JSON.parse(line) as { text: string; error?: string };
      if (Number(text.split(" ", 1)[0]) !== next++ || error !== undefined) wrong++;
    }
  return wrong + Math.abs(rows - next);
}

/** Annotates everything while workers and the server are killed. Returns whether the result is right. */
async function accidents(name: string, inputs: readonly string[], server?: NatsServer): Promise<boolean> {
  const output = join(scratch, name);
  const store = join(scratch, "store");
  const queue = server === undefined ? [] : ["--queue", server.address, "--claim-timeout", "10"];
  const { child, ended } = started(annotating(inputs, output, "--workers", String(workers), ...queue));
  const memory: number[] = [];
  let [kills, serverKills] = [0, 0];
  let last = performance.now();
  let status: AnnotationStatus | undefined;
  while (child.exitCode === null) {
    await wait(1000);
    if (child.exitCode !== null) break;
    const pids = childrenOf(child);
    memory.push(Math.max(0, ...pids.map(memoryOf)));
    if (performance.now() - last < pause * 1000) continue;
    last = performance.now();
    const victim = pids[Math.floor(Math.random() * pids.length)];
    if (victim !== undefined) {
      try {
        process.kill(victim, "SIGKILL");
        kills++;
      } catch {}
    }
    status = await annotationStatus(output).catch(() => undefined);
    const share = status === undefined ? 0 : status.finished / status.shards;
    if (status !== undefined)
      console.log(
        `  ${name}: ${status.finished_rows} rows, ${Math.round(status.rate ?? 0)} per second, ${kills} kills`,
      );
    if (server !== undefined && serverKills < 2 && share > (serverKills + 1) / 3) {
      await server.kill();
      if (serverKills === 1) rmSync(store, { recursive: true, force: true });
      await wait(3000);
      await server.start();
      serverKills++;
    }
  }
  const seconds = await requireDone(ended);
  const { problems, rows: found, errors } = await verifyAnnotation(output);
  const wrong = await wrongRows(output);
  const third = Math.ceil(memory.length / 3);
  const [early, late] = [Math.max(...memory.slice(0, third)), Math.max(...memory.slice(-third))];
  console.log(
    `${name}: ${found} rows in ${seconds.toFixed(0)} s (${(rows / seconds).toFixed(0)} per second), ` +
      `${workers} workers, ${kills} killed${server === undefined ? "" : `, the server ${serverKills} times`}; ` +
      `${wrong} wrong rows, ${errors} errors, ${problems.length} problems; ` +
      `memory of a worker ${gigabytes(early)} in the first third, ${gigabytes(late)} in the last`,
  );
  for (const problem of problems.slice(0, 10)) console.log(`  ${problem}`);
  rmSync(output, { recursive: true, force: true });
  return wrong === 0 && problems.length === 0 && errors === 0 && found === rows;
}

/** Annotates with one worker, and with predict, in turns. Returns whether the bar is met. */
async function speed(): Promise<boolean> {
  const count = Number(values["speed-rows"]);
  const file = written("speed.txt", 0, count);
  const ratios: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const output = join(scratch, `speed-${round}`);
    const annotate = async () => requireDone(started(annotating([file], output, "--shard-size", "8M")).ended);
    const predict = async () => {
      const results = openSync(join(scratch, "predicted.jsonl"), "w");
      const args = ["predict", model!, file, "--from", "text", "--dtype", values.dtype, "--quiet"];
      const seconds = await requireDone(started([...args, "--format", "jsonl"], results).ended);
      closeSync(results);
      return seconds;
    };
    // Whoever begins changes from round to round.
    const times =
      round % 2 === 0 ? [await annotate(), await predict()] : [await predict(), await annotate()].reverse();
    const [own, other] = times as [number, number];
    ratios.push(other / own);
    console.log(
      `  speed: annotate ${(count / own).toFixed(0)} rows a second, predict ${(count / other).toFixed(0)}`,
    );
    rmSync(output, { recursive: true, force: true });
  }
  const ratio = median(ratios);
  console.log(
    `speed: one worker has ${ratio.toFixed(3)} of predict's speed, with starting; the bar is ${BAR}`,
  );
  return ratio >= BAR;
}

/** One and two workers for each processor. */
async function cores(): Promise<void> {
  const count = Number(values["speed-rows"]);
  const file = written("cores.txt", 0, count);
  for (const each of [1, 2]) {
    const output = join(scratch, `cores-${each}`);
    const all = usableThreads() * each;
    const args = annotating([file], output, "--workers", String(all), "--threads", "1");
    const seconds = await requireDone(started(args).ended);
    console.log(
      `cores: ${all} workers of 1 thread, ${each} for each processor: ${(count / seconds).toFixed(0)} rows a second, with starting`,
    );
    rmSync(output, { recursive: true, force: true });
  }
}

let isRight = true;
try {
  if (only.includes("speed")) isRight = (await speed()) && isRight;
  if (only.includes("cores")) await cores();
  if (only.includes("claims") || only.includes("nats")) {
    const half = Math.floor(rows / 2);
    const inputs = [written("corpus-0.txt", 0, half), written("corpus-1.jsonl", half, rows)];
    if (only.includes("claims")) isRight = (await accidents("claims", inputs)) && isRight;
    const program = natsProgram();
    if (only.includes("nats") && program === undefined)
      console.log("nats: left out, there is no nats-server");
    else if (only.includes("nats")) {
      const server = await NatsServer.start(program!, join(scratch, "store"));
      try {
        isRight = (await accidents("nats", inputs, server)) && isRight;
      } finally {
        await server.kill();
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = isRight ? 0 : 1;
