/** Overload, deadlines, clients that leave, failed batches, and what the server says of itself meanwhile. */
import { describe, expect, it } from "vitest";
import { Admission } from "../../src/serve/admission.js";
import {
  closeServers,
  HeldModel,
  held,
  problem,
  rawConnection,
  ready,
  started,
  tinyModel,
  until,
} from "./testServer.js";

closeServers();

const LIMITS = { maxQueueTokens: 1000, maxQueueTime: 1, batchTokens: 100 };

describe("admission", () => {
  it("refuses what would exceed the tokens that may wait, but never a first request", () => {
    const admission = new Admission(LIMITS);
    const lane = admission.lane();
    const book = admission.enter(lane, 1_000_000);
    expect(() => admission.enter(lane, 10)).toThrow(expect.objectContaining({ code: "SERVE_OVERLOADED" }));
    book.leave();
    book.leave();
    expect(admission.tokens).toBe(0);
    const tickets = Array.from({ length: 4 }, () => admission.enter(lane, 800));
    expect(admission.tokens).toBeLessThanOrEqual(1000);
    expect(() => admission.enter(lane, 800)).toThrow();
    tickets[0]!.leave();
    admission.enter(lane, 800);
  });

  it("refuses what would wait too long, and counts a batch at most of each request", () => {
    const admission = new Admission({ ...LIMITS, maxQueueTokens: 1e6 });
    const lane = admission.lane();
    lane.observe({ sequences: 1, tokens: 100, seconds: 0.5, error: undefined });
    admission.enter(lane, 100_000);
    admission.enter(lane, 100_000);
    expect(admission.seconds).toBeCloseTo(0.5);
    admission.enter(lane, 100_000);
    admission.enter(lane, 100_000);
    expect(admission.seconds).toBeCloseTo(1.5);
    expect(() => admission.enter(lane, 10)).toThrow();
  });

  it("measures the speed with large batches, and not with those that failed", () => {
    const admission = new Admission(LIMITS);
    const lane = admission.lane();
    lane.observe({ sequences: 4, tokens: 100, seconds: 0.1, error: undefined });
    for (let batch = 0; batch < 100; batch++) {
      lane.observe({ sequences: 1, tokens: 5, seconds: 1, error: undefined });
      lane.observe({ sequences: 4, tokens: 100, seconds: 9, error: new Error("failed") });
    }
    for (let request = 0; request < 3; request++) admission.enter(lane, 400);
    expect(admission.seconds).toBeCloseTo(0.2);
  });

  it("measures anew after the first batch, and sees when batches are faster than before", () => {
    const admission = new Admission({ ...LIMITS, maxQueueTime: 100 });
    const lane = admission.lane();
    lane.observe({ sequences: 4, tokens: 100, seconds: 9, error: undefined });
    lane.forget();
    lane.observe({ sequences: 2, tokens: 50, seconds: 1, error: undefined });
    for (let request = 0; request < 2; request++) admission.enter(lane, 400);
    expect(admission.seconds).toBeCloseTo(2);
    for (let batch = 0; batch < 100; batch++)
      lane.observe({ sequences: 1, tokens: 5, seconds: 0.01, error: undefined });
    expect(admission.seconds).toBeCloseTo(0.2, 1);
  });

  it("lets a batch wait while another one runs, however slow the machine is", () => {
    const admission = new Admission(LIMITS);
    const lane = admission.lane();
    lane.observe({ sequences: 4, tokens: 100, seconds: 30, error: undefined });
    for (let request = 0; request < 3; request++) admission.enter(lane, 400);
    expect(() => admission.enter(lane, 10)).toThrow(expect.objectContaining({ code: "SERVE_OVERLOADED" }));
  });

  it("learns how many tokens a text has", () => {
    const lane = new Admission(LIMITS).lane();
    for (let text = 0; text < 50; text++) lane.learn(10_000, 8000);
    expect(lane.estimate(1000)).toBeGreaterThan(790);
    for (let text = 0; text < 50; text++) lane.learn(10_000, 2000);
    expect(lane.estimate(1000)).toBeLessThan(210);
    for (let text = 0; text < 50; text++) lane.learn(10_000, 0);
    expect(lane.estimate(1000)).toBeGreaterThanOrEqual(100);
  });

  it("lets lines of NDJSON wait in order, and leaves room for single requests", async () => {
    const admission = new Admission({ ...LIMITS, maxQueueTime: 4 });
    const lane = admission.lane();
    lane.observe({ sequences: 1, tokens: 100, seconds: 1, error: undefined });
    const { signal } = new AbortController();
    const first = await Promise.all([1, 2, 3, 4].map(() => admission.wait(lane, 320, signal)));
    const order: number[] = [];
    const leaving = new AbortController();
    const waits = [1, 2, 3].map(async (id) => {
      await admission.wait(lane, 320, id === 2 ? leaving.signal : signal);
      order.push(id);
    });
    const single = admission.enter(lane, 10);
    leaving.abort(new Error("gone"));
    await expect(waits[1]).rejects.toThrow("gone");
    await expect(admission.wait(lane, 10, leaving.signal)).rejects.toThrow("gone");
    single.leave();
    first[0]!.leave();
    await waits[0];
    expect(order).toEqual([1]);
    first[1]!.leave();
    first[2]!.leave();
    await waits[2];
    expect(order).toEqual([1, 3]);
  });
});

