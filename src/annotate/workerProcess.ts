/** The program of a worker that another process starts. It gets its job as a message, and reports with messages. */
import { isNeriumError } from "../errors.js";
import { readPlan } from "./plan.js";
import { type Job, runWorker } from "./worker.js";
import type { WorkerMessage } from "./workers.js";

const stop = new AbortController();
const tell = (message: WorkerMessage) =>
  new Promise<void>((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });

// The process that started this one is gone, or has been asked to stop.
process.on("disconnect", () => stop.abort());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

process.once("message", async (job: Job) => {
  try {
    await runWorker(job, await readPlan(job.folder), {
      signal: stop.signal,
      onEvent: (event) => void tell({ type: "event", event }),
      onWarning: (warning) => void tell({ type: "warning", warning }),
    });
    await tell({ type: "done" });
  } catch (error) {
    if (stop.signal.aborted) await tell({ type: "stopped" });
    else if (isNeriumError(error)) {
      const { code, message, where, remedy, commandRemedy } = error;
      await tell({ type: "error", error: { code, message, where, remedy, commandRemedy } });
    } else throw error;
  } finally {
    if (process.connected) process.disconnect();
  }
});
