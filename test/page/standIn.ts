/** A small server that answers as `nerium serve` does, with rules instead of a model, and serves the page. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
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
  /** Statuses of the next answers. Afterwards all are 200. */
  readonly failures: number[];
  /** Requests need this bearer token. */
  token: string | undefined;
  maxTextLength: number;
  /** `GET /v1/models` tells the limits. */
  tellsLimits: boolean;
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

const problem = (status: number, title: string, detail: string) => ({
  type: "about:blank",
  title,
  status,
  detail,
  code: "SERVE_TRIED",
  request_id: "req-1",
});

/** @param folder the built page */
export async function standIn(folder: string): Promise<StandIn> {
  const state = {
    texts: [] as string[],
    options: [] as Record<string, string>[],
    gone: 0,
    gate: Promise.resolve(),
    gated: "",
    failures: [] as number[],
    token: undefined as string | undefined,
    maxTextLength: 100_000,
    tellsLimits: true,
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
      return send(response, 401, problem(401, "A token is needed", "Send it as a bearer token."));
    if (pathname === "/v1/models") {
      const model = { ready: true, types: ["PER", "ORG", "LOC", "MISC"], family: "bert", maxTokens: 512 };
      const facts = { dtype: "fp32", engine: "onnxruntime", memoryBytes: 433_000_000 };
      const models = ["quickstart", "news"].map((name) => ({ name, ...model, ...facts }));
      const limits = state.tellsLimits ? { limits: { maxTextLength: state.maxTextLength } } : {};
      return send(response, 200, { models, default: "quickstart", ...limits });
    }
    const body = await textOf(request);
    response.on("close", () => {
      if (!response.writableFinished) state.gone++;
    });
    const failure = state.failures.shift();
    if (failure !== undefined)
      return send(
        response,
        failure,
        problem(failure, failure === 429 ? "The server is busy" : "Internal error", "The queue is full."),
        failure === 429 ? { "retry-after": "0" } : {},
      );
    if (request.headers["content-type"] === "application/x-ndjson") {
      state.options.push(Object.fromEntries(searchParams));
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      for (const [line, each] of body.trimEnd().split("\n").entries()) {
        const text = JSON.parse(each) as string;
        state.texts.push(text);
        if (text.includes(state.gated)) await state.gate;
        const isRefused = state.refused !== undefined && text.includes(state.refused);
        const said = isRefused
          ? { error: problem(422, "The text cannot be read", `It has the word ${state.refused}.`) }
          : { entities: found(text), windows: 1, truncated: false };
        response.write(`${JSON.stringify({ line: line + 1, ...said })}\n`);
      }
      response.end();
      return;
    }
    const { text, ...options } = JSON.parse(body) as Record<string, string> & { text: string };
    if (text.length > state.maxTextLength)
      return send(response, 413, problem(413, "The text is too long", "Send it as NDJSON."));
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