describe("a server with too much to do", () => {
  it("answers 429 with Retry-After, and takes requests again afterwards", async () => {
    const { server, model } = await held({ maxQueueTokens: 50 });
    const first = server.post("/v1/entities", { text: "a".repeat(150) });
    await until(() => model.calls.length === 1);
    for (const path of ["/", "/v1/entities"]) {
      const body = path === "/" ? { inputs: "more ".repeat(20) } : { text: "more ".repeat(20) };
      const refused = await server.post(path, body);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      expect(await problem(refused)).toMatchObject({ status: 429, code: "SERVE_OVERLOADED" });
    }
    model.calls[0]!.end();
    expect((await first).status).toBe(200);
    const next = server.post("/v1/entities", { text: "more ".repeat(20) });
    await until(() => model.calls.length === 1);
    model.calls[0]!.end();
    expect((await next).status).toBe(200);
  });

  it("answers only 200 and 429 at many times its capacity, and holds no more than it may", async () => {
    const { server, model } = await held({ maxQueueTokens: 200 });
    const statuses: number[] = [];
    let most = 0;
    const working = setInterval(() => {
      most = Math.max(most, model.calls.length);
      for (const call of model.calls.slice(0, 2)) call.end();
    }, 5);
    const client = async () => {
      for (let request = 0; request < 8; request++) {
        const response = await server.post("/v1/entities", { text: "word ".repeat(10) });
        await response.arrayBuffer();
        statuses.push(response.status);
      }
    };
    await Promise.all(Array.from({ length: 30 }, client));
    clearInterval(working);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(most).toBeLessThanOrEqual(Math.ceil(200 / 17));
    model.isHeld = false;
    expect((await server.post("/v1/entities", { text: "word" })).status).toBe(200);
  });

  it("answers 429 at the deadline of a request, which leaves the queue", async () => {
    const { server, model } = await held({ deadline: 0.1 });
    expect(await problem(await server.post("/v1/entities", { text: "late" }))).toMatchObject({
      status: 429,
      code: "SERVE_DEADLINE_EXCEEDED",
    });
    expect(model.aborted).toEqual(["late"]);
    const response = await server.post("/v1/entities", '"one"\n"two"\n', {
      "content-type": "application/x-ndjson",
    });
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { line: 1, error: { code: "SERVE_DEADLINE_EXCEEDED" } },
      { line: 2, error: { code: "SERVE_DEADLINE_EXCEEDED" } },
    ]);
    expect(model.calls).toEqual([]);
  });

  it("reads no more of a list in NDJSON than fits, and goes on as lines are done", async () => {
    const { server, model } = await held({ maxQueueTokens: 60, deadline: 60 });
    const count = 40;
    const body = Array.from({ length: count }, (_, line) => `"line ${line} ${"word ".repeat(5)}"`).join("\n");
    const answer = server.post("/v1/entities", body, { "content-type": "application/x-ndjson" });
    let most = 0;
    for (let ended = 0; ended < count; ) {
      await until(() => model.calls.length > 0);
      most = Math.max(most, model.calls.length);
      model.calls.at(-1)!.end();
      ended++;
    }
    const lines = (await (await answer).text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(most).toBeLessThanOrEqual(6);
  });
});

