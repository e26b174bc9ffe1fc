/**
 * How soon `/healthz` answers while the server has much to do:
 *
 *     npm run --silent bench:serve-health -- FOLDER [--seconds 20] [--threads 2]
 *     npm run --silent bench:serve-health -- FOLDER --slow 500
 *
 * With `--slow`, so many clients send their headers at a byte per 5 seconds instead, and the time until each is disconnected is told.
 * Without it, clients send texts of the greatest length and lists of the greatest number, one after another, so that full batches run all
 * the time. The probe comes every 20 ms, over its own connection.
 */
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { machineReport } from "../../src/runtime/index.js";
import { nerium } from "./servers.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "20" },
    threads: { type: "string", default: "2" },
    /** Clients that send their headers byte by byte; 0 for full batches instead. */
    slow: { type: "string", default: "0" },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("usage: npm run --silent bench:serve-health -- FOLDER");

const SENTENCE = "Victoria Ashford of Nexora met the mayor of Thornville on Friday, 4 May, near the river. ";
const BODIES = [
  { text: SENTENCE.repeat(2000).slice(0, 100_000) },
  { texts: Array.from({ length: 32 }, () => SENTENCE.repeat(20)) },
].map((body) => JSON.stringify(body));

const server = await nerium(folder, ["--threads", values.threads, "--deadline", "600"]);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const probe = () =>
  new Promise<number>((resolve, reject) => {
    const begin = performance.now();
    get(`${server.url}/healthz`, { agent }, (answer) =>
      answer.resume().on("end", () => resolve(performance.now() - begin)),
    ).on("error", reject);
  });
async function probes(isDone: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!isDone()) {
    times.push(await probe());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return times.sort((a, b) => a - b);
}
const told = (times: readonly number[]) => {
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms of ${times.length}`;
};

await probe();
const { processor } = await machineReport();
const rest = performance.now() + 3000;
console.log(`${processor}, ${values.threads} threads`);
console.log(`at rest: ${told(await probes(() => performance.now() > rest))}`);

/** Probes while full batches run all the time. */
async function besideBatches(): Promise<void> {
  const end = performance.now() + 1000 * Number(values.seconds);
  const longest: number[] = BODIES.map(() => 0);
  const clients = BODIES.map(async (body, index) => {
    while (performance.now() < end) {
      const begin = performance.now();
      const response = await fetch(`${server.url}/v1/entities`, {
        ...{ method: "POST", headers: { "content-type": "application/json" }, body },
      });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
      longest[index] = Math.max(longest[index]!, performance.now() - begin);
    }
  });
  const found = await probes(() => performance.now() > end);
  await Promise.all(clients);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)![1]);
  console.log(`under load: ${told(found)}`);
  console.log(
    `a text of 100,000 characters took ${(longest[0]! / 1000).toFixed(1)} s, 32 texts ${(longest[1]! / 1000).toFixed(1)} s, in batches of ${(metric("te_batch_next_tokens_sum") / metric("te_batch_next_tokens_count")).toFixed(0)} tokens`,
  );
}

/** Probes while clients send their headers byte by byte, until the server has disconnected all of them. */
async function besideSlowClients(count: number): Promise<void> {
  const { port, hostname } = new URL(server.url);
  const headers = "GET /healthz HTTP/1.1\r\nhost: a\r\n";
  let left = count;
  const lives = Array.from({ length: count }, async () => {
    const begin = performance.now();
    const socket = connect(Number(port), hostname);
    let sent = 0;
    const sendByte = () => socket.write(headers[sent++]!);
    sendByte();
    const timer = setInterval(sendByte, 5000);
    socket.on("error", () => {}).resume();
    await once(socket, "close");
    clearInterval(timer);
    left--;
    return (performance.now() - begin) / 1000;
  });
  const found = await probes(() => left === 0);
  const seconds = (await Promise.all(lives)).sort((a, b) => a - b);
  console.log(`beside ${count} slow clients: ${told(found)}`);
  console.log(
    `they were disconnected after ${seconds[0]!.toFixed(1)} to ${seconds.at(-1)!.toFixed(1)} s; headers_timeout is 10 s`,
  );
}

const slow = Number(values.slow);
await (slow > 0 ? besideSlowClients(slow) : besideBatches());
agent.destroy();
await server.stop();
