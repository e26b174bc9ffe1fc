import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import type { TrainEvent } from "../../src/run/index.js";
import { figuresOf } from "../../src/track/figures.js";
import { mlflowSettings } from "../../src/track/mlflow/settings.js";
import { MlflowTracker } from "../../src/track/mlflow/tracker.js";
import type { Outcome } from "../../src/track/tracker.js";
import { train } from "../../src/train/index.js";
import { quickFolder } from "../files/scratch.js";
import { pythonWith } from "../pythonWith.js";
import { tinyModel } from "../train/tinyModel.js";
import { evaluationOf, logOf, startOf } from "./events.js";
import { MlflowServer } from "./mlflowServer.js";
import { answers, freePort } from "./server.js";

const python = pythonWith("mlflow");
const folder = quickFolder("mlflow");
afterAll(() => rmSync(folder, { recursive: true }));

let server: MlflowServer;
let address: string;
beforeEach(async () => {
  server = new MlflowServer();
  address = await server.start();
});
afterEach(() => server.stop());

let outputs = 0;
const newOutput = () => {
  const output = join(folder, `output-${outputs++}`);
  mkdirSync(output);
  return output;
};

interface Reporting {
  readonly resumedAt?: number;
  readonly outcome?: Outcome;
  readonly environment?: Readonly<Record<string, string>>;
  readonly recipe?: Readonly<Record<string, unknown>>;
}

async function reported(
  output: string,
  events: readonly TrainEvent[],
  { resumedAt = 0, outcome = "finished", environment = {}, recipe = {} }: Reporting = {},
) {
  const settings = mlflowSettings({ MLFLOW_TRACKING_URI: address, ...environment });
  const tracker = new MlflowTracker(settings, { now: () => 1_700_000_000_000 });
  tracker.begin(startOf(output, resumedAt, recipe));
  for (const event of events) {
    const figures = figuresOf(event, 8);
    if (figures !== undefined) tracker.take(figures);
  }
  await tracker.end(outcome);
  return tracker.warnings();
}

const figures = (run: number, key: string) =>
  server.runs[run]!.metrics.filter((metric) => metric.key === key).map(({ step, value }) => [step, value]);
/** Metrics that are stored more than once for a step. */
const twice = (run: number) => {
  const all = server.runs[run]!.metrics.map(({ key, step }) => `${key} ${step}`);
  return all.filter((each, index) => all.indexOf(each) !== index);
};

