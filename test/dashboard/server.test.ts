import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { type DashboardServer, serveDashboard } from "../../src/dashboard/index.js";
import { runRecorder } from "../../src/dashboard/recorder.js";
import { isOwnRequest } from "../../src/dashboard/requests.js";
import { RUN_NOTES } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/events.js";
import type { DashboardMessage, RunNote } from "../../src/run/notes.js";
import { train } from "../../src/train/index.js";
import { testIo } from "../cli/testIo.js";
import { evaluationOf, startOf } from "../track/events.js";
import { tinyModel } from "../train/tinyModel.js";
import { stepOf } from "./events.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-dashboard-"));
const page = join(folder, "page");
mkdirSync(join(page, "assets"), { recursive: true });
writeFileSync(join(page, "index.html"), "<!doctype html>");
writeFileSync(join(page, "assets", "a.js"), "1");
afterAll(() => rmSync(folder, { recursive: true }));

const open: DashboardServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function served(folders: readonly string[], options: { patience?: number } = {}) {
  const server = await serveDashboard(folders, { port: 0, page, ...options });
  open.push(server);
  return server;
}

let outputs = 0;
function newRun(below = folder) {
  const output = join(below, `run-${outputs++}`);
  mkdirSync(output, { recursive: true });
  let now = 1e12;
  const listener = runRecorder(output, { now: () => (now += 1000), onProblem: expect.unreachable });
  return { output, tell: async (...events: TrainEvent[]) => void (await Promise.all(events.map(listener))) };
}
const closed = { type: "closed" } as const;

/** Reads the events of a dashboard until a condition holds for what a browser would have. */
async function read(url: string, until: (notes: ReadonlyMap<string, RunNote[]>, runs: Runs) => boolean) {
  const stop = new AbortController();
  const answer = await fetch(`${url}/events`, { signal: stop.signal });
  const notes = new Map<string, RunNote[]>();
  let runs: Runs = [];
  let rest = "";
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + chunk).split("\n\n");
    rest = messages.pop()!;
    for (const text of messages.filter((each) => each.startsWith("data: "))) {
      const message = JSON.parse(text.slice(6)) as DashboardMessage;
      if (message.type === "runs") runs = message.runs;
      else notes.set(message.id, [...(message.anew ? [] : notes.get(message.id)!), ...message.notes]);
    }
    if (until(notes, runs)) break;
  }
  stop.abort();
  return { notes, runs };
}
type Runs = Extract<DashboardMessage, { type: "runs" }>["runs"];

const get = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const asked = request(url, { method, headers }, (answer) => {
        let body = "";
        answer.on("data", (chunk) => (body += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers, body }));
      });
      asked.on("error", reject).end();
    },
  );

