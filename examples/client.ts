// A client of `nerium serve` in TypeScript, with nothing but fetch.
// npx tsx examples/client.ts URL TEXT...        finds the entities of texts
// npx tsx examples/client.ts URL < lines.txt    does so for any number of lines, as a stream
import { createInterface } from "node:readline";

interface Entity {
  readonly type: string;
  readonly score: number;
  readonly text: string;
  /** UTF-16 units: `text.slice(start, end)` is the entity. */
  readonly start: number;
  readonly end: number;
}

interface Problem {
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
}

const [server, ...texts] = process.argv.slice(2);
const token = process.env.NERIUM_TOKEN;
const headers = (type: string) => ({
  "content-type": type,
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

/** The server is busy (429) or not ready (503): both say when to try again. */
async function patient(call: () => Promise<Response>): Promise<Response> {
  for (let tries = 5; ; tries--) {
    const response = await call();
    if (response.ok) return response;
    const { detail, code, request_id } = (await response.json()) as Problem;
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || tries === 1) throw new Error(`${detail} (${code}, request ${request_id})`);
    const seconds = Number(response.headers.get("retry-after") ?? 1);
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
}

async function entities(texts: readonly string[]): Promise<Entity[][]> {
  const response = await patient(() =>
    fetch(new URL("v1/entities", server), {
      method: "POST",
      headers: headers("application/json"),
      body: JSON.stringify({ texts }),
      signal: AbortSignal.timeout(30_000),
    }),
  );
  const { results } = (await response.json()) as { results: { entities: Entity[] }[] };
  return results.map((result) => result.entities);
}

/** Sends lines while it receives answers, so that neither side keeps more than a few of them. */
async function* entitiesOfLines(lines: AsyncIterable<string>): AsyncGenerator<Entity[], void, undefined> {
  async function* body() {
    const encoder = new TextEncoder();
    for await (const text of lines) yield encoder.encode(`${JSON.stringify(text)}\n`);
  }
  const response = await fetch(new URL("v1/entities", server), {
    method: "POST",
    headers: headers("application/x-ndjson"),
    body: ReadableStream.from(body()),
    duplex: "half",
  });
  if (!response.ok) throw new Error(((await response.json()) as Problem).detail);
  let rest = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    const answers = (rest + part).split("\n");
    rest = answers.pop()!;
    for (const answer of answers) {
      const found = JSON.parse(answer) as { entities: Entity[] } | { line: number; error: Problem };
      if ("error" in found) throw new Error(`line ${found.line}: ${found.error.detail}`);
      yield found.entities;
    }
  }
}

const print = (found: readonly Entity[]) =>
  console.log(found.map(({ type, text, start, end }) => `${type} ${text} ${start}-${end}`).join(", "));

if (texts.length > 0) for (const found of await entities(texts)) print(found);
else for await (const found of entitiesOfLines(createInterface({ input: process.stdin }))) print(found);