describe("a client that leaves", () => {
  it("frees its place at every moment", async () => {
    const { server, model } = await held({ maxQueueTokens: 10_000, headersTimeout: 5 });
    const body = JSON.stringify({ text: "gone" });
    const head = (type: string, length: number) =>
      `POST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
    const parts = [
      "",
      "POST /v1/ent",
      "POST /v1/entities HTTP/1.1\r\nhost: a\r\n",
      head("application/json", body.length),
      head("application/json", body.length) + body.slice(0, 5),
      head("application/json", body.length) + body,
      `${head("application/x-ndjson", 100)}"gone"\n"gone"\n"ha`,
    ];
    for (const part of parts) {
      const connection = rawConnection(server);
      connection.send(part);
      const waits = part.endsWith(body) ? 1 : part.endsWith('"ha') ? 2 : 0;
      await until(() => model.calls.length === waits && connection.socket.bytesWritten === part.length);
      connection.socket.destroy();
      await connection.closed;
      await until(() => model.calls.length === 0);
    }
    expect(model.aborted).toEqual(["gone", "gone", "gone"]);
    // Everything was given back: the largest request is admitted as the first.
    const large = server.post("/v1/entities", { text: "a".repeat(90_000) });
    await until(() => model.calls.length === 1);
    model.calls[0]!.end();
    expect((await large).status).toBe(200);
    // Those that were sent as a whole. The server may not have seen the others before their clients left.
    await until(() => server.log.filter(({ status }) => status === 499).length >= 2);
  });

  const chunked = (type: string, body: string) =>
    `POST /v1/entities HTTP/1.1\r\nhost: a\r\nx-request-id: mine\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n${body}`;

  it.each([
    ["in the middle of its body", chunked("application/json", '6\r\n{"text\r\n'), 0],
    ["in the middle of its lines", chunked("application/x-ndjson", '7\r\n"gone"\n\r\n'), 1],
  ])("%s has one line in the log", async (_, part, calls) => {
    const { server, model } = await held();
    for (const leave of ["end", "destroy", "resetAndDestroy"] as const) {
      server.log.length = 0;
      const connection = rawConnection(server);
      connection.send(part);
      // The headers have been read.
      await until(() => connection.socket.bytesWritten === part.length);
      await until(() => model.calls.length === calls);
      await new Promise((resolve) => setTimeout(resolve, 30));
      connection.socket[leave]();
      await until(() => server.log.length > 0 && model.calls.length === 0);
      await connection.closed;
      expect(server.log, leave).toMatchObject([
        { msg: "request", request_id: "mine", status: 499, code: "SERVE_CLIENT_GONE" },
      ]);
    }
  });

  it("sends what is not HTTP in the middle of its body has one line, too", async () => {
    const { server } = await held();
    for (const type of ["application/json", "application/x-ndjson"]) {
      server.log.length = 0;
      const connection = rawConnection(server);
      connection.send(chunked(type, '7\r\n"gone"\n\r\nno size\r\n'));
      expect(await connection.closed).toMatch(/^HTTP\/1\.1 400 [\s\S]*"request_id":"mine"\}$/);
      await until(() => server.log.length > 0);
      expect(server.log).toMatchObject([
        { msg: "request", request_id: "mine", status: 400, code: "SERVE_HTTP_INVALID" },
      ]);
    }
  });
});

describe("a batch that fails", () => {
  it("is answered with 500 to its requests only; the next batch works", async () => {
    const { server, model } = await held();
    const failing = [1, 2].map(() => server.post("/v1/entities", { text: "failing" }));
    const fine = server.post("/v1/entities", { text: "fine" });
    await until(() => model.calls.length === 3);
    for (const call of [...model.calls])
      call.end(call.texts[0] === "failing" ? new Error("/secret/path at 0x7f") : undefined);
    for (const response of await Promise.all(failing)) {
      const found = await problem(response);
      expect(found).toMatchObject({ status: 500, code: "SERVE_INTERNAL", detail: "Internal error." });
    }
    expect((await fine).status).toBe(200);
    const logged = server.log.filter(({ msg }) => msg === "internal error");
    expect(logged).toHaveLength(2);
    expect(logged[0]).toMatchObject({ level: "error", err: { message: "/secret/path at 0x7f" } });
    const metrics = await (await server.get("/metrics")).text();
    expect(metrics).toMatch(/^te_request_failure\{err="internal"\} 2$/m);
    expect(metrics).toMatch(/^te_batch_failure 2$/m);
  });

  it("of the engine itself fails its own requests only", async () => {
    const { load, partsOf } = await import("../../src/infer/index.js");
    const ner = await load(await tinyModel, { threads: 1 });
    const server = await ready({}, { models: { own: ner } });
    const { tagger } = partsOf(ner)!.model;
    const { binding } = (tagger as unknown as { network: { binding: { run(): Promise<void> } } }).network;
    const run = binding.run.bind(binding);
    let batches = 0;
    binding.run = () => (batches++ === 1 ? Promise.reject(new Error("engine")) : run());
    const first = server.post("/v1/entities", { text: "word ".repeat(40) });
    await until(() => batches > 0);
    expect((await first).status).toBe(200);
    expect(await problem(await server.post("/v1/entities", { text: "Anna" }))).toMatchObject({ status: 500 });
    expect((await server.post("/v1/entities", { text: "Anna" })).status).toBe(200);
    await server.close();
    await ner.dispose();
  });
});

