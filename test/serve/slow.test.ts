/** Slow clients: each is dropped when its time is over, and the server answers all others meanwhile. */
import { describe, expect, it } from "vitest";
import { closeServers, held, rawConnection, ready, started, type TestServer, until } from "./testServer.js";

closeServers();

const post = (type: string, headers: readonly string[]) =>
  [`POST /v1/entities HTTP/1.1`, "host: a", `content-type: ${type}`, ...headers, "", ""].join("\r\n");

/** Sends a text bit by bit until the connection is closed. */
function drip(connection: ReturnType<typeof rawConnection>, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < text.length) connection.send(text[at++]!);
  }, 20);
  void connection.closed.then(() => clearInterval(timer));
}

const isAlive = async (server: TestServer) => (await server.get("/healthz")).status === 200;

describe("a client that is slow", () => {
  it("to send its headers gets 408, and the others their answers", async () => {
    const server = await ready({ headersTimeout: 0.4 });
    const connections = Array.from({ length: 200 }, () => rawConnection(server));
    for (const connection of connections)
      drip(connection, `GET /healthz HTTP/1.1\r\nhost: ${"a".repeat(1000)}`);
    expect((await server.post("/v1/entities", { text: "Anna" })).status).toBe(200);
    expect(await isAlive(server)).toBe(true);
    for (const { closed } of connections)
      expect(await closed).toMatch(
        /^HTTP\/1.1 408 [\s\S]*The headers of the request did not arrive within 0.4 seconds/,
      );
  });

  it("to send its body gets 408, however it is sent", async () => {
    const server = await ready({ bodyTimeout: 0.3 });
    for (const [header, text] of [
      ["content-length: 10000", '{"text":"'.padEnd(10_000)],
      ["transfer-encoding: chunked", "1\r\nx\r\n".repeat(1000)],
    ] as const) {
      const connection = rawConnection(server);
      connection.send(post("application/json", [header]));
      drip(connection, text);
      expect(await connection.closed, header).toMatch(/^HTTP\/1.1 408 [\s\S]*SERVE_CLIENT_SLOW/);
    }
    expect(await isAlive(server)).toBe(true);
  });

  it("between two lines of NDJSON gets a last line, and a fast one may take longer in all", async () => {
    const server = await ready({ idleTimeout: 0.5, bodyTimeout: 0.3 });
    const connection = rawConnection(server);
    connection.send(post("application/x-ndjson", ["transfer-encoding: chunked"]));
    const line = '"Anna"\n';
    for (let sent = 0; sent < 4; sent++) {
      connection.send(`${line.length.toString(16)}\r\n${line}\r\n`);
      await until(() => connection.received.includes(`{"line":${sent + 1},`));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // A line that never ends is none.
    drip(connection, "1\r\nx\r\n".repeat(1000));
    const answer = await connection.closed;
    expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*"line":4,[\s\S]*"line":5,"error":[\s\S]*SERVE_CLIENT_SLOW/);
    expect(answer).not.toContain('"line":6');
  });

  it("to read its answer is dropped", async () => {
    const { server, model } = await held({ bodyTimeout: 0.3, idleTimeout: 0.3 });
    model.isHeld = false;
    const entity = { type: "PER", score: 1, text: "x".repeat(1000), start: 0, end: 1000, words: [0] };
    model.entities = Array.from({ length: 20_000 }, () => entity);
    for (const [type, body] of [
      ["application/json", '{"text":"a"}'],
      ["application/x-ndjson", '"a"\n"b"\n'],
    ] as const) {
      const connection = rawConnection(server);
      connection.socket.pause();
      connection.send(post(type, [`content-length: ${body.length}`]) + body);
      await until(() => server.log.some(({ status }) => status === 499));
      server.log.splice(0);
      connection.socket.destroy();
    }
    expect(await isAlive(server)).toBe(true);
  });

  it("to send another request is disconnected", async () => {
    const { server } = await held({ keepAliveTimeout: 0.2 });
    const connection = rawConnection(server);
    connection.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(await connection.closed).toMatch(/^HTTP\/1.1 200 /);
  });

  it("a little late to send another request still gets its answer", async () => {
    const { server } = await held({ keepAliveTimeout: 0.2 });
    const connection = rawConnection(server);
    const request = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    connection.send(request);
    await until(() => connection.received.includes("ok"));
    await new Promise((resolve) => setTimeout(resolve, 600));
    connection.send(request);
    expect((await connection.closed).match(/HTTP\/1.1 200 /g)).toHaveLength(2);
  });
});

describe("connections", () => {
  it("beyond the most are closed at once", async () => {
    const server = await started({ maxConnections: 3 });
    const open = Array.from({ length: 3 }, () => rawConnection(server));
    for (const connection of open) connection.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    await until(() => open.every(({ received }) => received.includes("ok")));
    const further = rawConnection(server);
    expect(await further.closed).toBe("");
    open[0]!.socket.destroy();
    await open[0]!.closed;
    await until(() => (server.app.server as unknown as { _connections: number })._connections < 3);
    expect(await isAlive(server)).toBe(true);
    for (const { socket } of open) socket.destroy();
  });
});
