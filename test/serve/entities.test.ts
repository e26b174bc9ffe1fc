/** What the server finds is what the library finds, in JSON, in NDJSON, and in Hugging Face's form. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analysis, load, type Ner, type NerInput } from "../../src/infer/index.js";
import { entitiesAnswer, huggingFaceAnswer, lineAnswer, modelsAnswer } from "../../src/serve/answers.js";
import { createServer } from "../../src/serve/index.js";
import { closeServers, problem, ready, type TestServer, tinyModel } from "./testServer.js";

closeServers();

let ner: Ner;
beforeAll(async () => {
  ner = await load(await tinyModel, { threads: 1 });
});
afterAll(() => ner.dispose());

const TEXT = "👩‍👩‍👧 Anna Wolff lives in Berlin 東京, they say.";
const SENTENCE = "Zoé (U.S.) says: the city is big, they say! In Berlin, 12:30.";
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, each) => (key === "score" ? Math.round(each * 1e5) / 1e5 : each));
const json = async (response: Response | Promise<Response>) => rounded(await (await response).json());

describe("POST /v1/entities", () => {
  const ask = async (server: TestServer, body: unknown) => {
    const response = await server.post("/v1/entities", body);
    const answer: unknown = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    entitiesAnswer.parse(answer);
    return rounded(answer);
  };

  it("finds the entities of a text, with offsets in UTF-16 units", async () => {
    const server = await ready();
    const expected = await ner(TEXT);
    expect(expected.length).toBeGreaterThan(1);
    expect(await ask(server, { text: TEXT })).toEqual(
      rounded({ model: "tiny", offset_unit: "utf-16", entities: expected, windows: 1, truncated: false }),
    );
  });

  it("takes several texts, words, and sentences of words", async () => {
    const server = await ready();
    const words = ["Anna", "lives", "in", "Berlin"];
    const found = async (input: NerInput) => {
      const [{ entities, windows }] = (await ner.analyze([input])) as [Analysis];
      return { entities, windows, truncated: false };
    };
    const head = { model: "tiny", offset_unit: "utf-16" };
    expect(await ask(server, { texts: [TEXT, ""] })).toEqual(
      rounded({ ...head, results: [await found(TEXT), await found("")] }),
    );
    expect(await ask(server, { words })).toEqual(rounded({ ...head, ...(await found({ words })) }));
    expect(await ask(server, { sentences: [words, ["Anna"]] })).toEqual(
      rounded({ ...head, results: [await found({ words }), await found({ words: ["Anna"] })] }),
    );
  });

  it("passes the options on", async () => {
    const server = await ready();
    const body = {
      text: TEXT,
      aggregation_strategy: "first",
      offset_unit: "code-points",
      threshold: 0.2,
    } as const;
    expect(await ask(server, body)).toMatchObject({
      offset_unit: "code-points",
      entities: rounded(
        await ner(TEXT, { aggregationStrategy: "first", offsets: "code-points", threshold: 0.2 }),
      ) as [],
    });
    expect(await ask(server, { text: TEXT, ignore_labels: ["PER"] })).toMatchObject({
      entities: rounded(await ner(TEXT, { ignoreLabels: ["PER"] })) as [],
    });
    const long = "word ".repeat(300);
    expect(await ask(server, { text: long, stride: 0 })).toMatchObject({
      windows: (await ner.analyze(long, { stride: 0 })).windows,
    });
    const none = (await ask(server, { text: TEXT, aggregation_strategy: "none" })) as { entities: object[] };
    expect(none.entities).toEqual(rounded(await ner(TEXT, { aggregationStrategy: "none" })));
  });

  it("chooses the model by its name; the first is the default", async () => {
    const models = { first: await tinyModel, second: await tinyModel };
    const server = await ready({}, { models });
    expect(await ask(server, { text: "Anna" })).toMatchObject({ model: "first" });
    expect(await ask(server, { text: "Anna", model: "second" })).toMatchObject({ model: "second" });
    expect(await problem(await server.post("/v1/entities", { text: "Anna", model: "third" }))).toMatchObject({
      status: 404,
      code: "SERVE_MODEL_UNKNOWN",
      detail: "The server has no model of this name. Its models are first, second.",
    });
    const listed = modelsAnswer.parse(await (await server.get("/v1/models")).json());
    expect(listed.default).toBe("first");
    expect(listed.models).toMatchObject([
      {
        name: "first",
        ready: true,
        types: ["PER", "LOC"],
        maxTokens: 64,
        dtype: "fp32",
        engine: "onnxruntime",
      },
      { name: "second", ready: true, family: "BertForTokenClassification" },
    ]);
    expect(listed.models[0]!.memoryBytes).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [{}, "give one of text, texts, words, sentences"],
    [{ text: "a", texts: ["b"] }, "give one of text, texts, words, sentences"],
    [{ text: 5 }, "text: Invalid input: expected string, received number"],
    [{ text: "a", tresh: 1 }, 'Unrecognized key: "tresh"'],
    [{ text: "a", threshold: 2 }, "threshold: Too big: expected number to be <=1"],
    [{ text: "a", stride: -1 }, "stride: Too small"],
    [{ text: "a", stride: 2 ** 60 }, "stride: "],
    [{ text: "a", offset_unit: "bytes" }, "offset_unit: Invalid option"],
    [{ words: ["a", 5] }, "words[1] must be a text"],
    [["a"], "Invalid input: expected object, received array"],
    [null, "Invalid input: expected object, received null"],
  ])("refuses %j with 422", async (body, detail) => {
    const server = await ready();
    const found = await problem(await server.post("/v1/entities", body));
    expect(found).toMatchObject({ status: 422, code: "SERVE_REQUEST_INVALID" });
    expect(found.detail).toContain(detail);
  });

  it("names the fields of the request in errors of the library", async () => {
    const server = await ready();
    expect(
      await problem(await server.post("/v1/entities", { text: "a", ignore_labels: ["DOG"] })),
    ).toMatchObject({
      status: 422,
      code: "INFER_OPTION_INVALID",
      detail: "ignore_labels must be a list of PER, LOC, O, not DOG.",
    });
    expect(await problem(await server.post("/v1/entities", { text: "a", stride: 64 }))).toMatchObject({
      detail: "stride must be less than 64, the maximum length of the model, not 64.",
    });
  });

  it("does not ignore options in the address of a request in JSON", async () => {
    const server = await ready();
    expect(await problem(await server.post("/v1/entities?threshold=0.5", { text: "Anna" }))).toMatchObject({
      status: 422,
    });
  });
});

describe("POST /v1/entities with NDJSON", () => {
  const send = (server: TestServer, body: string, query = "") =>
    server.post(`/v1/entities${query}`, body, { "content-type": "application/x-ndjson" });
  const lines = async (response: Response) =>
    (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => lineAnswer.parse(JSON.parse(line)));

  it("answers each line in order, with its number and id, and errors as lines", async () => {
    const server = await ready();
    const response = await send(
      server,
      `"Anna Wolff"\r\n\n{"id": "b", "text": "Berlin"}\n{"id": 3, "words": ["Anna", "Berlin"]}\n{"id": 4}\nno json\n"\\ud800 Anna"`,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const found = await lines(response);
    expect(found).toMatchObject([
      { line: 1, windows: 1, truncated: false },
      { line: 3, id: "b" },
      { line: 4, id: 3 },
      { line: 5, error: { status: 422, code: "SERVE_REQUEST_INVALID" } },
      { line: 6, error: { status: 400, code: "SERVE_JSON_INVALID" } },
      { line: 7 },
    ]);
    expect(rounded((found[0] as { entities: unknown }).entities)).toEqual(rounded(await ner("Anna Wolff")));
    expect(rounded((found[2] as { entities: unknown }).entities)).toEqual(
      rounded(await ner({ words: ["Anna", "Berlin"] })),
    );
  });

  it("takes the options from the query", async () => {
    const server = await ready();
    const query =
      "?aggregation_strategy=simple&threshold=0.1&ignore_labels=O,LOC&offset_unit=code-points&stride=3&model=tiny";
    const [found] = await lines(await send(server, JSON.stringify(TEXT), query));
    const options = {
      aggregationStrategy: "simple",
      threshold: 0.1,
      ignoreLabels: ["O", "LOC"],
      offsets: "code-points",
      stride: 3,
    } as const;
    expect(rounded((found as { entities: unknown }).entities)).toEqual(rounded(await ner(TEXT, options)));
    for (const wrong of ["?threshold=x", "?foo=1", "?ignore_labels=DOG", "?stride=99"])
      expect(await problem(await send(server, '"a"\n', wrong)), wrong).toMatchObject({ status: 422 });
    expect(await problem(await send(server, '"a"\n', "?model=none"))).toMatchObject({ status: 404 });
  });

  it("reads any number of lines, one after another, with the memory of a few", async () => {
    const server = await ready({ maxTexts: 1 });
    let sent = 0;
    const count = 3000;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(`{"id":${sent},"text":"Anna ${sent} Berlin"}\n`));
        if (++sent === count) controller.close();
      },
    });
    const response = await fetch(`${server.url}/v1/entities`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body,
      duplex: "half",
    } as RequestInit);
    const found = await lines(response);
    expect(found.map((line) => line.id)).toEqual(Array.from({ length: count }, (_, id) => id));
    expect(found.filter((line) => "error" in line)).toEqual([]);
  });
});

describe("Hugging Face's form", () => {
  const ask = async (server: TestServer, path: string, body: unknown) => {
    const response = await server.post(path, body);
    const answer: unknown = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    huggingFaceAnswer.parse(answer);
    return rounded(answer);
  };

  it("answers as Python's pipeline: simple by default, in code points", async () => {
    const server = await ready();
    const expected = (await ner(TEXT, { aggregationStrategy: "simple", offsets: "code-points" })).map(
      ({ type, score, word, start, end }) => ({ entity_group: type, score, word, start, end }),
    );
    expect(expected.length).toBeGreaterThan(1);
    const body = { inputs: TEXT, parameters: { unknown: 1 }, options: { wait_for_model: true } };
    expect(await ask(server, "/", body)).toEqual(rounded(expected));
    expect(await ask(server, "/models/tiny", { inputs: [TEXT, ""], parameters: null })).toEqual(
      rounded([expected, []]),
    );
  });

  it("takes Python's parameters", async () => {
    const server = await ready();
    const tokens = (await ner(TEXT, { aggregationStrategy: "none", offsets: "code-points" })).map(
      ({ label, score, index, word, start, end }) => ({ entity: label, score, index, word, start, end }),
    );
    const none = { aggregation_strategy: "none" };
    expect(await ask(server, "/", { inputs: TEXT, parameters: none })).toEqual(rounded(tokens));
    const everything = await ner(SENTENCE, { aggregationStrategy: "simple", ignoreLabels: [] });
    expect(everything.map(({ type }) => type)).toContain("O");
    expect(await ask(server, "/", { inputs: SENTENCE, parameters: { ignore_labels: [] } })).toEqual(
      rounded(
        everything.map(({ type, score, word, start, end }) => ({
          entity_group: type,
          score,
          word,
          start,
          end,
        })),
      ),
    );
    const some = (await ask(server, "/", {
      inputs: TEXT,
      parameters: { ignore_labels: ["O", "PER", "B-MISC"] },
    })) as { entity_group: string }[];
    expect(new Set(some.map((each) => each.entity_group))).toEqual(new Set(["LOC"]));
    expect(await ask(server, "/", { inputs: "word ".repeat(300), parameters: { stride: 4 } })).toEqual(
      rounded(
        (await ner("word ".repeat(300), { aggregationStrategy: "simple", stride: 4 })).map(
          ({ type, score, word, start, end }) => ({ entity_group: type, score, word, start, end }),
        ),
      ),
    );
  });

  it("takes grouped_entities with a warning", async () => {
    const server = await ready();
    const response = await server.post("/", { inputs: "Anna", parameters: { grouped_entities: false } });
    expect(response.headers.get("warning")).toMatch(/grouped_entities/);
    expect(((await response.json()) as object[])[0]).toHaveProperty("entity");
  });

  it("has the text of errors where its clients read it", async () => {
    const server = await ready();
    const response = await server.post("/", {
      inputs: "Anna",
      parameters: { aggregation_strategy: "none", stride: 2 },
    });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toMatchObject({ status: 422, error: answer.detail });
    expect(answer.detail).toMatch(/stride cannot be combined/);
    expect(await json(server.post("/models/nothing", { inputs: "Anna" }))).toMatchObject({ status: 404 });
  });

  it("takes no NDJSON", async () => {
    const server = await ready();
    const response = await server.post("/", '"Anna"\n', { "content-type": "application/x-ndjson" });
    expect(await problem(response)).toMatchObject({ status: 415 });
  });
});

describe("createServer", () => {
  it("serves what load returned, and leaves it to its owner", async () => {
    const server = createServer({ models: { own: ner }, log: { write: () => {} } });
    await server.ready;
    const answer = await server.app.inject({
      method: "POST",
      url: "/v1/entities",
      payload: { text: "Anna" },
    });
    expect(answer.json()).toMatchObject({ model: "own" });
    expect(server.models).toMatchObject([{ name: "own", memoryBytes: null }]);
    await server.close();
    expect(await ner("Anna")).toBeInstanceOf(Array);
  });

  it.each([
    [null, "SERVE_OPTIONS_INVALID"],
    [{}, "SERVE_MODELS_INVALID"],
    [{ models: {} }, "SERVE_MODELS_INVALID"],
    [{ models: ["a"] }, "SERVE_MODELS_INVALID"],
    [{ models: { a: 5 } }, "SERVE_MODELS_INVALID"],
    [{ models: { a: () => {} } }, "SERVE_MODELS_INVALID"],
    [{ models: { "a/b": "c" } }, "SERVE_MODEL_NAME_INVALID"],
    [{ models: { a: "b" }, port: -1 }, "SERVE_SETTING_INVALID"],
    [{ models: { a: "b" }, prot: 1 }, "SERVE_SETTING_INVALID"],
  ])("refuses %j", (options, code) => {
    expect(() => createServer(options as never)).toThrow(expect.objectContaining({ code }));
  });

  it("rejects `ready` if a model cannot be loaded", async () => {
    const server = createServer({ models: { a: "/no/such/model" }, log: { write: () => {} } });
    await expect(server.ready).rejects.toMatchObject({ code: "MODEL_FOLDER_MISSING" });
    await server.close();
  });

  it("says which address it cannot listen on", async () => {
    const server = await ready();
    const other = createServer({
      models: { own: ner },
      port: Number(new URL(server.url).port),
      log: { write: () => {} },
    });
    await expect(other.listen()).rejects.toMatchObject({ code: "SERVE_CANNOT_LISTEN" });
    await other.close();
  });
});