describe("a run that reports to MLflow", () => {
  it("becomes a run with Trainer's names: parameters, figures, status", async () => {
    const output = newOutput();
    const events = [logOf(50), logOf(100), evaluationOf(100), evaluationOf(100, "test")];
    expect(await reported(output, events, { recipe: { learningRate: 2e-5, runName: "mine" } })).toEqual([]);
    expect(server.runs).toHaveLength(1);
    expect(server.runs[0]).toMatchObject({
      name: "mine",
      experiment: "0",
      status: "FINISHED",
      params: {
        learning_rate: "0.00002",
        seed: "42",
        train_sentences: "100",
        labels: '["O","B-PER","I-PER"]',
      },
      tags: { "mlflow.source.name": "nerium train" },
    });
    expect(figures(0, "loss")).toEqual([
      [50, 1 / 50],
      [100, 1 / 100],
    ]);
    expect(figures(0, "eval_f1")).toEqual([[100, 0.91]]);
    expect(figures(0, "eval_PER_f1")).toEqual([[100, 0.91]]);
    expect(figures(0, "test_f1")).toEqual([[100, 0.91]]);
    expect(twice(0)).toEqual([]);
  });

  it.each([
    ["finished", "FINISHED"],
    ["early-stopping", "FINISHED"],
    ["stopped", "KILLED"],
    ["failed", "FAILED"],
  ] as const)("has the status of a run that is %s: %s", async (outcome, status) => {
    await reported(newOutput(), [logOf(50)], { outcome });
    expect(server.runs[0]!.status).toBe(status);
  });

  it("is in the experiment that the environment names, which is created if it does not exist", async () => {
    const environment = { MLFLOW_EXPERIMENT_NAME: "names", MLFLOW_TAGS: '{"team": "a"}' };
    await reported(newOutput(), [logOf(50)], { environment });
    await reported(newOutput(), [logOf(50)], { environment });
    expect(server.experiments.get("names")).toBe("1");
    expect(server.runs.map(({ experiment, tags }) => [experiment, tags.team])).toEqual([
      ["1", "a"],
      ["1", "a"],
    ]);
  });

  it("sends a user name or a token, and hides both in messages", async () => {
    await reported(newOutput(), [], { environment: { MLFLOW_TRACKING_TOKEN: "very-secret" } });
    expect(server.seen[0]!.headers.authorization).toBe("Bearer very-secret");
    server.seen.length = 0;
    const environment = { MLFLOW_TRACKING_URI: address.replace("//", "//me:password1@") };
    await reported(newOutput(), [], { environment });
    expect(server.seen[0]!.headers.authorization).toBe(`Basic ${btoa("me:password1")}`);
    server.accidents.push({ kind: "status", status: 401 });
    const [warning] = await reported(newOutput(), [], { environment });
    expect(warning!.code).toBe("MLFLOW_REFUSED");
    expect(warning!.message).not.toContain("password1");
  });

  it("sends many figures in several requests, and those that are no numbers as MLflow's words", async () => {
    const events = Array.from({ length: 600 }, (_, index) => logOf(index + 1));
    const odd = { ...logOf(601), loss: Number.NaN, gradNorm: Infinity } as TrainEvent;
    await reported(newOutput(), [...events, odd]);
    expect(figures(0, "loss")).toHaveLength(601);
    expect(figures(0, "loss").at(-1)).toEqual([601, "NaN"]);
    expect(figures(0, "grad_norm").at(-1)).toEqual([601, "Infinity"]);
    const batches = server.seen.filter(({ path }) => path === "runs/log-batch");
    expect(Math.max(...batches.map(({ body }) => body.metrics?.length ?? 0))).toBe(1000);
  });
});

describe("a resumed run", () => {
  it("sends nothing twice, and goes on in the same run", async () => {
    const output = newOutput();
    await reported(output, [logOf(50), logOf(100), evaluationOf(100), logOf(150)], { outcome: "failed" });
    await reported(output, [evaluationOf(100), logOf(150), logOf(200), evaluationOf(200)], {
      resumedAt: 100,
    });
    expect(server.runs).toHaveLength(1);
    expect(server.runs[0]!.status).toBe("FINISHED");
    expect(figures(0, "loss").map(([step]) => step)).toEqual([50, 100, 150, 200]);
    expect(figures(0, "eval_f1").map(([step]) => step)).toEqual([100, 200]);
    expect(twice(0)).toEqual([]);
  });

  it("is found if the process ended before the server answered that the run was created", async () => {
    const output = newOutput();
    server.accidents.push({ kind: "silence", stored: true });
    await reported(output, [logOf(50)], { outcome: "failed" });
    expect(server.runs).toHaveLength(1);
    await reported(output, [logOf(50), logOf(100)], { resumedAt: 1 });
    expect(server.runs).toHaveLength(1);
    expect(figures(0, "loss").map(([step]) => step)).toEqual([50, 100]);
    expect(Object.keys(server.runs[0]!.params).length).toBeGreaterThan(50);
  });

  it("goes on with other settings that do not affect the result: parameters stay as they were", async () => {
    const output = newOutput();
    await reported(output, [logOf(50)], { outcome: "stopped" });
    expect(await reported(output, [logOf(100)], { resumedAt: 50, recipe: { threads: 1 } })).toEqual([]);
    expect(server.runs[0]!.params.threads).toBe("2");
  });

  it("to another server begins a new run there", async () => {
    const output = newOutput();
    await reported(output, [logOf(50)]);
    await server.stop();
    server = new MlflowServer();
    address = await server.start();
    await reported(output, [logOf(100)], { resumedAt: 50 });
    expect(figures(0, "loss").map(([step]) => step)).toEqual([100]);
  });
});

