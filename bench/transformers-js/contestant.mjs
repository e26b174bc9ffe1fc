// transformers.js with an exported folder: answers each line of JSON with one line of JSON, as
// bench/infer/pipeline.py does. It is a separate process because it loads ONNX Runtime.
//
//     node bench/transformers-js/contestant.mjs FOLDER THREADS DTYPE
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { env, pipeline } from "@huggingface/transformers";

const [folder, threads, dtype] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = "";
const ner = await pipeline("token-classification", folder, {
  dtype,
  session_options: { intraOpNumThreads: Number(threads) },
});
const answer = (value) => console.log(JSON.stringify(value));
answer({ version: env.version });

async function timed(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  if ("texts" in task) {
    // It has no batch size option: the texts of one call are one batch.
    answer({
      seconds: await timed(async () => {
        for (let first = 0; first < task.texts.length; first += task.batch)
          await ner(task.texts.slice(first, first + task.batch));
      }),
    });
  } else if ("single" in task) {
    const seconds = [];
    for (const text of task.single) seconds.push(await timed(() => ner(text)));
    answer({ seconds });
  } else if ("entities" in task) {
    const found = [];
    for (const text of task.entities) found.push(await ner(text, { aggregation_strategy: task.strategy }));
    answer(found);
  } else
    answer({ bytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024 });
}
await ner.dispose();
