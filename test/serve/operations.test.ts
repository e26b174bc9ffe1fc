/** Tokens, origins, logs, metrics, the description of the interface, and the pages. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { closeServers, held, problem, ready, until } from "./testServer.js";

closeServers();
const KEY = "a-long-enough-key";
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("tokens", () => {
  it("are needed everywhere but for probes and pages", async () => {
    const server = await ready({ apiKeys: ["another-key-1", KEY] });
    for (const path of ["/healthz", "/readyz", "/docs", "/docs/page.js", "/openapi.json", "/"])
      expect((await server.get(path)).status, path).toBe(200);
    for (const path of ["/metrics", "/v1/models"]) {
      const refused = await server.get(path);
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
      expect(await problem(refused)).toMatchObject({ status: 401, code: "SERVE_UNAUTHORIZED" });
      expect((await server.get(path, bearer(KEY))).status, path).toBe(200);
    }
    for (const path of ["/v1/entities", "/", "/models/tiny"]) {
      const body = path.startsWith("/v1") ? { text: "Anna" } : { inputs: "Anna" };
      for (const headers of [
        {},
        bearer("wrong-key-12"),
        bearer(`${KEY}x`),
        { authorization: `Basic ${KEY}` },
        { authorization: "Bearer" },
      ])
        expect((await server.post(path, body, headers as Record<string, string>)).status).toBe(401);
      for (const key of ["another-key-1", KEY])
        expect((await server.post(path, body, bearer(key))).status, path).toBe(200);
    }
    expect(
      (await server.post("/v1/entities", '"Anna"\n', { "content-type": "application/x-ndjson" })).status,
    ).toBe(401);
    expect(JSON.stringify(server.log)).not.toContain(KEY);
  });

  it("are not needed for metrics if those are open", async () => {
    const server = await ready({ apiKeys: [KEY], openMetrics: true });
    expect((await server.get("/metrics")).status).toBe(200);
    expect((await server.get("/v1/models")).status).toBe(401);
  });
});

describe("web pages of other origins", () => {
  const preflight = {
    origin: "https://page.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };
  const ask = (url: string, headers: Record<string, string>) =>
    fetch(`${url}/v1/entities`, { method: "OPTIONS", headers });

  it("cannot use the server by default", async () => {
    const { server } = await held();
    const answer = await ask(server.url, preflight);
    expect(answer.status).toBe(405);
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    const get = await server.get("/healthz", { origin: "https://page.example" });
    expect(get.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("can if they are listed", async () => {
    const server = await ready({ corsOrigins: ["https://page.example"], apiKeys: [KEY] });
    const answer = await ask(server.url, preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://page.example");
    expect(answer.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(answer.headers.get("vary")).toBe("origin");
    const post = await server.post(
      "/v1/entities",
      { text: "Anna" },
      { origin: "https://page.example", ...bearer(KEY) },
    );
    expect(post.headers.get("access-control-allow-origin")).toBe("https://page.example");
    expect(post.headers.get("access-control-expose-headers")).toContain("x-request-id");
    for (const origin of ["https://other.example", "https://page.example.evil", "null"])
      expect(
        (await ask(server.url, { ...preflight, origin })).headers.get("access-control-allow-origin"),
      ).toBeNull();
  });

  it("all can with *", async () => {
    const { server } = await held({ corsOrigins: ["*"] });
    expect((await ask(server.url, preflight)).headers.get("access-control-allow-origin")).toBe(
      "https://page.example",
    );
  });
});

describe("the log", () => {
  it("has a line for each request, without its text", async () => {
    const server = await ready();
    const { headers } = await server.post("/v1/entities", { texts: ["Anna secret", "Berlin"] });
    await server.post("/", { inputs: 5 });
    await server.get("/nowhere");
    await server.get("/healthz");
    const requests = () => server.log.filter(({ msg }) => msg === "request");
    await until(() => requests().length === 3);
    const [found, wrong, nowhere] = requests();
    expect(found).toMatchObject({
      level: "info",
      request_id: headers.get("x-request-id"),
      method: "POST",
      route: "/v1/entities",
      status: 200,
      model: "tiny",
      texts: 2,
    });
    expect(found!.tokens).toBeGreaterThan(4);
    expect(found!.duration_ms).toBeGreaterThan(0);
    expect(Date.parse(found!.time as string)).not.toBeNaN();
    expect(wrong).toMatchObject({ status: 422, code: "SERVE_REQUEST_INVALID", route: "/" });
    expect(nowhere).toMatchObject({ status: 404, code: "SERVE_NOT_FOUND", route: null });
    expect(JSON.stringify(server.log)).not.toContain("secret");
  });

  it("has the texts if it should", async () => {
    const server = await ready({ logTexts: true });
    await server.post("/v1/entities", { text: "Anna" });
    await server.post("/", { inputs: "Berlin" });
    await (await server.post("/v1/entities", '"Wolff"\n', { "content-type": "application/x-ndjson" })).text();
    await until(() => server.log.filter(({ msg }) => msg === "request").length === 3);
    expect(server.log.flatMap(({ inputs }) => inputs ?? [])).toEqual(["Anna", "Berlin", "Wolff"]);
  });

  it("tells as much as its level asks for", async () => {
    const debug = await ready({ logLevel: "debug" });
    await debug.get("/healthz");
    await until(() => debug.log.some(({ route }) => route === "/healthz"));
    const errors = await ready({ logLevel: "error" });
    await errors.post("/v1/entities", { text: "Anna" });
    expect(errors.log).toEqual([]);
  });
});

describe("metrics", () => {
  it("count requests, errors, batches and what waits, with the names of text-embeddings-inference", async () => {
    const server = await ready();
    await server.post("/v1/entities", { text: "Anna" });
    await server.post("/v1/entities", { texts: ["Anna", "Berlin"] });
    await server.post("/", { inputs: "Anna" });
    await (
      await server.post("/v1/entities", '"Anna"\n5\n', { "content-type": "application/x-ndjson" })
    ).text();
    await server.post("/v1/entities", {});
    const response = await server.get("/metrics");
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const value = (name: string) =>
      Number(new RegExp(`^${name.replace(/[{}"]/g, "\\$&")} (.+)$`, "m").exec(text)?.[1]);
    expect(value('te_request_count{method="single"}')).toBe(2);
    expect(value('te_request_count{method="batch"}')).toBe(1);
    expect(value('te_request_success{method="line"}')).toBe(1);
    expect(value('te_request_failure{err="request_invalid"}')).toBe(2);
    for (const name of [
      "duration",
      "tokenization_duration",
      "queue_duration",
      "inference_duration",
      "input_length",
    ])
      expect(value(`te_request_${name}_count`), name).toBe(4);
    expect(value("te_request_inference_duration_sum")).toBeGreaterThan(0);
    expect(value("te_batch_next_size_count")).toBeGreaterThanOrEqual(4);
    expect(value("te_batch_next_tokens_sum")).toBeGreaterThan(value("te_batch_next_size_sum"));
    expect(value("te_queue_size")).toBe(0);
    expect(value("te_queue_tokens")).toBe(0);
    expect(value("process_resident_memory_bytes")).toBeGreaterThan(1e7);
    expect(value("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(value("nodejs_active_resources_total")).toBeGreaterThan(0);
  });
});

describe("the description of the interface", () => {
  interface Description {
    openapi: string;
    security?: object[];
    paths: Record<
      string,
      Record<
        string,
        {
          requestBody?: { content: Record<string, { schema: { properties: object; example: object } }> };
          responses: Record<string, { content: Record<string, object> }>;
        }
      >
    >;
  }

  it("is OpenAPI 3.1, with every address, its fields, limits and errors", async () => {
    const { server } = await held({ maxTexts: 7 });
    const description = (await (await server.get("/openapi.json")).json()) as Description;
    expect(description.openapi).toBe("3.1.0");
    expect(description.security).toBeUndefined();
    const all = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(all.sort()).toEqual(
      [
        "get /",
        "get /anonymizers",
        "get /deanonymizers",
        "get /healthz",
        "get /metrics",
        "get /readyz",
        "get /recognizers",
        "get /supportedentities",
        "get /v1/models",
        "post /",
        "post /analyze",
        "post /anonymize",
        "post /deanonymize",
        "post /models/{name}",
        "post /v1/entities",
        "post /v1/redact",
        "post /v1/restore",
      ].sort(),
    );
    const { requestBody, responses } = description.paths["/v1/entities"]!.post!;
    expect(Object.keys(requestBody!.content)).toEqual(["application/json", "application/x-ndjson"]);
    expect(requestBody!.content["application/json"]!.schema.properties).toMatchObject({
      texts: { type: "array", maxItems: 7 },
      aggregation_strategy: { enum: ["none", "simple", "first", "average", "max"] },
    });
    expect(Object.keys(responses[200]!.content)).toEqual(["application/json", "application/x-ndjson"]);
    for (const methods of Object.values(description.paths))
      for (const operation of Object.values(methods))
        expect(operation.responses.default!.content).toHaveProperty(["application/problem+json"]);
  });

  it("has examples that work", async () => {
    const server = await ready();
    const description = (await (await server.get("/openapi.json")).json()) as Description;
    for (const path of ["/v1/entities", "/"]) {
      const { example } = description.paths[path]!.post!.requestBody!.content["application/json"]!.schema;
      expect((await server.post(path, example)).status).toBe(200);
    }
  });

  it("tells of tokens if there are any", async () => {
    const { server } = await held({ apiKeys: [KEY] });
    const description = (await (await server.get("/openapi.json")).json()) as Description;
    expect(description.security).toEqual([{ bearer: [] }]);
  });
});

describe("pages", () => {
  it("at /docs ask no other host, and may load nothing from one", async () => {
    const { server } = await held();
    for (const path of ["/docs", "/docs/page.js", "/docs/page.css"]) {
      const response = await server.get(path);
      expect(response.headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; script-src 'self'; /,
      );
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await response.text()).match(/https?:\/\//g), path).toBeNull();
      const etag = response.headers.get("etag")!;
      expect((await server.get(path, { "if-none-match": etag })).status).toBe(304);
    }
    const html = await (await server.get("/docs")).text();
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|onclick/);
  });

  it("at / answer programs with the addresses", async () => {
    const { server } = await held();
    const answer = (await (await server.get("/", { accept: "application/json" })).json()) as Record<
      string,
      string
    >;
    expect(answer).toMatchObject({ docs: "/docs", entities: "/v1/entities" });
  });

  const page = resolve(import.meta.dirname, "../../dist/page/index.html");
  it.skipIf(!existsSync(page))("at / is the page to try models, for browsers", async () => {
    const { server } = await held();
    const response = await server.get("/", { accept: "text/html" });
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await response.text();
    for (const [, asset] of html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+)"/g)) {
      const file = await server.get(`/${asset}`);
      expect(file.status).toBe(200);
      expect(file.headers.get("cache-control")).toContain("immutable");
    }
  });
});
