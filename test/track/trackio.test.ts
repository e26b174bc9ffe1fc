import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import type { TrainEvent } from "../../src/run/index.js";
import { figuresOf } from "../../src/track/figures.js";
import { trackioSettings } from "../../src/track/trackio/settings.js";
import { TrackioTracker } from "../../src/track/trackio/tracker.js";
import { quickFolder } from "../files/scratch.js";
import { pythonWith } from "../pythonWith.js";
import { evaluationOf, logOf, startOf } from "./events.js";
import { answers, freePort } from "./server.js";

const python = pythonWith("trackio");
const folder = quickFolder("trackio");
afterAll(() => rmSync(folder, { recursive: true }));

interface Entry {
  readonly project: string;
  readonly run: string;
  readonly run_id: string;
  readonly step: number;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly log_id: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A server that does what Trackio does with `bulk_log`: an entry whose id it has is left out. */
class TrackioServer {
  readonly entries: Entry[] = [];
  readonly seen: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  /** Statuses of the next answers, or no answer at all. `lost` stores the entries first. */
  readonly accidents: (number | "lost" | undefined)[] = [];
  apiVersion = 1;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer(async (request, answer) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      this.seen.push({ path: request.url!, headers: request.headers });
      const accident = this.accidents.shift();
      if (typeof accident === "number") {
        answer.writeHead(accident, { "content-type": "application/json" });
        return answer.end('{"error": "an accident"}');
      }
      if (request.url === "/version") return answer.end(JSON.stringify({ api_version: this.apiVersion }));
      for (const entry of (JSON.parse(text) as { kwargs: { logs: Entry[] } }).kwargs.logs)
        if (!this.entries.some(({ log_id }) => log_id === entry.log_id)) this.entries.push(entry);
      if (accident === "lost") return answer.destroy();
      answer.end('{"data": null}');
    });
    await new Promise<void>((done) => this.#server!.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done));
  }
}

let server: TrackioServer;
let address: string;
beforeEach(async () => {
  server = new TrackioServer();
  address = await server.start();
});
afterEach(() => server.stop());

let outputs = 0;
const newOutput = () => {
  const output = join(folder, `output-${outputs++}`);
  mkdirSync(output);
  return output;
};

async function reported(
  output: string,
  events: readonly TrainEvent[],
  environment: Readonly<Record<string, string>> = {},
  { resumedAt = 0, recipe = {} }: { resumedAt?: number; recipe?: Record<string, unknown> } = {},
) {
  const tracker = new TrackioTracker(trackioSettings({ TRACKIO_SERVER_URL: address, ...environment }));
  tracker.begin(startOf(output, resumedAt, recipe));
  for (const event of events) {
    const figures = figuresOf(event, 8);
    if (figures !== undefined) tracker.take(figures);
  }
  await tracker.end("finished");
  return tracker.warnings();
}

const steps = (name: string) =>
  server.entries.flatMap(({ step, metrics }) => (name in metrics ? [[step, metrics[name]]] : []));

describe("a run that reports to Trackio", () => {
  it("has Trainer's names, its recipe as configuration, and the token of the address", async () => {
    const events = [logOf(50), logOf(100), evaluationOf(100), evaluationOf(100, "test")];
    const environment = {
      TRACKIO_SERVER_URL: `${address}/?write_token=very-secret`,
      TRACKIO_PROJECT: "names",
    };
    expect(await reported(newOutput(), events, environment, { recipe: { runName: "mine" } })).toEqual([]);
    expect(steps("train/loss")).toEqual([
      [50, 1 / 50],
      [100, 1 / 100],
    ]);
    expect(steps("eval/PER_f1")).toEqual([[100, 0.91]]);
    expect(steps("test/f1")).toEqual([[100, 0.91]]);
    expect(steps("train/global_step")).toHaveLength(4);
    expect(server.entries[0]).toMatchObject({
      project: "names",
      run: "mine",
      config: { learning_rate: 5e-5 },
    });
    expect(server.entries.filter(({ config }) => config !== undefined)).toHaveLength(1);
    expect(new Set(server.entries.map(({ run_id }) => run_id)).size).toBe(1);
    for (const { headers, path } of server.seen) {
      expect(headers["x-trackio-write-token"]).toBe("very-secret");
      expect(path).not.toContain("secret");
    }
  });

  it("has everything once after it was resumed, and after answers that were lost", async () => {
    const output = newOutput();
    server.accidents.push(undefined, "lost", 503);
    const odd = { ...logOf(150), loss: Number.NaN, gradNorm: Infinity } as TrainEvent;
    const [warning, ...others] = await reported(output, [logOf(50), logOf(100), evaluationOf(100), odd]);
    expect(warning!.code).toBe("TRACKIO_NOT_REACHED");
    expect(others).toEqual([]);
    expect(await reported(output, [evaluationOf(100), odd, logOf(200)], {}, { resumedAt: 100 })).toEqual([]);
    expect(steps("train/loss")).toEqual([
      [50, 1 / 50],
      [100, 1 / 100],
      [150, "NaN"],
      [200, 1 / 200],
    ]);
    expect(steps("eval/f1")).toEqual([[100, 0.91]]);
    expect(new Set(server.entries.map(({ run_id }) => run_id)).size).toBe(1);
    await reported(output, [logOf(50)]);
    expect(new Set(server.entries.map(({ run_id }) => run_id)).size).toBe(2);
  });

  it("goes on without a server that refuses, or that is none of Trackio's", async () => {
    server.accidents.push(undefined, 400);
    expect(await reported(newOutput(), [logOf(50)])).toEqual([
      { code: "TRACKIO_REFUSED", message: expect.stringContaining("400: an accident") },
    ]);
    server.apiVersion = 2;
    const [warning] = await reported(newOutput(), [logOf(50)]);
    expect(warning!.message).toContain("version 2 of its interface");
  });

  it("is not held back by a server that never answers, and says what was lost", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const tracker = new TrackioTracker(trackioSettings({ TRACKIO_SERVER_URL: url }));
    tracker.begin(startOf(newOutput()));
    for (let step = 1; step <= 60_000; step++) tracker.take({ step, values: { loss: 1 } });
    await tracker.end("finished");
    expect(tracker.warnings().at(-1)).toEqual({
      code: "TRACKIO_INCOMPLETE",
      message: "60000 figures could not be sent to Trackio.",
    });
    silent.closeAllConnections();
    silent.close();
  });
});

