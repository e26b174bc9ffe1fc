/** Requests that are damaged in some way, and what is wrong with an answer to one. */
import { connect } from "node:net";
import { mutateBytes } from "../hostile/mutate/bytes.js";
import { jsonOf, jsonText, mutateJson } from "../hostile/mutate/json.js";
import type { Random } from "../hostile/mutate/random.js";

const LONG = "Anna Wolff lives in Berlin. ".repeat(40);
const BODIES: readonly unknown[] = [
  { text: "Anna Wolff lives in Berlin" },
  { texts: ["Anna", "", LONG], aggregation_strategy: "first", threshold: 0.25, offset_unit: "code-points" },
  { words: ["Anna", "lives", "in", "東京"], ignore_labels: ["PER"], stride: 3, model: "tiny" },
  { sentences: [["Anna"], ["in", "Berlin"], []] },
  { inputs: "Anna Wolff", parameters: { aggregation_strategy: "simple", ignore_labels: [], stride: 2 } },
  {
    inputs: ["Anna", "Berlin 👩‍👩‍👧"],
    parameters: { grouped_entities: true },
    options: { use_cache: false },
  },
  {
    ...{ text: "Anna pays with 4111 1111 1111 1111 at a@example.com", key: "0123456789abcdef", map: true },
    operators: { DEFAULT: "encrypt", CREDIT_CARD: { type: "mask", keep_last: 4 } },
    ...{ patterns: { STAFF: "E-\\d+" }, terms: { PROJECT: ["Falcon"] }, types: { PER: "PERSON" } },
  },
  { texts: ['{"a":"a@example.com"}', "[1]"], format: "json", patterns_only: true, numbers: "all" },
  { text: "[PERSON_1] [PERSON:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]", key: "0123456789abcdef" },
  {
    ...{ text: "Anna 4111 1111 1111 1111", language: "en", allow_list: ["Anna"], score_threshold: 0.5 },
    ad_hoc_recognizers: [
      { supported_entity: "A", patterns: [{ regex: "a+", score: 0.5 }], deny_list: ["x"] },
    ],
  },
  {
    text: "Anna lives",
    analyzer_results: [{ entity_type: "PERSON", start: 0, end: 4, score: 1 }],
    anonymizers: { DEFAULT: { type: "encrypt", key: "0123456789abcdef" } },
  },
  {
    text: "Anna lives",
    anonymizer_results: [{ entity_type: "PERSON", start: 0, end: 4 }],
    deanonymizers: { PERSON: { type: "decrypt", key: "0123456789abcdef" } },
  },
];
const LINES = [
  '"Anna"',
  '{"id":1,"text":"Berlin"}',
  '{"id":"x","words":["Anna","Wolff"]}',
  "",
  '"\\ud800"',
  "5",
];
const METHODS = ["POST", "POST", "POST", "POST", "GET", "HEAD", "PUT", "OPTIONS", "DELETE", "TRACE", "post"];
const PATHS = [
  "/v1/entities",
  "/v1/entities",
  "/",
  "/models/tiny",
  "/models/other",
  "/v1/models",
  "/healthz",
  "/readyz",
].concat([
  ...["/v1/redact", "/v1/redact", "/v1/restore", "/analyze", "/anonymize", "/deanonymize"],
  "/metrics",
  "/openapi.json",
  "/docs",
  "/assets/../x",
  "/v1/entities?threshold=0.5&stride=1",
  "/v1/entities?a=%ff",
]);
const TYPES = [
  "application/json",
  "application/json",
  "application/json; charset=utf-8",
  "application/x-ndjson",
].concat(["text/plain", "application/json; charset=utf-16", "application", ""]);
const HEADERS = [
  ...[
    "accept: text/html",
    "x-request-id: abc",
    "x-request-id: \x01",
    "authorization: Bearer x",
    "content-encoding: gzip",
  ],
  ...[
    "expect: 100-continue",
    "connection: upgrade\r\nupgrade: websocket",
    "transfer-encoding: gzip, chunked",
  ],
  ...["content-length: -1", "origin: https://a.example", "connection: keep-alive", `x: ${"y".repeat(3000)}`],
];

