/**
 * Keeps a server busy with mixed requests for so many minutes, and fails if its memory or its open handles grow, or if an answer is
 * wrong:
 *
 *     npm run soak:serve -- [--model FOLDER] [--minutes 60] [--rate 10] [--seed 1]
 *
 * The rate is in requests a second. Without a model, a tiny one is made. The server is a process of its own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Random } from "../hostile/mutate/random.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { sendOne } from "./soakLoad.js";

/** The share of the time before the first measurement: caches fill, and the allocator takes what it keeps. */
const WARM_UP = 0.2;
/** Samples at the begin and at the end whose open handles are compared. */
const FEW = 5;
/** Memory may grow by this much in all after that, however long it runs. */
const MOST_BYTES = 48 * 2 ** 20;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
  },
});
const [minutes, rate, seed] = [values.minutes, values.rate, values.seed].map(Number) as [
  number,
  number,
  number,
];
if (!(minutes > 0 && rate > 0)) throw new Error("--minutes and --rate must be positive numbers");

const scratch = mkdtempSync(join(tmpdir(), "nerium-soak-"));
const model = values.model ?? (await writeTinyModel(join(scratch, "model")));
const main = resolve(import.meta.dirname, "../../src/cli/main.ts");
const child = spawn(
  process.execPath,
  [...["--import", "tsx", main, "serve", `ner=${model}`, "--port", "0"], ...["--log-level", "error"]],
  { stdio: ["ignore", "inherit", "pipe"] },
);
let url = "";
let isReady = false;
for await (const line of createInterface({ input: child.stderr })) {
  console.log(line);
  url ||= /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "";
  isReady = /^ready after/.test(line);
  if (isReady) break;
}
if (!isReady) throw new Error("the server did not start");
child.stderr.resume();

/** What the server tells of itself at rest. */
interface Sample {
  readonly seconds: number;
  readonly rss: number;
  readonly heap: number;
  readonly resources: number;
  readonly queued: number;
}
const start = performance.now();
const samples: Sample[] = [];
async function sample(): Promise<Sample> {
  // Connections without a request are closed after some seconds, and clients that left are noticed.
  await new Promise((done) => setTimeout(done, 7000));
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)![1]);
  const found = {
    seconds: Math.round((performance.now() - start) / 1000),
    rss: value("process_resident_memory_bytes"),
    heap: value("nodejs_heap_size_used_bytes"),
    resources: value("nodejs_active_resources_total"),
    queued: value("te_queue_tokens"),
  };
  samples.push(found);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `${String(found.seconds).padStart(5)} s: ${sent} requests, memory ${megabytes(found.rss)}, heap ${megabytes(found.heap)}, ${found.resources} open handles, ${found.queued} tokens wait`,
  );
  return found;
}

const statuses = new Map<string, number>();
const findings: string[] = [];
let sent = 0;
/** Sends requests at the rate, whether those before have been answered or not. */
async function load(milliseconds: number): Promise<void> {
  const from = performance.now();
  const running = new Set<Promise<void>>();
  for (let count = 0; ; count++) {
    const now = performance.now() - from;
    if (now > milliseconds) break;
    const due = (1000 * count) / rate;
    if (due > now) await new Promise((done) => setTimeout(done, due - now));
    // After a pause of the whole machine, not all of them at once.
    if (running.size >= 32) await Promise.race(running);
    sent++;
    const one = sendOne(url, new Random(seed, sent)).then(({ status, wrong }) => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (wrong !== undefined) findings.push(wrong);
      if (wrong !== undefined && findings.length <= 20) console.log(`wrong: ${wrong}`);
      running.delete(one);
    });
    running.add(one);
  }
  await Promise.all(running);
}

const rounds = Math.min(30, Math.max(3, Math.round(minutes)));
for (let round = 0; round < rounds && child.exitCode === null; round++) {
  await load((60_000 * minutes) / rounds);
  await sample();
}
const warm = samples[Math.floor(WARM_UP * samples.length)]!;
const last = samples.at(-1)!;
const ended = once(child, "exit");
child.kill("SIGTERM");
const [code] = await ended;
rmSync(scratch, { recursive: true });
if (code !== 0) findings.push(`the server ended with ${code}`);
if (last.rss - warm.rss > MOST_BYTES) findings.push(`memory grew by ${last.rss - warm.rss} bytes`);
// Timers of clients that left run for up to half a minute, so single samples differ by some handles.
const early = samples
  .slice(samples.indexOf(warm))
  .slice(0, FEW)
  .map(({ resources }) => resources);
const late = samples.slice(-FEW).map(({ resources }) => resources);
if (Math.min(...late) > Math.max(...early))
  findings.push(`${early.join(", ")} open handles became ${late.join(", ")}`);
if (last.queued > 0) findings.push(`${last.queued} tokens still wait`);
console.log(Object.fromEntries([...statuses].sort()));
console.log(
  `${sent} requests in ${last.seconds} s, ${findings.length} findings; memory ${((last.rss - warm.rss) / 1e6).toFixed(0)} MB more than after ${warm.seconds} s, of ${MOST_BYTES / 1e6} allowed`,
);
for (const finding of findings.slice(0, 20)) console.log(finding);
process.exitCode = findings.length > 0 ? 1 : 0;