it.each([
  [{}, "TRACK_TRACKIO_ADDRESS_MISSING", "TRACKIO_SERVER_URL"],
  [{ TRACKIO_SERVER_URL: "trackio.db" }, "TRACK_TRACKIO_SETTING_INVALID", "TRACKIO_SERVER_URL"],
  [
    { TRACKIO_SERVER_URL: "http://localhost:7860", TRACKIO_WRITE_TOKEN: "two words" },
    "TRACK_TRACKIO_SETTING_INVALID",
    "TRACKIO_WRITE_TOKEN",
  ],
])("%o is refused before the run starts: %s", (environment, code, where) => {
  try {
    trackioSettings(environment);
    expect.unreachable();
  } catch (error) {
    expect(isNeriumError(error) && error).toMatchObject({ code, where });
  }
});

describe.skipIf(python === undefined)("Trackio's own server (needs NERIUM_PYTHON)", () => {
  it("stores the figures once, and its own library reads the same", async () => {
    const home = join(folder, "home");
    mkdirSync(home);
    const port = await freePort();
    const program = `import trackio; trackio.show(open_browser=False, block_thread=True, server_port=${port})`;
    const env = { ...process.env, HOME: home, TRACKIO_DIR: home, TRACKIO_WRITE_TOKEN: "a-long-token" };
    const own = spawn(python!, ["-c", program], { cwd: home, stdio: "ignore", env, detached: true });
    try {
      const url = `http://127.0.0.1:${port}`;
      await answers(`${url}/version`);
      const output = newOutput();
      const odd = { ...logOf(150), loss: Number.NaN } as TrainEvent;
      const [refused] = await reported(output, [logOf(50)], { TRACKIO_SERVER_URL: url });
      expect(refused!.message).toContain("write_token");
      const environment = {
        TRACKIO_SERVER_URL: url,
        TRACKIO_WRITE_TOKEN: "a-long-token",
        TRACKIO_PROJECT: "names",
      };
      const recipe = { runName: "mine" };
      const first = [logOf(50), logOf(100), evaluationOf(100), odd];
      expect(await reported(output, first, environment, { recipe })).toEqual([]);
      const rest = [evaluationOf(100), odd, logOf(200)];
      expect(await reported(output, rest, environment, { recipe, resumedAt: 100 })).toEqual([]);
      const reader = `
import json
from trackio.sqlite_storage import SQLiteStorage
[run] = SQLiteStorage.get_run_records("names")
logs = SQLiteStorage.get_logs("names", "mine")
history = lambda key: [[log["step"], repr(log[key])] for log in logs if key in log]
config = list(SQLiteStorage.get_all_run_configs("names").values())[0]
print(json.dumps({"loss": history("train/loss"), "f1": history("eval/f1"), "rate": config["learning_rate"]}))`;
      const said = execFileSync(python!, ["-c", reader], { encoding: "utf8", env });
      expect(JSON.parse(said.trim().split("\n").at(-1)!)).toEqual({
        loss: [
          [50, "0.02"],
          [100, "0.01"],
          [150, "nan"],
          [200, "0.005"],
        ],
        f1: [[100, "0.91"]],
        rate: 5e-5,
      });
    } finally {
      process.kill(-own.pid!, "SIGKILL");
    }
  });
});
