import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NeriumError, type NeriumWarning } from "../errors.js";
import { usableThreads } from "../runtime/index.js";
import { workerFailed } from "./errors.js";
import type { WorkerEvent } from "./work.js";
import type { Job } from "./worker.js";

type ErrorFields = Pick<NeriumError, "code" | "message" | "where" | "remedy" | "commandRemedy">;

/** What a worker tells the process that started it. */
export type WorkerMessage =
  | { readonly type: "event"; readonly event: WorkerEvent }
  | { readonly type: "warning"; readonly warning: NeriumWarning }
  | { readonly type: "done" }
  | { readonly type: "stopped" }
  | { readonly type: "error"; readonly error: ErrorFields };

export interface WorkersEdge {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
  readonly onWarning?: ((warning: NeriumWarning) => void) | undefined;
}

/** A worker that dies so often before it has claimed anything is not started again. */
const FALSE_STARTS = 3;

/** Milliseconds that a worker has to give its shard back. */
const GRACE = 10_000;

/**
 * Starts workers as processes, and starts those again that die, until all shards are finished. Their threads share the
 * processors.
 *
 * @throws NeriumError ANNOTATE_WORKER_FAILED; the first error of a worker; the signal's reason
 */
export async function runWorkers(
  count: number,
  job: Job,
  { signal, onEvent, onWarning }: WorkersEdge = {},
): Promise<void> {
  const threads = job.settings.loading.threads ?? Math.max(1, Math.floor(usableThreads() / count));
  const shared: Job = {
    ...job,
    settings: { ...job.settings, loading: { ...job.settings.loading, threads } },
  };
  const stop = new AbortController();
  const abort = () => stop.abort();
  if (signal?.aborted) stop.abort();
  signal?.addEventListener("abort", abort);
  const all = stop.signal;
  const one = async () => {
    let falseStarts = 0;
    while (!all.aborted) {
      const ending = await runProcess(shared, { signal: all, onEvent, onWarning });
      if (ending.message?.type === "done" || ending.message?.type === "stopped") return;
      if (ending.message?.type === "error") throw asError(ending.message.error);
      falseStarts = ending.hasClaimed ? 0 : falseStarts + 1;
      if (falseStarts === FALSE_STARTS) throw workerFailed(ending.how);
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: count }, () =>
      one().catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  signal?.removeEventListener("abort", abort);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  signal?.throwIfAborted();
}

interface Ending {
  /** The last message, if the worker ended as it should. */
  readonly message: Exclude<WorkerMessage, { type: "event" | "warning" }> | undefined;
  readonly hasClaimed: boolean;
  readonly how: string;
}

function runProcess(job: Job, { signal, onEvent, onWarning }: WorkersEdge): Promise<Ending> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL("./workerProcess.js", import.meta.url)), {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let last: Ending["message"];
    let hasClaimed = false;
    const stop = () => stopped(child);
    const end = (how: string) => {
      signal?.removeEventListener("abort", stop);
      resolve({ message: last, hasClaimed, how });
    };
    child.on("message", (message: WorkerMessage) => {
      if (message.type === "event") {
        hasClaimed ||= message.event.type === "claimed";
        onEvent?.(message.event);
      } else if (message.type === "warning") onWarning?.(message.warning);
      else last = message;
    });
    child.on("error", (error) => end(error.message));
    child.on("exit", (code, name) => end(name === null ? `exit code ${code}` : `signal ${name}`));
    child.send(job, () => {});
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop);
  });
}

/** Asks a worker to give its shard back, and ends it if that takes too long. */
function stopped(child: ChildProcess): void {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE).unref();
  child.once("exit", () => clearTimeout(timer));
}

/** An error of another process, with its code and its remedies. */
function asError({ message, ...fields }: ErrorFields): NeriumError {
  const error = new Error(message);
  return Object.assign(Object.setPrototypeOf(error, NeriumError.prototype) as NeriumError, {
    name: "NeriumError",
    ...fields,
  });
}
