/** The requests of a soak: all forms, right and wrong, and clients that leave. */
import { connect } from "node:net";
import type { Random } from "../hostile/mutate/random.js";

/** What a request brought: a status, `left` if the client left on purpose, or what is wrong. */
export type Outcome = { readonly status: string; readonly wrong?: string };

/** Statuses that a server may answer with when it has too much to do, or was stopped for a while. */
const BUSY = new Set([408, 429]);

const NAMES = ["Anna Wolff", "Victoria Ashford", "Nexora", "Thornville", "東京", "Zoë 👩‍👩‍👧"];
const sentence = (random: Random) =>
  `${random.of(NAMES)} met ${random.of(NAMES)} in ${random.of(NAMES)} on day ${random.below(1000)}.`;
const text = (random: Random, sentences: number) =>
  Array.from({ length: sentences }, () => sentence(random)).join(" ");

/** A kind of request. */
type Kind = (url: string, random: Random) => Promise<Outcome>;

const send = async (
  address: string,
  { wanted = 200, ...init }: RequestInit & { wanted?: number } = {},
): Promise<Outcome & { readonly body: string }> => {
  const response = await fetch(address, init);
  const body = await response.text();
  const { status } = response;
  const isRight = status === wanted || BUSY.has(status);
  return { status: String(status), body, ...(!isRight && { wrong: `${status}: ${body.slice(0, 300)}` }) };
};

const json = (body: unknown, more: { wanted?: number } = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
  ...more,
});

/** Answers of the same text are the same, whatever else runs. */
const PROBE = "Victoria Ashford works for Nexora in Thornville.";
let first: string | undefined;

async function same(url: string): Promise<Outcome> {
  const answer = await send(`${url}/v1/entities`, json({ text: PROBE }));
  if (answer.status !== "200") return answer;
  const { entities } = JSON.parse(answer.body) as {
    entities: { type: string; start: number; end: number }[];
  };
  const found = JSON.stringify(entities.map(({ type, start, end }) => [type, start, end]));
  first ??= found;
  return found === first ? answer : { status: "200", wrong: `${found} instead of ${first}` };
}

async function lines(url: string, random: Random): Promise<Outcome> {
  const count = 1 + random.below(100);
  const body = Array.from({ length: count }, (_, id) => JSON.stringify({ id, text: sentence(random) })).join(
    "\n",
  );
  const answer = await send(`${url}/v1/entities`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body,
  });
  const found = answer.body.trimEnd().split("\n").length;
  return answer.status !== "200" || found === count
    ? answer
    : { status: "200", wrong: `${found} lines for ${count}` };
}

/** Sends the beginning of a request, and leaves after some time: while it sends, while the model runs, or while it reads. */
function leave(url: string, random: Random): Promise<Outcome> {
  const isLines = random.chance(0.5);
  const body = isLines
    ? `${JSON.stringify(sentence(random))}\n`.repeat(200)
    : JSON.stringify({ text: text(random, 100) });
  const part = random.chance(0.5) ? body : body.slice(0, random.below(body.length));
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const type = isLines ? "application/x-ndjson" : "application/json";
      socket.write(
        `POST /v1/entities HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${part}`,
      );
      setTimeout(() => socket.destroy(), random.below(100));
    });
    socket.on("error", () => {}).on("close", () => resolve({ status: "left" }));
    if (random.chance(0.5)) socket.resume();
  });
}

const KINDS: Readonly<Record<string, Kind>> = {
  same,
  single: (url, random) => send(`${url}/v1/entities`, json({ text: text(random, 1 + random.below(5)) })),
  texts: (url, random) =>
    send(
      `${url}/v1/entities`,
      json({ texts: Array.from({ length: 1 + random.below(32) }, () => sentence(random)) }),
    ),
  words: (url, random) => send(`${url}/v1/entities`, json({ words: sentence(random).split(" ") })),
  long: (url, random) => send(`${url}/v1/entities`, json({ text: text(random, 300) })),
  huggingFace: (url, random) =>
    send(url, json({ inputs: sentence(random), parameters: { aggregation_strategy: "first" } })),
  lines,
  leave,
  wrongJson: (url) => send(`${url}/v1/entities`, json('{"text": "Anna', { wanted: 400 })),
  wrongField: (url) => send(`${url}/v1/entities`, json({ txt: "Anna" }, { wanted: 422 })),
  wrongModel: (url) => send(`${url}/v1/entities`, json({ text: "Anna", model: "nobody" }, { wanted: 404 })),
  tooMany: (url) => send(`${url}/v1/entities`, json({ texts: Array(33).fill("a") }, { wanted: 413 })),
  nowhere: (url) => send(`${url}/nowhere`, { wanted: 404 }),
  health: (url) => send(`${url}/healthz`),
  metrics: (url) => send(`${url}/metrics`),
  page: (url) => send(`${url}/docs`),
};
/** Ordinary requests are more frequent. */
const CHOICES = [
  ...Object.keys(KINDS),
  "same",
  "single",
  "single",
  "single",
  "texts",
  "huggingFace",
  "lines",
  "leave",
];

/** A kept connection that the server closes at the moment at which a request comes. Clients send it again. */
const CLOSED = new Set(["ECONNRESET", "UND_ERR_SOCKET"]);

/** Sends a request of some kind. */
export async function sendOne(url: string, random: Random): Promise<Outcome> {
  const kind = random.of(CHOICES);
  for (let tries = 1; ; tries++)
    try {
      const { status, wrong } = await KINDS[kind]!(url, random);
      return { status, ...(wrong !== undefined && { wrong: `${kind}: ${wrong}` }) };
    } catch (error) {
      const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
      if (tries === 1 && CLOSED.has(cause?.code ?? "")) continue;
      return { status: "none", wrong: `${kind}: ${message} ${cause ?? ""}` };
    }
}
