// Nerium in bench/infer/speed.ts, from the build in dist/. Answers each line of JSON with one line of JSON,
// as pipeline.py does.
//
//     node bench/infer/nerium.mjs FOLDER THREADS DTYPE [ENGINE]
//
// In addition, it answers {"evaluate": FILE} with {"f1", "tags"}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { evaluateFolder, load } from "../../dist/index.js";

const [folder, threadCount, dtype, engine = "auto"] = process.argv.slice(2);
const threads = Number(threadCount);
const ner = await load(folder, { threads, dtype, engine });
const answer = (value) => console.log(JSON.stringify(value));
answer({ node: process.versions.node });

async function timed(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  if ("texts" in task) answer({ seconds: await timed(() => ner(task.texts)) });
  else if ("single" in task) {
    const seconds = [];
    for (const text of task.single) seconds.push(await timed(() => ner(text)));
    answer({ seconds });
  } else if ("evaluate" in task) {
    const { scores, predicted } = await evaluateFolder(folder, task.evaluate, { threads, dtype, engine });
    answer({ f1: scores.micro.f1, tags: predicted.flat() });
  } else
    answer({ bytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024 });
}
await ner.dispose();
