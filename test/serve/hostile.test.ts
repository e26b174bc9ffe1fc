/** Bodies, JSON and HTTP as no honest client sends them: each gets an answer that says why, and the server goes on. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeServers, held, problem, rawConnection, ready, type TestServer } from "./testServer.js";

closeServers();

const post = (headers: readonly string[], body = "") =>
  ["POST /v1/entities HTTP/1.1", "host: a", "content-type: application/json", ...headers, "", body].join(
    "\r\n",
  );

/** Sends bytes, and returns the answers once the server has closed the connection. */
async function sent(server: TestServer, ...parts: readonly string[]): Promise<string> {
  const connection = rawConnection(server);
  for (const part of parts) connection.send(part);
  return connection.closed;
}

const works = async (server: TestServer) =>
  expect((await server.post("/v1/entities", { text: "Anna" })).status).toBe(200);

describe("a body", () => {
  it("with a byte too many by its content-length is refused without being read", async () => {
    const { server } = await held({ maxBodyBytes: 1000 });
    const connection = rawConnection(server);
    connection.send(post(["content-length: 1001"]));
    expect(await connection.closed).toMatch(
      /^HTTP\/1.1 413 [\s\S]*connection: close[\s\S]*SERVE_BODY_TOO_LARGE/,
    );
  });

  it("with a byte too many in chunks is refused as soon as it has it", async () => {
    const { server } = await held({ maxBodyBytes: 1000 });
    const chunk = (length: number) => `${length.toString(16)}\r\n${"x".repeat(length)}\r\n`;
    const answer = await sent(server, post(["transfer-encoding: chunked"]), chunk(600), chunk(401));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain("application/x-ndjson");
  });

  it("of exactly the most bytes is read", async () => {
    const server = await ready({ maxBodyBytes: 1000 });
    const body = JSON.stringify({ text: "x".repeat(1000 - '{"text":""}'.length) });
    expect((await server.post("/v1/entities", body)).status).toBe(200);
    expect(await problem(await server.post("/v1/entities", `${body} `))).toMatchObject({ status: 413 });
  });

  it("that is refused while the client still sends it leaves the client its answer", async () => {
    const server = await ready();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => server.post("/v1/entities", "x".repeat(5_000_000))),
    );
    for (const answer of answers) expect(await problem(answer)).toMatchObject({ status: 413 });
    expect((await server.post("/nowhere", "x".repeat(5_000_000))).status).toBe(404);
  });

  it("in a flood of chunks of one byte is refused", async () => {
    const { server } = await held();
    const flood = "1\r\nx\r\n".repeat(100_000);
    const answer = await sent(server, post(["transfer-encoding: chunked"]), flood);
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*too many small pieces/);
  });

  it("that is compressed is refused", async () => {
    const { server } = await held();
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const response = await fetch(`${server.url}/v1/entities`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: bomb,
    });
    expect(await problem(response)).toMatchObject({
      status: 415,
      detail: "Compressed bodies are not supported.",
    });
  });

  it("with both a length and chunks is no HTTP", async () => {
    const { server } = await held();
    const smuggled = post(
      ["content-length: 4", "transfer-encoding: chunked"],
      "0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    );
    const answer = await sent(server, smuggled);
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*SERVE_HTTP_INVALID/);
    expect(answer.match(/HTTP\/1.1 /g)).toHaveLength(1);
  });

  it("that is longer than it says is no HTTP after that", async () => {
    const server = await ready();
    const answer = await sent(server, post(["content-length: 15"], '{"text":"Anna"}AND MORE\r\n\r\n'));
    expect(answer).toMatch(/HTTP\/1.1 400 [\s\S]*SERVE_HTTP_INVALID/);
  });

  it("of another type, or in another encoding, is refused", async () => {
    const server = await ready();
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/xml",
    ])
      expect(
        await problem(await server.post("/v1/entities", "{}", { "content-type": type })),
        type,
      ).toMatchObject({
        status: 415,
      });
    const latin = { "content-type": "application/json; charset=latin1" };
    expect(await problem(await server.post("/v1/entities", "{}", latin))).toMatchObject({ status: 415 });
    const utf8 = { "content-type": 'application/json; charset="UTF-8"' };
    expect((await server.post("/v1/entities", { text: "Anna" }, utf8)).status).toBe(200);
    const answer = await sent(
      server,
      "POST /v1/entities HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
    );
    expect(answer).toMatch(/^HTTP\/1.1 415 /);
  });
});