describe("a server that fails", () => {
  it.each([
    ["answers 503 without storing", { kind: "status", status: 503 }],
    ["answers 500 after storing", { kind: "status", status: 500, stored: true }],
    ["answers 429", { kind: "status", status: 429 }],
  ] as const)("and %s gets everything once in the end", async (_, accident) => {
    // At each request in turn, the creation of the run included.
    for (let before = 0; before < 4; before++) {
      server.runs.length = 0;
      server.accidents.length = 0;
      server.accidents.push(...Array(before).fill(undefined), accident);
      const warnings = await reported(newOutput(), [logOf(50), evaluationOf(100)]);
      expect(warnings.map(({ code }) => code)).toEqual(["MLFLOW_NOT_REACHED"]);
      expect(server.runs).toHaveLength(1);
      expect(server.runs[0]!.status).toBe("FINISHED");
      expect(figures(0, "loss")).toEqual([[50, 1 / 50]]);
      expect(twice(0)).toEqual([]);
    }
  });

  it("and refuses is not asked again", async () => {
    server.accidents.push({ kind: "status", status: 403 });
    const warnings = await reported(newOutput(), [logOf(50), logOf(100)]);
    expect(warnings).toEqual([
      { code: "MLFLOW_REFUSED", message: expect.stringContaining("ACCIDENT: an accident") },
    ]);
    expect(server.seen).toHaveLength(1);
  });

  it("and is not MLflow at all is said so", async () => {
    const page = createServer((_, answer) => answer.end("<h1>Welcome</h1>"));
    await new Promise<void>((done) => page.listen(0, "127.0.0.1", done));
    const environment = {
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${(page.address() as AddressInfo).port}`,
      MLFLOW_EXPERIMENT_NAME: "a",
    };
    const [warning] = await reported(newOutput(), [logOf(50)], { environment });
    expect(warning!.message).toMatch(/its answer is not that of MLflow$/);
    page.close();
  });

  it("and is gone costs some seconds at the end, and a warning that tells what was lost", async () => {
    await server.stop();
    const warnings = await reported(newOutput(), [logOf(50)]);
    expect(warnings.map(({ code }) => code)).toEqual(["MLFLOW_NOT_REACHED", "MLFLOW_INCOMPLETE"]);
    expect(warnings[1]!.message).toBe("4 figures could not be sent to MLflow.");
    server = new MlflowServer();
    await server.start();
  });

  it("and never answers does not hold back a single event", async () => {
    server.accidents.push(...Array(1000).fill({ kind: "silence" }));
    const tracker = new MlflowTracker(mlflowSettings({ MLFLOW_TRACKING_URI: address }), { now: () => 0 });
    tracker.begin(startOf(newOutput()));
    // Synchronous: nothing is awaited between two events.
    for (let step = 1; step <= 300_000; step++) tracker.take({ step, values: { loss: 1 } });
    await tracker.end("finished");
    const codes = tracker.warnings();
    // Only so many wait in memory.
    expect(codes.at(-1)).toEqual({
      code: "MLFLOW_INCOMPLETE",
      message: "300000 figures could not be sent to MLflow.",
    });
  });
});

describe("the environment", () => {
  it.each([
    [{}, "TRACK_MLFLOW_ADDRESS_MISSING", "MLFLOW_TRACKING_URI"],
    [{ MLFLOW_TRACKING_URI: "sqlite:///mlflow.db" }, "TRACK_MLFLOW_SETTING_INVALID", "MLFLOW_TRACKING_URI"],
    [
      { MLFLOW_TRACKING_URI: "http://localhost:5000", MLFLOW_TAGS: "a=b" },
      "TRACK_MLFLOW_SETTING_INVALID",
      "MLFLOW_TAGS",
    ],
    [
      { MLFLOW_TRACKING_URI: "http://localhost:5000", MLFLOW_TRACKING_TOKEN: "two words" },
      "TRACK_MLFLOW_SETTING_INVALID",
      "MLFLOW_TRACKING_TOKEN",
    ],
  ])("%o is refused before the run starts: %s", (environment, code, where) => {
    try {
      mlflowSettings(environment);
      expect.unreachable();
    } catch (error) {
      expect(isNeriumError(error) && error).toMatchObject({ code, where });
    }
  });
});

describe("training", () => {
  it("sends its figures to MLflow, those of trainer_state.json", async () => {
    const tiny = await tinyModel();
    try {
      vi.stubEnv("MLFLOW_TRACKING_URI", address);
      const recipe = tiny.recipe({ reportTo: ["mlflow"], loggingSteps: 3 });
      await train(recipe).result();
      const { log_history: logs } = JSON.parse(
        readFileSync(join(recipe.output, "trainer_state.json"), "utf8"),
      );
      for (const { step, ...entry } of logs)
        for (const [name, value] of Object.entries(entry))
          expect(figures(0, name), name).toContainEqual([step, value]);
      expect(twice(0)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(tiny.folder, { recursive: true });
    }
  });
});

describe.skipIf(python === undefined)("MLflow's own server (needs NERIUM_PYTHON)", () => {
  it("stores the figures, and its own client reads the same", async () => {
    const home = join(folder, "server");
    mkdirSync(home);
    const port = await freePort();
    const args = ["-m", "mlflow", "server", "--port", `${port}`, "--workers", "1"];
    const store = ["--backend-store-uri", `sqlite:///${home}/mlflow.db`, "--artifacts-destination", home];
    const process = spawn(python!, [...args, ...store], { cwd: home, stdio: "ignore", detached: true });
    try {
      await answers(`http://127.0.0.1:${port}/health`);
      const environment = {
        MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`,
        MLFLOW_EXPERIMENT_NAME: "names",
      };
      const output = newOutput();
      const odd = { ...logOf(150), loss: Number.NaN } as TrainEvent;
      const first = [logOf(50), logOf(100), evaluationOf(100), odd];
      const recipe = { runName: "mine" };
      expect(await reported(output, first, { environment, recipe, outcome: "failed" })).toEqual([]);
      const rest = [evaluationOf(100), odd, logOf(200), evaluationOf(200)];
      expect(await reported(output, rest, { environment, recipe, resumedAt: 100 })).toEqual([]);
      const program = `
import json, sys
from mlflow import MlflowClient
client = MlflowClient(sys.argv[1])
[run] = client.search_runs([client.get_experiment_by_name("names").experiment_id])
history = lambda key: [[metric.step, repr(metric.value)] for metric in client.get_metric_history(run.info.run_id, key)]
print(json.dumps({
    "name": run.info.run_name, "status": run.info.status, "rate": run.data.params["learning_rate"],
    "loss": history("loss"), "f1": history("eval_f1"), "epoch": history("epoch"),
}))`;
      const said = execFileSync(python!, ["-c", program, environment.MLFLOW_TRACKING_URI], {
        encoding: "utf8",
      });
      expect(JSON.parse(said)).toEqual({
        name: "mine",
        status: "FINISHED",
        rate: "0.00005",
        loss: [
          [50, "0.02"],
          [100, "0.01"],
          [150, "nan"],
          [200, "0.005"],
        ],
        f1: [
          [100, "0.91"],
          [200, "0.92"],
        ],
        epoch: [
          [50, "0.5"],
          [100, "1.0"],
          [150, "1.5"],
          [200, "2.0"],
        ],
      });
    } finally {
      // The server's workers are processes of their own.
      globalThis.process.kill(-process.pid!, "SIGKILL");
    }
  });
});
