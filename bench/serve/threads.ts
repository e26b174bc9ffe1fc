/**
 * One server with all threads, or several servers that share them? Requests per second and memory, in turns:
 *
 *     npm run --silent bench:serve-threads -- FOLDER [--data valid.txt] [--threads 2] [--concurrency 16] [--requests 600] [--rounds 3]
 *
 * Each request has one sentence. Several servers get them in turns, as from a load balancer.
 */
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { median } from "../median.js";
import { gigabytes } from "../memory.js";
import { nerium, type Running } from "./servers.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    threads: { type: "string", default: "2" },
    concurrency: { type: "string", default: "16" },
    requests: { type: "string", default: "600" },
    rounds: { type: "string", default: "3" },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("usage: npm run --silent bench:serve-threads -- FOLDER");

const sentences =
  values.data === undefined
    ? ["Anna Wolff lives in Berlin .", "The city lies on the river Spree , in the east of Germany ."]
    : (await readDataset(values.data)).sentences.map(({ words }) => words.join(" "));
const [threads, concurrency, requests] = [values.threads, values.concurrency, values.requests].map(
  Number,
) as [number, number, number];

/** Seconds for all requests. */
async function seconds(servers: readonly Running[]): Promise<number> {
  let next = 0;
  const client = async () => {
    while (next < requests) {
      const index = next++;
      const response = await fetch(`${servers[index % servers.length]!.url}/v1/entities`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: sentences[index % sentences.length] }),
      });
      if (!response.ok) throw new Error(await response.text());
      await response.json();
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: concurrency }, client));
  return (performance.now() - begin) / 1000;
}

const arms = [
  { name: `1 server, ${threads} threads`, servers: 1, perSecond: [] as number[], memory: 0 },
  { name: `${threads} servers, 1 thread each`, servers: threads, perSecond: [] as number[], memory: 0 },
];
for (let round = 0; round < Number(values.rounds); round++)
  for (const arm of arms) {
    const flags = ["--threads", String(threads / arm.servers)];
    const servers = await Promise.all(Array.from({ length: arm.servers }, () => nerium(folder, flags)));
    arm.perSecond.push(requests / (await seconds(servers)));
    arm.memory = servers.reduce((sum, server) => sum + server.memory(), 0);
    await Promise.all(servers.map((server) => server.stop()));
  }
for (const { name, perSecond, memory } of arms)
  console.log(`${name}: ${median(perSecond).toFixed(0)} requests a second, ${gigabytes(memory)}`);
console.log(`ratio ${(median(arms[0]!.perSecond) / median(arms[1]!.perSecond)).toFixed(2)}`);
