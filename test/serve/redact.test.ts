/** Redaction over HTTP: in the form of Nerium and in the form of Presidio. */
import { describe, expect, it } from "vitest";
import { closeServers, HeldModel, ready } from "./testServer.js";

closeServers();

const CARD = "4111 1111 1111 1111";
const KEY = "0123456789abcdef";

/** A server whose model finds the first word of every text. */
async function server(settings = {}, text = "Anna") {
  const model = new HeldModel();
  model.entities = [{ type: "PER", start: 0, end: text.length, score: 0.9, text, words: [0] }];
  return ready(settings, { models: { held: "held" }, open: model.open });
}

async function answered(response: Response) {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("POST /v1/redact", () => {
  it("joins what the model finds with what patterns find", async () => {
    const { post } = await server();
    const { body } = await answered(await post("/v1/redact", { text: `Anna paid with ${CARD}.` }));
    expect(body).toEqual({
      offset_unit: "utf-16",
      text: "[PERSON_1] paid with [CREDIT_CARD_1].",
      entities: [
        { type: "PERSON", start: 0, end: 4, score: 0.9, recogniser: "model", replacement: "[PERSON_1]" },
        {
          ...{ type: "CREDIT_CARD", start: 15, end: 34, score: 0.99 },
          ...{ recogniser: "numbers", replacement: "[CREDIT_CARD_1]" },
        },
      ],
    });
  });

  it("takes the options of the command, and answers in code points if asked", async () => {
    const { post } = await server({}, "");
    const { body } = await answered(
      await post("/v1/redact", {
        ...{ texts: [`😀 ${CARD} E-77`, "Falcon"], patterns_only: true, offset_unit: "code-points" },
        operators: { DEFAULT: "remove", CREDIT_CARD: { type: "mask", keep_last: 4 } },
        ...{ terms: { PROJECT: ["falcon"] }, patterns: { EMPLOYEE: "E-\\d+" } },
      }),
    );
    const results = body.results as { text: string; entities: { start: number }[] }[];
    expect(results.map(({ text }) => text)).toEqual(["😀 **** **** **** 1111 ", ""]);
    expect(results[0]!.entities.map(({ start }) => start)).toEqual([2, 22]);
  });

  it("what it encrypted or numbered, /v1/restore puts back", async () => {
    const { post } = await server();
    const text = `Anna paid with ${CARD}. [PERSON_1]`;
    const redacted = await answered(
      await post("/v1/redact", { text, key: KEY, map: true, operators: { CREDIT_CARD: "encrypt" } }),
    );
    expect(redacted.body.text).toMatch(/^\[PERSON_1\] paid with \[CREDIT_CARD:[\w-]+\]\. \[TEXT:[\w-]+\]$/);
    const { map } = redacted.body;
    const restored = await post("/v1/restore", { texts: [redacted.body.text], key: KEY, map });
    expect((await answered(restored)).body).toEqual({ texts: [text] });
    const wrong = await answered(await post("/v1/restore", { text: "x", key: "another key of 16", map }));
    expect([wrong.status, wrong.body.code]).toEqual([422, "REDACT_KEY_WRONG"]);
  });

  it.each([
    ["no text", {}, "SERVE_REQUEST_INVALID"],
    ["an unknown operator", { text: "x", operators: { A: "blur" } }, "SERVE_REQUEST_INVALID"],
    ["encryption without a key", { text: "x", operators: { A: "encrypt" } }, "REDACT_KEY_MISSING"],
    ["a type that nothing finds", { text: "x", only: ["EMAIL"] }, "REDACT_OPTION_INVALID"],
    [
      "a type that only models find, for patterns alone",
      { text: "x", operators: { PERSON: "mask" }, patterns_only: true },
      "REDACT_OPTION_INVALID",
    ],
    ["a country that does not exist", { text: "x", countries: ["XX"] }, "REDACT_OPTION_INVALID"],
    ["a short key", { text: "x", key: "short" }, "REDACT_KEY_SHORT"],
    ["a pattern with a backreference", { text: "x", patterns: { A: "(a)\\1" } }, "REDACT_PATTERN_INVALID"],
    ["JSON that is none", { text: "{", format: "json" }, "REDACT_FORMAT_INVALID"],
    [
      "a pattern that takes long",
      { text: "a".repeat(60_000), patterns: { A: "(?:a|b|aa){200}c" } },
      "REDACT_PATTERN_INVALID",
    ],
    ["too many terms", { text: "x", allow: new Array(1001).fill("x") }, "SERVE_REQUEST_INVALID"],
  ])("refuses %s with 422", async (_, body, code) => {
    const { post } = await server();
    const answer = await answered(await post("/v1/redact", body));
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it("logs neither texts nor keys, and counts requests", async () => {
    const { post, get, log } = await server({ logLevel: "debug" });
    await post("/v1/redact", { text: "Anna", key: KEY, operators: { DEFAULT: "hash" } });
    await post("/v1/redact", { text: "Anna", key: "short-key" });
    await post("/anonymize", {
      text: "Anna",
      analyzer_results: [{ entity_type: "PERSON", start: 0, end: 4, score: 1 }],
      anonymizers: { DEFAULT: { type: "encrypt", key: "secret-of-17-byte" } },
    });
    const lines = JSON.stringify(log);
    for (const secret of ["Anna", KEY, "short-key", "secret-of-17-byte"]) expect(lines).not.toContain(secret);
    const metrics = await (await get("/metrics")).text();
    expect(metrics).toContain('te_request_count{method="redact"} 3');
    expect(metrics).toContain('te_request_success{method="redact"} 1');
  });
});

describe("the addresses of Presidio", () => {
  it("/analyze answers in Presidio's form, in code points", async () => {
    const { post } = await server();
    const analyze = async (body: object) => (await answered(await post("/analyze", body))).body;
    const text = `Anna 😀 ${CARD}`;
    const person = { analysis_explanation: null, entity_type: "PERSON", start: 0, end: 4, score: 0.9 };
    const card = { analysis_explanation: null, entity_type: "CREDIT_CARD", start: 7, end: 26, score: 0.99 };
    expect(await analyze({ text, language: "en" })).toEqual([person, card]);
    expect(await analyze({ text: [text], language: "de", entities: ["CREDIT_CARD", "US_NONE"] })).toEqual([
      [card],
    ]);
    expect(await analyze({ text, language: "en", allow_list: ["Anna"] })).toEqual([card]);
    expect(
      await analyze({ text, language: "en", allow_list: ["^ann", "4111"], allow_list_match: "regex" }),
    ).toEqual([]);
  });

  it("/analyze finds what recognisers of the request describe", async () => {
    const { post } = await server({}, "");
    const recogniser = {
      ...{ name: "staff", supported_language: "en", supported_entity: "STAFF_ID", context: ["badge"] },
      ...{ patterns: [{ name: "id", regex: "e-\\d{3}", score: 0.25 }], deny_list: ["Boss"] },
    };
    const body = { text: "E-123 and the boss", language: "en", ad_hoc_recognizers: [recogniser] };
    const analyze = async (more: object) =>
      (
        (await answered(await post("/analyze", { ...body, ...more }))).body as unknown as {
          score: number;
          start: number;
        }[]
      ).map(({ start, score }) => [start, score]);
    expect(await analyze({})).toEqual([
      [0, 0.25],
      [14, 1],
    ]);
    expect(await analyze({ context: ["badge"] })).toEqual([
      [0, 0.6],
      [14, 1],
    ]);
    expect(await analyze({ regex_flags: 0 })).toEqual([[14, 1]]);
    expect(await analyze({ entities: ["STAFF_ID"], score_threshold: 0.5 })).toEqual([[14, 1]]);
  });

  it("/anonymize and /deanonymize go there and back", async () => {
    const { post } = await server();
    const encrypted = await answered(
      await post("/anonymize", {
        text: "Anna called.",
        analyzer_results: [{ entity_type: "PERSON", start: 0, end: 4, score: 0.9 }],
        anonymizers: { PERSON: { type: "encrypt", key: KEY } },
      }),
    );
    const { body } = await answered(
      await post("/deanonymize", {
        text: encrypted.body.text,
        anonymizer_results: encrypted.body.items,
        deanonymizers: { DEFAULT: { type: "decrypt", key: KEY } },
      }),
    );
    expect(body).toEqual({
      text: "Anna called.",
      items: [{ start: 0, end: 4, entity_type: "PERSON", text: "Anna", operator: "decrypt", score: 0.9 }],
    });
  });

  it("lists say what there is", async () => {
    const { get } = await server();
    const list = async (path: string) => (await answered(await get(path))).body as unknown as string[];
    expect(await list("/supportedentities?language=en")).toEqual(
      expect.arrayContaining(["CREDIT_CARD", "DATE_TIME", "IBAN_CODE", "PERSON", "US_SSN"]),
    );
    expect(await list("/recognizers")).toEqual(expect.arrayContaining(["model", "number", "phone"]));
    expect(await list("/anonymizers")).toEqual(["replace", "redact", "mask", "hash", "keep", "encrypt"]);
    expect(await list("/deanonymizers")).toEqual(["decrypt", "deanonymize_keep"]);
  });

  const span = { entity_type: "PERSON", start: 0, end: 4, score: 1 };
  it.each([
    ["/analyze", { text: "x" }, "language"],
    ["/analyze", { text: "x", language: "en", entities: ["NONE"] }, "/supportedentities"],
    ["/analyze", { text: "x", language: "en", regex_flags: 1 }, "regex_flags"],
    ["/analyze", { text: "x", language: "en", allow_list: ["("], allow_list_match: "regex" }, "allow_list"],
    ["/anonymize", { text: "x" }, "analyzer_results"],
    ["/anonymize", { text: "x", analyzer_results: [span] }, "not in a text of 1"],
    [
      "/anonymize",
      { text: "Anna", analyzer_results: [span], anonymizers: { PERSON: { type: "custom" } } },
      "type",
    ],
    [
      "/anonymize",
      { text: "Anna", analyzer_results: [span], anonymizers: { PERSON: { type: "encrypt", key: "x" } } },
      "16, 24 or 32",
    ],
    [
      "/anonymize",
      { text: "Anna", analyzer_results: [span], anonymizers: { PERSON: { type: "mask" } } },
      "masking_char",
    ],
    [
      "/deanonymize",
      { text: "Anna", anonymizer_results: [span], deanonymizers: { DEFAULT: { type: "decrypt", key: KEY } } },
      "decrypted",
    ],
  ])("%s answers 422 with what is wrong (%#)", async (path, body, what) => {
    const { post } = await server();
    const answer = await answered(await post(path, body));
    expect(answer.status).toBe(422);
    expect(answer.body.error).toContain(what);
    expect(answer.body.error).toBe(answer.body.detail);
  });
});