describe("probes", () => {
  it("tell when the server is alive, and when it is ready", async () => {
    let finish: (() => void) | undefined;
    const model = new HeldModel();
    const server = await started(
      {},
      {
        models: { slow: "slow" },
        open: async (...args) => {
          await new Promise<void>((resolve) => (finish = resolve));
          return model.open(args[0]);
        },
      },
    );
    const statuses = async () => [
      (await server.get("/healthz")).status,
      (await server.get("/readyz")).status,
    ];
    expect(await statuses()).toEqual([200, 503]);
    expect(await (await server.get("/readyz")).text()).toBe("loading");
    const early = await server.post("/v1/entities", { text: "a" });
    expect(early.headers.get("retry-after")).toBe("1");
    expect(await problem(early)).toMatchObject({ status: 503, code: "SERVE_LOADING" });
    expect(await (await server.get("/v1/models")).json()).toMatchObject({
      models: [{ name: "slow", ready: false }],
    });
    finish!();
    await server.ready;
    expect(await statuses()).toEqual([200, 200]);
    model.report({ sequences: 1, tokens: 1, seconds: 1, error: new Error("engine") });
    expect(await statuses()).toEqual([200, 503]);
    expect(await (await server.get("/readyz")).text()).toBe("failing");
    // The server tries by itself whether the model works again.
    await new Promise<void>((resolve) => {
      const asking = setInterval(async () => {
        if ((await server.get("/readyz")).status !== 200) return;
        clearInterval(asking);
        resolve();
      }, 50);
    });
  });

  it("are answered while batches run, without the engine", async () => {
    const { server, model } = await held();
    const waiting = server.post("/v1/entities", { text: "a" });
    await until(() => model.calls.length === 1);
    expect((await server.get("/healthz")).status).toBe(200);
    expect(await (await server.get("/readyz")).text()).toBe("ready");
    model.calls[0]!.end();
    await waiting;
  });
});

describe("closing", () => {
  it("finishes what has begun, takes nothing new, and is not ready at once", async () => {
    const { server, model } = await held({ drainTimeout: 30 });
    const running = server.post("/v1/entities", { text: "running" });
    const kept = rawConnection(server);
    kept.send(
      'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nPOST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{"text": ',
    );
    await until(() => model.calls.length === 1 && kept.received.includes("ok"));
    const closed = server.close();
    expect(server.close()).toBe(server.close());
    kept.send('"begun"}');
    await until(() => model.calls.length === 2);
    await expect(server.get("/readyz")).rejects.toThrow();
    for (const call of [...model.calls]) call.end();
    expect((await running).status).toBe(200);
    expect(await kept.closed).toMatch(
      /HTTP\/1.1 200 OK\r\n[\s\S]*HTTP\/1.1 200 OK\r\n[\s\S]*connection: close/,
    );
    await closed;
  });

  it("answers 503 to further requests of open connections", async () => {
    const { server, model } = await held({ drainTimeout: 30 });
    const kept = rawConnection(server);
    const post = (text: string) => {
      const body = JSON.stringify({ text });
      return `POST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    };
    kept.send(post("first"));
    await until(() => model.calls.length === 1);
    const stream = rawConnection(server);
    stream.send(
      `POST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-ndjson\r\ncontent-length: 1000\r\n\r\n"line"\n`,
    );
    await until(() => model.calls.length === 2);
    const closed = server.close();
    stream.send('"next"\n');
    for (const call of [...model.calls]) call.end();
    await until(() => stream.received.includes('"line":2'));
    expect(stream.received).toMatch(/"line":1,"entities"[\s\S]*"line":2,"error"[\s\S]*SERVE_DRAINING/);
    stream.socket.destroy();
    await kept.closed;
    await closed;
  });

  it("stops what does not end in time, with an answer", async () => {
    const { server, model } = await held({ drainTimeout: 0.4, deadline: 60 });
    const running = server.post("/v1/entities", { text: "for ever" });
    const stream = server.post("/v1/entities", '"for ever"\n', { "content-type": "application/x-ndjson" });
    await until(() => model.calls.length === 2);
    const closed = server.close();
    expect(await problem(await running)).toMatchObject({ status: 503, code: "SERVE_DRAINING" });
    expect(await (await stream).text()).toMatch(/"line":1,"error".*SERVE_DRAINING/);
    await closed;
  });

  it("ends although a client never finishes its request", async () => {
    const { server } = await held({ drainTimeout: 0.3 });
    const connection = rawConnection(server);
    connection.send(
      "POST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n",
    );
    await until(() => connection.socket.bytesWritten > 0);
    await server.get("/healthz");
    await server.close();
    await connection.closed;
  });

  it("ends while models are still being loaded", async () => {
    const server = await started();
    await server.close();
    await server.ready.catch(() => {});
  });
});