describe("JSON", () => {
  it.each([
    ["nothing", "", "it is empty"],
    ["no JSON", "{text}", "unexpected character at position 1"],
    ["half of it", '{"text":', "it ends too early"],
    ["a key twice", '{"text":"a","text":"b"}', "a key appears twice"],
    ["a key twice, in escapes", '{"text":"a","\\u0074ext":"b"}', "a key appears twice"],
    ["a key twice, far inside", '{"text":"a","x":[{"y":{"z":1,"z":2}}]}', "a key appears twice"],
    ["__proto__", '{"text":"a","__proto__":{"x":1}}', "__proto__ is not allowed"],
    [
      "100,000 lists inside each other",
      `{"text":${"[".repeat(1e5)}${"]".repeat(1e5)}}`,
      "more than 1000 lists",
    ],
    ["100,000 open lists", "[".repeat(1e5), "it ends too early"],
  ])("is refused with %s", async (_, body, detail) => {
    const { server } = await held();
    const found = await problem(await server.post("/v1/entities", body));
    expect(found).toMatchObject({ status: 400, code: "SERVE_JSON_INVALID" });
    expect(found.detail).toContain(detail);
  });

  it("is refused if it is not UTF-8, and never quoted", async () => {
    const { server } = await held();
    const secret = '{"text": secret-words';
    expect(JSON.stringify(await problem(await server.post("/v1/entities", secret)))).not.toContain("secret");
    const response = await fetch(`${server.url}/v1/entities`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    });
    expect(await problem(response)).toMatchObject({
      status: 400,
      detail: "Invalid JSON: it is not encoded in UTF-8.",
    });
  });

  it("with 100,000 keys is refused with a short answer", async () => {
    const { server } = await held();
    const keys = Array.from({ length: 100_000 }, (_, key) => `"${key}":0`).join();
    const found = await problem(await server.post("/v1/entities", `{${keys}}`));
    expect(found.status).toBe(422);
    expect(found.detail.length).toBeLessThan(1500);
  });

  it("with colons, quotes and backslashes in strings has no key twice", async () => {
    const server = await ready();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('"', "\\", ":", "a", "{", " "), maxLength: 20 }),
        async (text) => {
          const response = await server.post("/v1/entities", JSON.stringify({ text }));
          expect(response.status).toBe(200);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ["a lone surrogate", "\ud800 Anna \udc00 Berlin"],
    ["NUL and control characters", "\0Anna\u0001 in\u001b[31m Berlin"],
    ["joined emoji", "👩‍👩‍👧‍👦 Anna 🏳️‍🌈 Berlin 👍🏽"],
    ["one letter with 10,000 accents", `Anna a${"\u0301".repeat(10_000)} Berlin`],
    ["right to left, and direction marks", "\u202eAnna שלום\u2066 Berlin"],
  ])("with %s has offsets that are those of the text", async (_, text) => {
    const server = await ready();
    const ask = async (options: object) =>
      (await (await server.post("/v1/entities", { text, ...options })).json()) as {
        entities: { text: string; start: number; end: number }[];
      };
    for (const aggregation_strategy of [undefined, "simple"]) {
      const { entities } = await ask({ aggregation_strategy });
      expect(entities.length).toBeGreaterThan(0);
      for (const { text: found, start, end } of entities) expect(text.slice(start, end)).toBe(found);
      const inPoints = await ask({ aggregation_strategy, offset_unit: "code-points" });
      for (const { text: found, start, end } of inPoints.entities)
        expect([...text].slice(start, end).join("")).toBe(found);
    }
  });
});