/** Returns the bytes of one case. */
export function caseOf(random: Random): Buffer {
  const body = bodyOf(random);
  const headers = ["host: localhost"];
  if (random.chance(0.95)) headers.push(`content-type: ${random.of(TYPES)}`);
  const chunked = random.chance(0.3);
  if (chunked) headers.push("transfer-encoding: chunked");
  if (!chunked || random.chance(0.05)) {
    const lie = random.chance(0.08) ? random.of([-5, 1, 100, 1e6]) : 0;
    headers.push(`content-length: ${body.length + lie}`);
  }
  for (let more = random.below(3); more > 0; more--) headers.push(random.of(HEADERS));
  const head = `${random.of(METHODS)} ${random.of(PATHS)} HTTP/1.${random.of([1, 1, 1, 0])}\r\n${headers.join("\r\n")}\r\n\r\n`;
  const request = Buffer.concat([Buffer.from(head, "latin1"), chunked ? inChunks(body, random) : body]);
  // Of some requests the bytes of HTTP themselves are damaged.
  return random.chance(0.25) ? mutateBytes(request, [Buffer.from(head, "latin1")], random) : request;
}

function bodyOf(random: Random): Buffer {
  if (random.chance(0.2)) {
    const lines = Array.from({ length: random.below(6) }, () => random.of(LINES)).join("\n");
    return random.chance(0.5)
      ? Buffer.from(lines)
      : mutateBytes(Buffer.from(lines), [Buffer.from(LINES.join("\n"))], random);
  }
  const [json, donor] = [jsonOf(random.of(BODIES)), jsonOf(random.of(BODIES))];
  if (random.chance(0.2)) return Buffer.from(jsonText(json));
  const mutated = Buffer.from(jsonText(mutateJson(json, donor, random)));
  return random.chance(0.3) ? mutateBytes(mutated, [Buffer.from(jsonText(donor))], random) : mutated;
}

function inChunks(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const length = Math.min(body.length - at, 1 + random.below(random.of([1, 20, 500, 5000])));
    parts.push(
      Buffer.from(`${length.toString(16)}\r\n`),
      body.subarray(at, at + length),
      Buffer.from("\r\n"),
    );
    at += length;
  }
  if (random.chance(0.95)) parts.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(parts);
}

/** Sends the bytes and closes the connection for writing. Returns what came back until the server closed it. */
export function answerTo(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    socket
      .on("data", (piece) => received.push(piece))
      .on("error", () => {})
      .on("close", () => resolve(Buffer.concat(received)));
  });
}

const ALLOWED = new Set([100, 200, 204, 400, 401, 404, 405, 408, 413, 415, 417, 422, 429, 431]);
/** What no answer may contain: paths of this machine, stacks, addresses in memory. */
const LEAKS = /node_modules|\.ts:\d|\.js:\d|\n {4}at |0x[0-9a-f]{6}|\/tmp\/|\/src\//;

/** Returns what is wrong with what the server sent back; `undefined` if nothing is. */
export function defectOf(received: Buffer): string | undefined {
  const text = received.toString("latin1");
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map(([, status]) => Number(status));
  if (text !== "" && !text.startsWith("HTTP/1.1 ")) return `no HTTP: ${text.slice(0, 100)}`;
  const wrong = statuses.find((status) => !ALLOWED.has(status));
  if (wrong !== undefined) return `status ${wrong}: ${text.slice(0, 1000)}`;
  // The description of the interface may name what it likes.
  if (!text.includes('"openapi":"3.1.0"') && LEAKS.test(text))
    return `a leak: ${LEAKS.exec(text)![0]} in ${text.slice(0, 1000)}`;
  for (const [, body] of text.matchAll(/application\/problem\+json[\s\S]*?\r\n\r\n(\{.*?\})(?=HTTP\/1|$)/g)) {
    const { status, code, request_id, detail } = JSON.parse(body!) as Record<string, unknown>;
    if (!statuses.includes(status as number) || typeof code !== "string" || !request_id || !detail)
      return `no problem: ${body}`;
  }
  return undefined;
}
