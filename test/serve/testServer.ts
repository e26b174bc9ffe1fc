/** Servers for tests: of a tiny model, or of a model whose batches the test runs itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { Analysis, BatchReport, Entity, NerOptions } from "../../src/infer/index.js";
import { inputText, resolvedOptions } from "../../src/infer/index.js";
import type { ServedModel } from "../../src/serve/models.js";
import { type NeriumServer, serverOf } from "../../src/serve/server.js";
import type { ServingHooks } from "../../src/serve/serving.js";
import { resolvedSettings, type SettingsInput } from "../../src/serve/settings.js";
import { USUAL_RULES } from "../../src/text/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const open: NeriumServer[] = [];

/** Closes the servers of a test file after each of its tests. Test files share this module, so each calls it. */
export const closeServers = () =>
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

const scratch = mkdtempSync(join(tmpdir(), "nerium-serve-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
export const tinyModel = writeTinyModel(join(scratch, "model"));

/** A line of a server's log. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface TestServer extends NeriumServer {
  readonly url: string;
  readonly log: LogLine[];
  /** Sends JSON, or a text as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

/** Starts a server on a free port. It is closed after the test. */
export async function started(
  settings: SettingsInput = {},
  { models, ...hooks }: ServingHooks & { readonly models?: unknown } = {},
): Promise<TestServer> {
  const log: LogLine[] = [];
  const write = (line: string) => void log.push(JSON.parse(line));
  const all = resolvedSettings({ port: 0, threads: 1, drainTimeout: 1, ...settings });
  const server = serverOf(models ?? { tiny: await tinyModel }, all, { ...hooks, log: { write } });
  open.push(server);
  const url = await server.listen();
  return {
    app: server.app,
    ready: server.ready,
    models: server.models,
    listen: () => server.listen(),
    close: () => server.close(),
    url,
    log,
    post: (path: string, body: unknown, headers = {}) =>
      fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    get: (path: string, headers = {}) => fetch(url + path, { headers }),
  };
}

/** Starts a server, and waits for its models. */
export async function ready(...args: Parameters<typeof started>): Promise<TestServer> {
  const server = await started(...args);
  await server.ready;
  return server;
}

/** A model whose calls end when the test says so. It finds the word that it is given first. */
export class HeldModel {
  /** The texts of calls that have not ended, each with what ends it. */
  readonly calls: { readonly texts: readonly string[]; end(error?: Error): void }[] = [];
  /** Texts of calls whose signal was aborted. */
  readonly aborted: string[] = [];
  isHeld = false;
  /** What every text has. */
  entities: readonly Entity[] = [];
  readonly #listeners = new Set<(report: BatchReport) => void>();

  readonly open = async (name: string): Promise<ServedModel> => ({
    facts: {
      name,
      ready: true,
      types: ["PER"],
      family: "Held",
      maxTokens: 512,
      dtype: "fp32",
      engine: "none",
      memoryBytes: 1,
    },
    labels: ["O", "B-PER"],
    read: (input) => inputText(input, USUAL_RULES),
    resolve: (options: NerOptions) => resolvedOptions(["O", "B-PER"], options, 512),
    run: (inputs, { signal, onReport }) =>
      new Promise<Analysis[]>((resolve, reject) => {
        const texts = inputs.map(({ text }) => text);
        const call = {
          texts,
          end: (error?: Error) => {
            this.calls.splice(this.calls.indexOf(call), 1);
            this.report({ sequences: texts.length, tokens: 100, seconds: 0.1, error });
            if (error !== undefined) return reject(error);
            const units = texts.reduce((sum, { length }) => sum + length, 0);
            onReport?.({ tokens: 0.3 * units, waitedSeconds: 0, ranSeconds: 0.1 });
            resolve(texts.map((text) => ({ text, entities: this.entities, windows: 1, truncated: false })));
          },
        };
        this.calls.push(call);
        signal?.addEventListener("abort", () => {
          if (!this.calls.includes(call)) return;
          this.calls.splice(this.calls.indexOf(call), 1);
          this.aborted.push(...texts);
          reject(signal.reason);
        });
        if (!this.isHeld) call.end();
      }),
    waiting: { sequences: 0, tokens: 0 },
    onBatch: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    dispose: async () => {},
  });

  report(report: BatchReport): void {
    for (const listener of this.#listeners) listener(report);
  }
}

/** Starts a server of a held model, which holds its calls from now on. */
export async function held(settings: SettingsInput = {}) {
  const model = new HeldModel();
  const server = await ready(settings, { open: model.open, models: { held: "held" } });
  model.isHeld = true;
  return { server, model };
}

/** Resolves when a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A connection that sends bytes as they are. */
export function rawConnection(server: TestServer) {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let received = "";
  socket.setEncoding("utf8").on("data", (text) => {
    received += text;
  });
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(received)));
  return {
    socket,
    closed,
    get received() {
      return received;
    },
    send: (text: string | Buffer) => socket.write(text),
  };
}

/** The problem of an answer, with its status. */
export async function problem(response: Response): Promise<{ status: number; code: string; detail: string }> {
  const body = (await response.json()) as Record<string, unknown>;
  if (response.headers.get("content-type") !== "application/problem+json")
    throw new Error(`no problem: ${response.status} ${JSON.stringify(body)}`);
  if (body.status !== response.status || body.request_id !== response.headers.get("x-request-id"))
    throw new Error(`a problem of another answer: ${JSON.stringify(body)}`);
  return body as { status: number; code: string; detail: string };
}