describe("a dashboard", () => {
  it("shows a run while it goes on, several side by side, and one that begins later", async () => {
    const below = join(folder, "several");
    const [one, two] = [newRun(below), newRun(below)];
    await one.tell(startOf(one.output), stepOf(1), closed);
    await two.tell(startOf(two.output), stepOf(1));
    const { url } = await served([below]);
    await read(url, (notes) => notes.get("0")?.length === 2 && notes.get("1")?.length === 2);
    await two.tell(stepOf(2), evaluationOf(2), stepOf(3));
    const three = newRun(below);
    await three.tell(startOf(three.output), stepOf(1), closed);
    const { notes, runs } = await read(url, (all) => all.get("1")?.length === 5 && all.has("2"));
    expect(notes.get("1")!.map(({ type }) => type)).toEqual([
      "start",
      "steps",
      "steps",
      "evaluation",
      "steps",
    ]);
    expect(runs.map(({ name }) => name)).toEqual([0, 1, 2].map((n) => `several/run-${n}`));
    await two.tell(closed);
  });

  it("shows a run that wrote no notes from its checkpoint and its record, and one of Trainer", async () => {
    const tiny = await tinyModel();
    try {
      const recipe = tiny.recipe({ loggingSteps: 2, test: tiny.files.test, threads: 1 });
      const { metrics } = await train(recipe).result();
      const python = join(tiny.folder, "python");
      mkdirSync(python);
      const history = [
        { step: 10, epoch: 1, loss: 0.5, learning_rate: 1e-5, grad_norm: 1 },
        {
          step: 10,
          epoch: 1,
          eval_loss: 0.4,
          eval_f1: 0.9,
          eval_precision: 0.8,
          eval_recall: 0.7,
          eval_accuracy: 1,
        },
      ];
      const state = { max_steps: 20, num_train_epochs: 2, log_history: history };
      writeFileSync(join(python, "trainer_state.json"), JSON.stringify(state));
      const { url } = await served([recipe.output, python]);
      const { notes, runs } = await read(url, (all) => all.size === 2);
      expect(runs.map(({ status }) => status)).toEqual(["finished", "interrupted"]);
      const own = notes.get("0")!;
      const evaluations = own.filter((note) => note.type === "evaluation");
      expect(evaluations.map(({ split }) => split)).toEqual(["validation", "validation", "test"]);
      expect(evaluations[1]!.metrics).toEqual(metrics);
      expect(Object.keys(evaluations[0]!.types!)).toContain("PER");
      expect(own.filter(({ type }) => type === "steps")).toHaveLength(6);
      expect(own[0]).toMatchObject({ totalSteps: 12, recipe: { learning_rate: 3e-3 } });
      expect(notes.get("1")!.map(({ type }) => type)).toEqual(["start", "steps", "evaluation"]);
    } finally {
      rmSync(tiny.folder, { recursive: true });
    }
  });

  it("sends a browser that comes back everything again, and one that stays only what is new", async () => {
    const run = newRun();
    await run.tell(startOf(run.output), stepOf(1), stepOf(2), closed);
    const { url } = await served([run.output]);
    for (let time = 0; time < 2; time++) await read(url, (notes) => notes.get("0")?.length === 3);
  });

  it("drops a browser that reads nothing, and goes on for the others", async () => {
    const run = newRun();
    // More than the buffers of a connection hold.
    const large = { ...startNote(run.output), recipe: { text: "x".repeat(2 ** 24) } };
    const notes = [large, { ...stepOf(1), type: "steps" }].map((note) => `${JSON.stringify(note)}\n`);
    writeFileSync(join(run.output, RUN_NOTES), notes.join(""));
    const { url } = await served([run.output], { patience: 500 });
    const lazy = connect(Number(new URL(url).port), "127.0.0.1");
    const dropped = new Promise((resolve) => lazy.on("close", resolve).on("error", () => {}));
    lazy.pause();
    lazy.write(`GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    // What the system holds for it may still arrive.
    setTimeout(() => lazy.resume(), 1500);
    await dropped;
    expect((await get(url)).status).toBe(200);
  });

  it("ends with the last notes", async () => {
    const run = newRun();
    await run.tell(startOf(run.output), stepOf(1));
    const server = await served([run.output]);
    let seen = 0;
    const reading = read(server.url, (notes) => {
      seen = Math.max(seen, notes.get("0")?.length ?? 0);
      return seen === 3;
    });
    while (seen < 2) await new Promise((later) => setTimeout(later, 5));
    await run.tell(stepOf(2), closed);
    await server.close();
    await reading;
    expect(seen).toBe(3);
  });
});

function startNote(output: string) {
  const { totalSteps, stepsPerEpoch, labels, resumedAt } = startOf(output);
  return { type: "start", time: 1, resumedAt, totalSteps, stepsPerEpoch, labels, facts: {}, recipe: {} };
}

describe("only this machine", () => {
  it.each([
    [{ host: "127.0.0.1:8090" }, true],
    [{ host: "localhost" }, true],
    [{ host: "LOCALHOST:1" }, true],
    [{ host: "[::1]:8090" }, true],
    [{ host: "localhost", "sec-fetch-site": "same-origin" }, true],
    [{ host: "localhost", "sec-fetch-site": "none" }, true],
    [{ host: "localhost", "sec-fetch-site": "cross-site" }, false],
    [{ host: "localhost", "sec-fetch-site": "same-site" }, false],
    [{ host: "rebound.example:8090" }, false],
    [{ host: "localhost.example" }, false],
    [{ host: "127.0.0.1.example" }, false],
    [{}, false],
  ])("%o is answered: %s", (headers, isOwn) => {
    expect(isOwnRequest(headers)).toBe(isOwn);
  });

  it("gets the page, with headers that let it do nothing else", async () => {
    const { url } = await served([folder]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { status, headers } = await get(url);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect((await get(`${url}/assets/a.js`)).status).toBe(200);
    for (const path of [
      "/assets/b.js",
      "/assets/../index.html",
      "/assets/%2e%2e/index.html",
      "/x",
      "/events/x",
    ])
      expect((await get(url + path)).status, path).toBe(404);
    expect((await get(`${url}/events`, {}, "POST")).status).toBe(404);
    expect((await get(url, { host: "rebound.example" })).status).toBe(403);
    expect((await get(`${url}/events`, { host: "rebound.example" })).status).toBe(403);
    expect((await get(url, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await get(url, { padding: "x".repeat(20_000) })).status).toBe(431);
  });

  it("as few browsers at once as are needed", async () => {
    const { url } = await served([folder]);
    const stop = new AbortController();
    const all = Array.from({ length: 16 }, () => fetch(`${url}/events`, { signal: stop.signal }));
    await Promise.all(all);
    expect((await get(`${url}/events`)).status).toBe(503);
    stop.abort();
  });
});

describe("the command line", () => {
  let taken: ReturnType<typeof createServer>;
  let port: number;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    taken = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    port = (taken.address() as { port: number }).port;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    taken.close();
  });

  it("refuses a port that is in use, a port that is none, and a folder that does not exist", async () => {
    for (const [args, code, text] of [
      [["dashboard", folder, "--port", String(port)], 1, "[DASHBOARD_CANNOT_LISTEN]"],
      [["dashboard", join(folder, "missing")], 1, "[DASHBOARD_FOLDER_MISSING]"],
      [["dashboard", folder, "--port", "70000"], 2, "a whole number from 0 to 65535"],
      [["train", "--dashboard-port", "1"], 2, "--dashboard-port needs --dashboard"],
      [["train", "--dashboard", "--dry-run"], 2, "--dry-run cannot be combined with --dashboard"],
    ] as const) {
      const { io, stderr } = testIo({ env: { NO_COLOR: "1" } });
      expect(await nerium(args, io), stderr.text).toBe(code);
      expect(stderr.text).toContain(text);
    }
  });

  it("says where the page is, and ends with Ctrl-C", async () => {
    const { io, stderr, interrupt } = testIo();
    const ended = nerium(["dashboard", folder, "--port", "0"], io);
    while (!stderr.text.includes("\n")) await new Promise((later) => setTimeout(later, 5));
    const [, url] = /^dashboard {2}(http:\/\/127\.0\.0\.1:\d+)\n$/.exec(stderr.text)!;
    expect((await get(url!)).status).toBeLessThan(501);
    interrupt();
    expect(await ended).toBe(0);
  });

  it("refuses to train with a port that is in use before anything else happens", async () => {
    const { io, stderr } = testIo({ env: { NO_COLOR: "1" } });
    const flags = ["--model", "none", "--train", "none.conll", "--output", join(folder, "refused")];
    const code = await nerium(["train", ...flags, "--dashboard", "--dashboard-port", String(port)], io);
    expect(code).toBe(1);
    expect(stderr.text).toContain("[DASHBOARD_CANNOT_LISTEN]");
  });

  it("trains with a dashboard, and leaves notes that another one shows", async () => {
    const tiny = await tinyModel();
    try {
      const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
      const output = join(tiny.folder, "out");
      const { model, train: data, validation } = tiny.recipe();
      const flags = ["--model", model, "--train", data!, "--validation", validation!, "--output", output];
      const more = ["--num-train-epochs", "1", "--threads", "1", "--dashboard", "--dashboard-port", "0"];
      expect(await nerium(["train", ...flags, ...more], io), stderr.text).toBe(0);
      expect(stdout.text).toMatch(/^dashboard {2}http:\/\/127\.0\.0\.1:\d+\n/);
      const { url } = await served([output]);
      const { notes } = await read(url, (all) => all.get("0")?.at(-1)?.type === "end");
      expect(notes.get("0")!.map(({ type }) => type)).toEqual(
        expect.arrayContaining(["start", "steps", "evaluation"]),
      );
      expect(notes.get("0")!.at(-1)).toMatchObject({ reason: "finished", step: 12 });
    } finally {
      rmSync(tiny.folder, { recursive: true });
    }
  });
});
