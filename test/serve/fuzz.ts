/**
 * Sends damaged requests to a server of a tiny model:
 *
 *     npm run fuzz:serve -- [--cases 100000] [--seed 1] [--case INDEX]
 *
 * Ends with 1 if an answer has a defect, or if the server does not work as before afterwards. With --case, one case is shown.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createServer } from "../../src/serve/index.js";
import { Random } from "../hostile/mutate/random.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { answerTo, caseOf, defectOf } from "./cases.js";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    case: { type: "string" },
  },
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
/** Connections at once. */
const AT_ONCE = 16;

const folder = mkdtempSync(join(tmpdir(), "nerium-fuzz-"));
const server = createServer({
  models: { tiny: await writeTinyModel(join(folder, "model")) },
  port: 0,
  logLevel: "silent",
  ...{ maxBodyBytes: 100_000, maxTextLength: 10_000, maxLineBytes: 20_000, maxHeaderBytes: 4096 },
  ...{ headersTimeout: 2, bodyTimeout: 2, idleTimeout: 2, keepAliveTimeout: 1 },
});
const port = Number(new URL(await server.listen()).port);
await server.ready;

const findings: string[] = [];
if (values.case !== undefined) {
  const bytes = caseOf(new Random(seed, Number(values.case)));
  console.log(`${JSON.stringify(bytes.toString("latin1"))}\n---`);
  const received = await answerTo(port, bytes);
  console.log(received.toString(), "\n---", defectOf(received) ?? "no defect");
} else {
  const start = performance.now();
  let next = 0;
  const statuses = new Map<string, number>();
  const client = async () => {
    while (next < cases) {
      const index = next++;
      const received = await answerTo(port, caseOf(new Random(seed, index)));
      const defect = defectOf(received);
      if (defect !== undefined) {
        findings.push(`case ${index}: ${defect}`);
        console.log(findings.at(-1));
      }
      const status = /^HTTP\/1\.1 (\d{3})/.exec(received.toString("latin1", 0, 20))?.[1] ?? "none";
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (index % 10_000 === 9999) {
        const memory = Math.round(process.memoryUsage.rss() / 1e6);
        console.log(`${index + 1} cases, ${memory} MB, ${Math.round((performance.now() - start) / 1000)} s`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  console.log(Object.fromEntries([...statuses].sort()));
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  if (!/^te_queue_tokens 0$/m.test(metrics)) findings.push("tokens still wait");
  const answer = await fetch(`http://127.0.0.1:${port}/v1/entities`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"text":"Anna"}',
  });
  if (answer.status !== 200) findings.push(`the server answers ${answer.status} now`);
  console.log(`${cases} cases, ${findings.length} findings`);
}
await server.close();
rmSync(folder, { recursive: true, force: true });
process.exitCode = findings.length > 0 ? 1 : 0;
