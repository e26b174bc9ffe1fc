/**
 * Compares `nerium serve` with the library and with a FastAPI server around transformers' `pipeline()`, on the same texts:
 *
 *     npm run bench:serve -- --model my-model --texts valid.txt [--concurrency 1,8,16,64] [--requests 1000] [--threads 2]
 *                            [--no-peer] [--dtype fp32] [--overload 60]
 *
 * Each request has one sentence of the data file. Prints requests a second, and the time of a request at the 50th and 99th
 * percentile; beside them the library's throughput over the same texts as one stream, and the time of its call with one text. With
 * `--overload SECONDS` it then sends ten times as many requests as the server can answer, and tells the answers, the memory, the
 * time of `/healthz` meanwhile, and how soon the server is as fast as before. The interpreter is $NERIUM_PYTHON.
 */
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { readDataset } from "../../src/data/index.js";
import { load } from "../../src/index.js";
import { machineReport } from "../../src/runtime/index.js";
import { median } from "../median.js";
import { gigabytes } from "../memory.js";
import { nerium, peer, type Running } from "./servers.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    texts: { type: "string" },
    concurrency: { type: "string", default: "1,8,16,64" },
    requests: { type: "string", default: "1000" },
    threads: { type: "string", default: "2" },
    dtype: { type: "string", default: "fp32" },
    "no-peer": { type: "boolean", default: false },
    /** Seconds of overload; 0 for none. */
    overload: { type: "string", default: "0" },
  },
});
if (values.model === undefined || values.texts === undefined)
  throw new Error("usage: npm run bench:serve -- --model FOLDER --texts FILE");
const { model } = values;
const threads = Number(values.threads);
const count = Number(values.requests);

const { sentences } = await readDataset(values.texts);
const texts = Array.from(sentences.slice(0, count), ({ words }) => words.join(" "));

/** The library over all texts, as one stream, and text by text. */
async function library() {
  const ner = await load(model, { threads, dtype: values.dtype as "fp32" });
  const stretch = async () => {
    const begin = performance.now();
    for await (const _ of ner.stream(texts, { aggregationStrategy: "simple" }));
    return (1000 * texts.length) / (performance.now() - begin);
  };
  await stretch();
  const perSecond = median([await stretch(), await stretch(), await stretch()]);
  const times: number[] = [];
  for (const text of texts.slice(0, 200)) {
    const begin = performance.now();
    await ner(text, { aggregationStrategy: "simple" });
    times.push(performance.now() - begin);
  }
  await ner.dispose();
  return { perSecond, milliseconds: median(times) };
}

/** The requests of the load: every text once, in order. */
const requests = texts.map((inputs) => ({
  method: "POST" as const,
  path: "/",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ inputs }),
}));

async function loaded({ url }: Running, connections: number, amount = count) {
  // Each connection sends a part of the texts of its own.
  const share = Math.ceil(requests.length / connections);
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    amount,
    timeout: 120,
    requests: requests.slice(0, share),
    setupClient: (client) => {
      const from = (connection++ % connections) * share;
      const own = requests.slice(from, from + share);
      client.setRequests(own.length > 0 ? own : requests.slice(0, share));
    },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} other answers, ${result.errors} errors`);
  const { p50, p99 } = result.latency;
  return { perSecond: result["2xx"] / result.duration, p50, p99 };
}

const { processor } = await machineReport();
console.log(`${processor}, ${threads} threads, ${values.dtype}, ${texts.length} sentences`);
const own = await library();
console.log(
  `library: ${own.perSecond.toFixed(1)} texts/s as a stream, ${own.milliseconds.toFixed(1)} ms a text (median)`,
);

const arms: { readonly name: string; readonly start: () => Promise<Running>; readonly amount: number }[] = [
  {
    name: "nerium serve",
    start: () => nerium(model, ["--threads", String(threads), "--dtype", values.dtype]),
    amount: count,
  },
];
if (!values["no-peer"])
  arms.push({
    name: "FastAPI + pipeline()",
    start: () => peer(model, threads),
    amount: Math.min(count, 300),
  });
const rates = new Map<string, number>();
for (const { name, start, amount } of arms) {
  const server = await start();
  const first = performance.now();
  await fetch(server.url, requests[0]);
  console.log(
    `\n${name}: ready after ${server.startSeconds.toFixed(2)} s, first answer ${(performance.now() - first).toFixed(0)} ms later, ${gigabytes(server.memory())}`,
  );
  await loaded(server, 8, 100);
  for (const connections of values.concurrency.split(",").map(Number)) {
    const { perSecond, p50, p99 } = await loaded(server, connections, amount);
    rates.set(`${name} ${connections}`, perSecond);
    const beside = rates.get(`nerium serve ${connections}`)!;
    console.log(
      `  ${String(connections).padStart(3)} at a time: ${perSecond.toFixed(1).padStart(7)} requests/s, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ` +
        (name === "nerium serve"
          ? `${(perSecond / own.perSecond).toFixed(3)} of the library's stream`
          : `nerium serve is ${(beside / perSecond).toFixed(1)} times as fast`),
    );
  }
  if (name === "nerium serve" && Number(values.overload) > 0) await overload(server, Number(values.overload));
  await server.stop();
}

/** Sends ten times as many requests as the server can answer. */
async function overload(server: Running, seconds: number): Promise<void> {
  const capacity = Math.max(...rates.values());
  const before = (await loaded(server, 1, 100)).p50;
  const memory: number[] = [];
  const health: number[] = [];
  const watch = setInterval(async () => {
    memory.push(server.memory());
    const begin = performance.now();
    await (await fetch(`${server.url}/healthz`)).text();
    health.push(performance.now() - begin);
  }, 250);
  const result = await autocannon({
    url: server.url,
    connections: 512,
    duration: seconds,
    overallRate: Math.round(10 * capacity),
    timeout: 120,
    requests,
  });
  clearInterval(watch);
  const end = performance.now();
  let back = Number.NaN;
  for (let tries = 0; tries < 200 && Number.isNaN(back); tries++) {
    const begin = performance.now();
    await (await fetch(server.url, requests[tries % requests.length])).text();
    if (performance.now() - begin <= 1.5 * before + 5) back = (performance.now() - end) / 1000;
  }
  const answers = Object.entries(result.statusCodeStats ?? {}).map(
    ([code, { count }]) => `${code}: ${count}`,
  );
  const half = Math.floor(memory.length / 2);
  console.log(
    `  overload for ${seconds} s at ${Math.round(10 * capacity)} requests/s: ${answers.join(", ")}, ${result.errors} errors, ` +
      `${(result["2xx"] / result.duration).toFixed(1)} answered a second; p99 of the answers ${result.latency.p99} ms\n` +
      `  memory ${gigabytes(memory[0]!)} at the start, ${gigabytes(memory[half]!)} in the middle, ${gigabytes(memory.at(-1)!)} at the end; ` +
      `/healthz median ${median(health).toFixed(1)} ms, longest ${Math.max(...health).toFixed(1)} ms; as fast as before after ${back.toFixed(2)} s`,
  );
}