describe("HTTP", () => {
  it("that cannot be parsed gets a problem, with an id", async () => {
    const { server } = await held();
    for (const bytes of [
      "nonsense\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET /\0 HTTP/1.1\r\n\r\n",
      "\x16\x03\x01\x02\0",
    ]) {
      const answer = await sent(server, bytes);
      expect(answer, JSON.stringify(bytes)).toMatch(
        /^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json[\s\S]*x-request-id: [\w-]+[\s\S]*SERVE_HTTP_INVALID/,
      );
    }
  });

  it("with too many headers, or too large ones, is refused", async () => {
    const { server } = await held({ maxHeadersCount: 10, maxHeaderBytes: 2000 });
    const many = Array.from({ length: 11 }, (_, index) => `a${index}: b`);
    const get = (headers: readonly string[]) =>
      ["GET /healthz HTTP/1.1", ...headers, "connection: close", "", ""].join("\r\n");
    expect(await sent(server, get(["host: a", ...many.slice(0, 8)]))).toMatch(/^HTTP\/1.1 200 /);
    expect(await sent(server, get(["host: a", ...many]))).toMatch(/^HTTP\/1.1 431 [\s\S]*more than 10\./);
    expect(await sent(server, get(["host: a", `b: ${"x".repeat(3000)}`]))).toMatch(
      /^HTTP\/1.1 431 [\s\S]*more than 2000 bytes/,
    );
  });

  it("knows which methods an address has", async () => {
    const { server } = await held();
    const answer = async (method: string, path: string) => fetch(server.url + path, { method });
    for (const [method, path, allow] of [
      ["GET", "/v1/entities", "POST"],
      ["PUT", "/", "GET, HEAD, POST"],
      ["DELETE", "/models/held", "POST"],
      ["POST", "/healthz", "GET, HEAD"],
      ["PATCH", "/assets/a.js", "GET, HEAD"],
    ] as const) {
      const response = await answer(method, path);
      expect(response.headers.get("allow"), `${method} ${path}`).toBe(allow);
      expect(await problem(response)).toMatchObject({ status: 405 });
    }
    expect(await problem(await answer("GET", "/nowhere"))).toMatchObject({ status: 404 });
    expect((await answer("HEAD", "/healthz")).status).toBe(200);
    for (const path of [
      "/%",
      "/%ff",
      `/models/${"a".repeat(500)}`,
      "//",
      "/..%2f..%2fetc%2fpasswd",
      "/assets/..%2f..%2fpackage.json",
    ])
      expect((await answer("GET", path)).status, path).toBeOneOf([400, 404, 405]);
  });

  it("keeps the id of a request if it is a plain name", async () => {
    const { server } = await held();
    const idOf = async (id: string) =>
      (await server.get("/healthz", { "x-request-id": id })).headers.get("x-request-id");
    expect(await idOf("trace-1.2:3")).toBe("trace-1.2:3");
    for (const id of ["a b", "<script>", "x".repeat(200), '"'])
      expect(await idOf(id)).toMatch(/^[\da-f-]{36}$/);
  });
});

describe("limits on texts", () => {
  it("are those of the settings, and the answers say what else to do", async () => {
    const server = await ready({ maxTexts: 2, maxTextLength: 10 });
    const ask = async (body: object) => {
      const response = await server.post("inputs" in body ? "/" : "/v1/entities", body);
      return response.status === 200 ? "read" : (await problem(response)).code;
    };
    const [fits, over] = ["x".repeat(10), "x".repeat(11)];
    for (const body of [
      { text: fits },
      { texts: [fits, fits] },
      { words: ["xxxx", "xxxxx"] },
      { inputs: [fits] },
    ])
      expect(await ask(body), JSON.stringify(body)).toBe("read");
    for (const body of [{ text: over }, { texts: [fits, over] }, { words: ["xxxx", "xxxxxx"] }])
      expect(await ask(body), JSON.stringify(body)).toBe("SERVE_TEXT_TOO_LONG");
    expect(await ask({ inputs: over })).toBe("SERVE_TEXT_TOO_LONG");
    expect(await ask({ inputs: [over] })).toBe("SERVE_TEXT_TOO_LONG");
    expect(await ask({ sentences: [Array(12).fill("")] })).toBe("SERVE_TEXT_TOO_LONG");
    for (const body of [{ texts: ["", "", ""] }, { sentences: [[], [], []] }, { inputs: ["", "", ""] }])
      expect(await ask(body), JSON.stringify(body)).toBe("SERVE_TOO_MANY_TEXTS");
    const tooLong = await problem(await server.post("/v1/entities", { text: over }));
    expect(tooLong).toMatchObject({ status: 413 });
    expect(tooLong.detail).toMatch(
      /^text has 11 characters, but at most 10 are allowed\. .*NDJSON.*max-text-length/,
    );
    expect((await problem(await server.post("/v1/entities", { texts: ["", "", ""] }))).detail).toMatch(
      /NDJSON.*max-texts/,
    );
  });

  it("hold for each line of NDJSON, and the next line is read", async () => {
    const server = await ready({ maxTexts: 1, maxTextLength: 10, maxLineBytes: 100 });
    const body = ['"Anna"', JSON.stringify("x".repeat(11)), JSON.stringify("x".repeat(200)), '"Berlin"'].join(
      "\n",
    );
    const response = await server.post("/v1/entities", body, { "content-type": "application/x-ndjson" });
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { line: 1, windows: 1 },
      { line: 2, error: { code: "SERVE_TEXT_TOO_LONG", status: 413 } },
      { line: 3, error: { code: "SERVE_LINE_TOO_LONG", status: 413 } },
      { line: 4, windows: 1 },
    ]);
    await works(server);
  });
});

it("a request without host gets an answer in the form of all others", async () => {
  const { server } = await held();
  const connection = rawConnection(server);
  connection.send("GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n");
  const answer = await connection.closed;
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"SERVE_HTTP_INVALID"');
  const old = rawConnection(server);
  old.send("GET /healthz HTTP/1.0\r\n\r\n");
  expect(await old.closed).toMatch(/^HTTP\/1\.1 200 /);
});
