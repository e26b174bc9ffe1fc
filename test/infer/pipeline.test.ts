import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analysis, type Entity, load, type Ner } from "../../src/infer/index.js";
import { splitWords } from "../../src/tokenize/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-pipeline-"));
let folder: string;
let ner: Ner;
beforeAll(async () => {
  folder = await writeTinyModel(join(scratch, "iob2"));
  ner = await load(folder, { threads: 2 });
});
afterAll(async () => {
  await ner.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

const texts = [
  "Anna Wolff lives in Berlin. The city is big, they say!",
  "",
  "Zoé O'Neill flew to 東京 (U.S. style)",
  "  \t\n ",
  "word ".repeat(300),
  "🏳️‍🌈 e\u0301t\u0327e\u0301 שלום עולם\tBerlin\r\nAnna",
];

/** Batches of other sentences round differently in the last bits of a score. */
const rounded = (entities: readonly Entity[]) =>
  entities.map(({ score, ...rest }) => ({ ...rest, score: Math.round(score * 1e5) / 1e5 }));

describe("the pipeline", () => {
  it("finds entities with their types, places and scores", async () => {
    const [text] = texts as [string];
    const entities = await ner(text);
    expect(entities.length).toBeGreaterThan(0);
    const words = splitWords(text);
    for (const { type, score, start, end, words: places, ...entity } of entities) {
      expect(["PER", "LOC"]).toContain(type);
      expect(score).toBeGreaterThan(1 / 5);
      expect(score).toBeLessThanOrEqual(1);
      expect(entity.text).toBe(text.slice(start, end));
      expect(words[places[0]!]!.start).toBe(start);
      expect(words[places.at(-1)!]!.end).toBe(end);
    }
  });

  it("text without words has no entities", async () => {
    expect(await ner("")).toEqual([]);
    expect(await ner(" \t\r\n ")).toEqual([]);
    expect(await ner([])).toEqual([]);
  });

  it("many texts at once give what each gives alone", async () => {
    const together = await ner(texts);
    for (const [index, text] of texts.entries()) {
      expect(rounded(together[index]!)).toEqual(rounded(await ner(text)));
    }
  });

  it("calls that overlap give what they give one after the other", async () => {
    const serial: Entity[][] = [];
    for (const text of texts) serial.push(await ner(text));
    const parallel = await Promise.all(
      Array.from({ length: 4 }, () => Promise.all(texts.map((text) => ner(text)))),
    );
    for (const each of parallel) expect(each).toEqual(serial);
  });

  it("a stream gives each text with its entities, in order", async () => {
    const seen: Analysis[] = [];
    for await (const result of ner.stream(texts)) seen.push(result);
    expect(seen.map(({ text }) => text)).toEqual(texts);
    const together = await ner(texts);
    expect(seen.map(({ entities }) => rounded(entities))).toEqual(together.map(rounded));
  });

  it("entities below the threshold are left out", async () => {
    const all = await ner(texts[0]!);
    const middle = all.map(({ score }) => score).sort()[Math.floor(all.length / 2)]!;
    expect(await ner(texts[0]!, { threshold: middle })).toEqual(all.filter(({ score }) => score >= middle));
    await expect(ner("Anna", { threshold: 2 })).rejects.toMatchObject({ code: "INFER_OPTION_INVALID" });
  });

  it("an aborted signal rejects with its reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(ner("Anna", { signal })).rejects.toThrow("enough");
    await expect(ner.stream(texts, { signal }).next()).rejects.toThrow("enough");
  });

  it("what is no string is refused with its place", async () => {
    const refused = (input: unknown) => ner(input as string);
    await expect(refused(undefined)).rejects.toMatchObject({ code: "INFER_INPUT_INVALID", where: "input" });
    await expect(refused(["Anna", 7])).rejects.toMatchObject({
      code: "INFER_INPUT_INVALID",
      where: "input 1",
    });
    await expect(refused([["Anna"]])).rejects.toMatchObject({
      code: "INFER_INPUT_INVALID",
      where: "input 0",
    });
    const stream = ner.stream(["Anna", null as unknown as string]);
    expect((await stream.next()).value).toMatchObject({ text: "Anna" });
    await expect(stream.next()).rejects.toMatchObject({ code: "INFER_INPUT_INVALID", where: "input 1" });
  });

  it("offsets cut the entity's text out of the input, whatever the script", async () => {
    const alphabet = [
      ...["a", "Z", "9", " ", " ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\u0000", ".", ",", "'", "-"],
      ...[
        "é",
        "e\u0301",
        "ñ",
        "\u0327",
        "😀",
        "🏳️‍🌈",
        "👩‍👩‍👧",
        "東",
        "京",
        "は",
        "한",
        "ไ",
        "ש",
        "ע",
        "\u202e",
        "\ud800",
        "ﬁ",
      ],
      ...["Anna", "Berlin", "İ", "ß"],
    ];
    const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 80 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 4 }), async (inputs) => {
        const results = await ner(inputs);
        expect(results.length).toBe(inputs.length);
        for (const [index, input] of inputs.entries()) {
          let end = 0;
          for (const entity of results[index]!) {
            expect(input.slice(entity.start, entity.end)).toBe(entity.text);
            expect(entity.start).toBeGreaterThanOrEqual(end);
            expect(entity.end).toBeGreaterThan(entity.start);
            end = entity.end;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("texts of any length", () => {
  const long = "Anna Wolff lives in Berlin, the city. ".repeat(3000);

  it("the last sentence of a text of 100,000 characters is read as the first", async () => {
    const entities = await ner(long);
    const period = long.length / 3000;
    const relative = (from: number) =>
      entities
        .filter(({ start }) => start >= from && start < from + period)
        .map(({ type, start, end }) => ({ type, start: start - from, end: end - from }));
    expect(relative(0).length).toBeGreaterThan(0);
    expect(relative(long.length - period)).toEqual(relative(0));
  });

  it("memory stays level", async () => {
    await ner(long);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 3; round++) await ner(long);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });

  it("one sentence longer than the model takes is tagged to its end", async () => {
    const sentence = "Anna lives in the city ".repeat(400);
    const last = (await ner(sentence)).at(-1)!;
    expect(last.end).toBeGreaterThan(sentence.length - 200);
  });

  it("one word of 100,000 characters is one word", async () => {
    for (const entity of await ner("a".repeat(100_000))) expect(entity.text.length).toBe(100_000);
  });
});

describe("disposing", () => {
  it("waits for calls under way, refuses later ones, and may be repeated", async () => {
    const own = await load(folder, { threads: 1 });
    const stream = own.stream(texts);
    await stream.next();
    const running = own(texts);
    const disposed = own.dispose();
    await expect(own("Anna")).rejects.toMatchObject({ code: "INFER_DISPOSED" });
    expect((await running).length).toBe(texts.length);
    await disposed;
    await own.dispose();
    await expect(own("Anna")).rejects.toMatchObject({ code: "INFER_DISPOSED" });
    await expect(stream.next()).rejects.toMatchObject({ code: "INFER_DISPOSED" });
  });

  it("gives the memory back", async () => {
    const once = async () => {
      const own = await load(folder, { threads: 1 });
      await own(texts[0]!);
      await own.dispose();
    };
    for (let round = 0; round < 5; round++) await once();
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 20; round++) await once();
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 2 ** 20);
  });

  it("await using disposes where the language has it", () => {
    expect(typeof ner[Symbol.asyncDispose]).toBe("function");
  });
});

describe("models", () => {
  it("a base model is refused: it has no head", async () => {
    const base = await writeTinyModel(join(scratch, "base"), { head: false });
    await expect(load(base)).rejects.toMatchObject({ code: "MODEL_HEAD_MISSING" });
  });

  it("a thread count that is none is refused", async () => {
    await expect(load(folder, { threads: 0 })).rejects.toMatchObject({ code: "RUNTIME_OPTION_INVALID" });
  });

  it("BILOU labels and labels without prefixes give the types", async () => {
    for (const labels of [
      ["O", "B-PER", "I-PER", "L-PER", "U-PER"],
      ["O", "PER", "LOC"],
    ]) {
      const own = await load(await writeTinyModel(join(scratch, labels.join()), { labels }));
      expect(own.labels).toEqual(labels);
      const types = new Set((await own(texts[0]!)).map(({ type }) => type));
      expect([...types].filter((type) => !["PER", "LOC"].includes(type))).toEqual([]);
      expect(types.size).toBeGreaterThan(0);
      await own.dispose();
    }
  });
});
