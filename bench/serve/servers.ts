/** The servers that bench/serve compares. Each runs in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export interface Running {
  readonly url: string;
  /** Seconds from the start of the process to its readiness. */
  readonly startSeconds: number;
  /** Resident memory in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

/** Starts `nerium serve` of this checkout's build. */
export const nerium = (model: string, flags: readonly string[] = []): Promise<Running> =>
  started((port) => [
    process.execPath,
    join(import.meta.dirname, "../../dist/cli/main.js"),
    ...["serve", `ner=${model}`, "--port", String(port), "--log-level", "warn", ...flags],
  ]);

/** Starts peer.py with the interpreter in NERIUM_PYTHON. */
export function peer(model: string, threads: number): Promise<Running> {
  const python = process.env.NERIUM_PYTHON;
  if (python === undefined)
    throw new Error("NERIUM_PYTHON names no interpreter: run bench/python/setup DIR first.");
  const script = join(import.meta.dirname, "peer.py");
  return started((port) => [python, script, model, String(port), String(threads)]);
}

async function started(command: (port: number) => readonly string[]): Promise<Running> {
  const port = await freePort();
  const begin = performance.now();
  const [file, ...args] = command(port) as [string, ...string[]];
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url,
    startSeconds: (performance.now() - begin) / 1000,
    memory: () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))![1]),
    stop: () => stopped(child),
  };
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  return ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
