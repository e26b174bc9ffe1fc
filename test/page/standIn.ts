/** A small server that answers as `nerium serve` does, with rules instead of a model, and serves the page. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { text as textOf } from "node:stream/consumers";

const TYPES: Readonly<Record<string, string>> = {
  "Angela Merkel": "PER",
  "Emmanuel Macron": "PER",
  "Victoria Ashford": "PER",
  "Steffi Graf": "PER",
  "Jana Novotna": "PER",
  "Margaret Holloway": "PER",
  Siemens: "ORG",
  BASF: "ORG",
  "European Union": "ORG",
  Nexora: "ORG",
  Berlin: "LOC",
  Paris: "LOC",
  "Baltic Sea": "LOC",
  Thornville: "LOC",
  Antwerp: "LOC",
  "Lisbon Film Festival": "MISC",
};

const FILES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const problem = (status: number, code: string, detail: string) => ({
  type: "about:blank",
  title: STATUS_CODES[status],
  status,
  detail,
  code,
  request_id: "req-1",
});

/** Errors of the server: the body, and headers. */
const FAILURES = {
  internal: [problem(500, "SERVE_INTERNAL", "Internal error."), {}],
  busy: [problem(429, "SERVE_OVERLOADED", "The server has too much to do."), { "retry-after": "1" }],
  slow: [problem(429, "SERVE_DEADLINE_EXCEEDED", "The request was not done."), { "retry-after": "0" }],
} as const;

/** What the server does next, and what it was asked. */
export interface StandIn {
  readonly url: string;
  /** The texts that were read so far. */
  readonly texts: string[];
  /** What came with the texts of each request: its other fields, or its query string. */
  readonly options: Record<string, string>[];
  /** Requests whose client went away before the answer. */
  gone: number;
  /** Answers are held back until this settles, or only those for texts with a word. */
  gate: Promise<void>;
  gated: string;
  /** Errors to answer with next. Afterwards all succeed. */
  readonly failures: (keyof typeof FAILURES)[];
  /** Requests need this bearer token. */
  token: string | undefined;
  maxTextLength: number;
  /** What `GET /v1/models` tells instead of the true limit. */
  toldLength: number | undefined;
  /** Lines of NDJSON with this word are answered with a problem. */
  refused: string | undefined;
  close(): Promise<void>;
}

const found = (text: string) =>
  Object.keys(TYPES)
    .flatMap((name) => [...text.matchAll(new RegExp(name, "g"))].map(({ index }) => ({ name, index })))
    .sort((a, b) => a.index - b.index)
    .map(({ name, index }) => ({
      type: TYPES[name]!,
      score: 0.999 - 0.04 * (index % 11),
      text: name,
      start: index,
      end: index + name.length,
    }));

/** @param folder the built page */
export async function standIn(folder: string): Promise<StandIn> {
  const state = {
    texts: [] as string[],
    options: [] as Record<string, string>[],
    gone: 0,
    gate: Promise.resolve(),
    gated: "",
    failures: [] as (keyof typeof FAILURES)[],
    token: undefined as string | undefined,
    maxTextLength: 100_000,
    toldLength: undefined as number | undefined,
    refused: undefined as string | undefined,
  };

  const send = (response: ServerResponse, status: number, body: unknown, headers: object = {}) => {
    const type = status === 200 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "content-type": type, "x-request-id": "req-1", ...headers });
    response.end(JSON.stringify(body));
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, "http://stand-in");
    if (!pathname.startsWith("/v1/")) {
      const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
      response.writeHead(200, {
        "content-type": FILES[extname(file)]!,
        "content-security-policy": CSP,
        "x-content-type-options": "nosniff",
      });
      response.end(readFileSync(file));
      return;
    }
    if (state.token !== undefined && request.headers.authorization !== `Bearer ${state.token}`)
      return send(response, 401, problem(401, "SERVE_UNAUTHORIZED", "The request has no valid token."));
    if (pathname === "/v1/models") {
      const model = {
        ready: true,
        types: ["PER", "ORG", "LOC", "MISC"],
        family: "BertForTokenClassification",
        maxTokens: 512,
      };
      const facts = { dtype: "fp32", engine: "onnxruntime", memoryBytes: 433_000_000 };
      const models = ["quickstart", "news"].map((name) => ({ name, ...model, ...facts }));
      const limits = { maxTextLength: state.toldLength ?? state.maxTextLength };
      return send(response, 200, { models, default: "quickstart", limits });
    }
    const body = await textOf(request);
    response.on("close", () => {
      if (!response.writableFinished) state.gone++;
    });
    const failure = state.failures.shift();
    if (failure !== undefined) {
      const [body, headers] = FAILURES[failure];
      return send(response, body.status, body, headers);
    }
    if (request.headers["content-type"] === "application/x-ndjson") {
      state.options.push(Object.fromEntries(searchParams));
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      for (const [line, each] of body.trimEnd().split("\n").entries()) {
        const text = JSON.parse(each) as string;
        state.texts.push(text);
        if (text.includes(state.gated)) await state.gate;
        const isRefused = state.refused !== undefined && text.includes(state.refused);
        const said = isRefused
          ? { error: problem(422, "SERVE_REQUEST_INVALID", `The line has the word ${state.refused}.`) }
          : { entities: found(text), windows: 1, truncated: false };
        response.write(`${JSON.stringify({ line: line + 1, ...said })}\n`);
      }
      response.end();
      return;
    }
    const { text, ...options } = JSON.parse(body) as Record<string, string> & { text: string };
    if (text.length > state.maxTextLength)
      return send(response, 413, problem(413, "SERVE_TEXT_TOO_LONG", "The text is too long."));
    state.options.push(options);
    state.texts.push(text);
    if (text.includes(state.gated)) await state.gate;
    const { model = "quickstart" } = options;
    const answered = { entities: found(text), windows: 1, truncated: false };
    send(response, 200, { model, offset_unit: "utf-16", ...answered });
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
