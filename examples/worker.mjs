// Runs a model in a worker thread, away from the thread that serves requests: node examples/worker.mjs MODEL TEXT...
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

if (isMainThread) {
  const [model, ...texts] = process.argv.slice(2);
  const worker = new Worker(new URL(import.meta.url), { workerData: { model } });
  const answers = new Map();
  worker.on("message", ({ id, entities, error }) => {
    const { resolve, reject } = answers.get(id);
    answers.delete(id);
    if (error === undefined) resolve(entities);
    else reject(new Error(error));
  });
  let last = 0;
  const ask = (text) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      answers.set(id, { resolve, reject });
      worker.postMessage({ id, text });
    });

  const found = await Promise.all(texts.map(ask));
  for (const [index, entities] of found.entries())
    console.log(texts[index], entities.map(({ type, text }) => `${type}:${text}`).join(" "));
  worker.postMessage("end");
} else {
  const { load } = await import("nerium/infer");
  const ner = await load(workerData.model);
  parentPort.on("message", async (message) => {
    if (message === "end") {
      parentPort.close();
      return ner.dispose();
    }
    const { id, text } = message;
    try {
      parentPort.postMessage({ id, entities: await ner(text) });
    } catch (error) {
      parentPort.postMessage({ id, error: error.message });
    }
  });
}
