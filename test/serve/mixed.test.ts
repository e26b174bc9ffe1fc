/** Answers under load are those of one by one, and no text gets what belongs to another. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { load, type Ner } from "../../src/infer/index.js";
import { closeServers, ready, type TestServer, tinyModel } from "./testServer.js";

closeServers();
let ner: Ner;
beforeAll(async () => {
  ner = await load(await tinyModel, { threads: 1 });
});
afterAll(() => ner.dispose());

/** Batches round the last bits of a score in their own way. */
const rounded = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (key, each) => (key === "score" ? Math.round(each * 1e4) / 1e4 : each));

/** A text of some length, with its own marker in each sentence. */
const text = (id: number) =>
  Array.from(
    { length: 1 + (id % 7) ** 2 },
    (_, sentence) => `Anna${id} met Wolff${id}x${sentence} in Berlin${id}.`,
  ).join(" ");

const json = async (answer: Promise<Response>) => {
  const response = await answer;
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json() as Promise<{ entities: unknown; results: { entities: unknown }[] }>;
};

/** Each form in which a text can be sent, and the entities of its answer. */
const forms: readonly ((server: TestServer, id: number) => Promise<unknown>)[] = [
  async (server, id) => (await json(server.post("/v1/entities", { text: text(id) }))).entities,
  async (server, id) =>
    (await json(server.post("/v1/entities", { texts: ["short", text(id)] }))).results[1]!.entities,
  async (server, id) => {
    const body = `"short"\n${JSON.stringify(text(id))}\n`;
    const response = await server.post("/v1/entities", body, { "content-type": "application/x-ndjson" });
    return JSON.parse((await response.text()).split("\n")[1]!).entities;
  },
];

it("120 requests of all forms and lengths at once are answered as one by one", async () => {
  const server = await ready({ maxQueueTime: 1000, deadline: 1000, maxConnections: 500 });
  const ids = Array.from({ length: 120 }, (_, id) => id);
  const answers = await Promise.all(ids.map((id) => forms[id % forms.length]!(server, id)));
  for (const id of ids) {
    const expected = await ner(text(id));
    expect(rounded(answers[id]), `text ${id}`).toEqual(rounded(expected));
    const markers = JSON.stringify(answers[id]).match(/(?<=(?:Anna|Berlin))\d+/g) ?? [];
    expect(new Set(markers), `text ${id}`).toEqual(new Set(markers.length > 0 ? [String(id)] : []));
  }
});
